"""What each pixel of an empty place shows: how far, which way it faces, of what colour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.layout import Layout, Material
from devices_sim.cameras.scene.render import ground
from devices_sim.cameras.scene.render.facade import face
from devices_sim.cameras.scene.render.mesh import Array
from devices_sim.cameras.scene.render.raster import FAR, Window, blank, draw
from devices_sim.cameras.scene.render.street import Solid
from devices_sim.cameras.scene.render.wear import covers, darkened, worn

SCALE = 2
"""Pixels drawn for each pixel of the picture, along a side."""


Half = NDArray[np.float16]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class GBuffer:
    """An empty place from a camera, at SCALE; H and W are those of the finer picture.

    Kept for as long as the camera stays; so what can be is kept in half precision.

    Attributes:
        depth: (H, W) metres along the axis; FAR in the sky.
        normal: (H, W, 3).
        albedo: (H, W, 3) linear reflectance.
        shine, glow: (H, W) how much it mirrors; light of its own when lamps are on.
        flat: (H, W) whether it is ground.
        water: (H, W) whether it is water.
    """

    camera: Camera
    depth: Array
    normal: Half
    albedo: Half
    shine: Half
    glow: Half
    flat: Mask
    water: Mask


def gbuffer(camera: Camera, layout: Layout, stands: Solid, water_level: float) -> GBuffer:
    """Look at an empty place."""
    window = Window(0, 0, camera.width, camera.height_px, SCALE)
    rays = pixel_rays(camera)
    ids, depth, water = _ground(camera, layout, rays, water_level)
    projected = camera.project(stands.mesh.points)
    passes = []
    # One more than the wall's number, that 0 is where nothing stands. The rasteriser does not
    # leave the depths it does not draw exactly as they were.
    plan = stands.plan + np.array([0, 0, 1], dtype=np.float32)
    for values in (plan, stands.mesh.normals, stands.mesh.colours, _finish(stands)):
        into = (blank(window)[0], depth.copy())
        draw(window, projected, stands.mesh.faces, values, into, both_sides=True)
        passes.append(into)
    (plan, nearest), (normal, _), (albedo, _), (finish, _) = passes
    bare = plan[..., 2] < 0.5
    nearest = np.where(bare, depth, nearest)
    flat = bare & (depth < FAR)
    position = (camera.position + rays * nearest[..., None]).astype(np.float32)
    normal[flat] = (0, 0, 1)
    # Sheets such as leaves are seen from either side.
    back = (normal * rays).sum(axis=-1) > 0.15
    normal[back & ~flat] *= -1
    shine, glow = finish[..., 0].copy(), finish[..., 1].copy()
    grain = nearest / np.float32(camera.focal * SCALE)
    here = position[flat]
    laid = _ground_colours(camera, ids[flat], here, grain[flat])
    albedo[flat] = darkened(laid, worn(camera, layout, SCALE)[flat], here[:, 0], here[:, 1])
    shine[flat] = 0
    _paint_walls(stands, plan, grain, (albedo, shine, glow))
    water &= flat
    return GBuffer(
        camera=camera,
        depth=nearest,
        normal=normal.astype(np.float16),
        albedo=albedo.astype(np.float16),
        shine=shine.astype(np.float16),
        glow=glow.astype(np.float16),
        flat=flat,
        water=water,
    )


def pixel_rays(camera: Camera) -> Array:
    """The ways (H, W, 3) from the lens through the middles of the finer picture's pixels."""
    x = (np.arange(camera.width * SCALE) + 0.5) / SCALE
    y = (np.arange(camera.height_px * SCALE) + 0.5) / SCALE
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    shape = (camera.height_px * SCALE, camera.width * SCALE, 3)
    return camera.rays(grid).astype(np.float32).reshape(shape)


def _finish(stands: Solid) -> Array:
    mesh = stands.mesh
    return np.column_stack([mesh.shine, mesh.glow, np.zeros_like(mesh.shine)])


def _ground(
    camera: Camera, layout: Layout, rays: Array, water_level: float
) -> tuple[NDArray[np.uint8], Array, NDArray[np.bool_]]:
    """Surface, depth and water of the ground, as if nothing stood on it, each (H, W)."""
    laid = [*ground.patches(layout), *covers(layout)]
    ids, level = ground.surfaces(camera, laid, SCALE)
    wet = ids == ground.MATERIALS[Material.WATER]
    beds = [item.level for item in layout.ground if item.material is Material.WATER]
    level[wet] += water_level
    with np.errstate(divide="ignore", over="ignore"):
        reach = (level - np.float32(camera.height)) / np.minimum(rays[..., 2], -1e-7)
        if beds:
            surface = max(beds) + water_level
            flood = (surface - np.float32(camera.height)) / np.minimum(rays[..., 2], -1e-7)
            flooded = (flood < reach) & (surface > level.min())
            wet = wet | (flooded & (level < surface))
            reach = np.where(flooded & wet, flood, reach)
    down = (rays[..., 2] < -1e-4) & (reach < FAR * 0.6)
    depth = np.where(down, reach, FAR).astype(np.float32)
    return ids, depth, wet & down


def _ground_colours(camera: Camera, ids: NDArray[np.uint8], here: Array, grain: Array) -> Array:
    """Colours (N, 3) of the ground's pixels; one seen at a slant spans more of it."""
    away = grain * np.float32(camera.focal * SCALE)
    slant = np.clip((camera.height - here[:, 2]) / np.maximum(away, 1e-6), 0.03, 1)
    return ground.albedo(ids, here[:, 0], here[:, 1], grain / np.sqrt(slant))


def _paint_walls(
    stands: Solid,
    plan: Array,
    grain: Array,
    into: tuple[Array, Array, Array],
) -> None:
    """Colour the walls' pixels."""
    albedo, shine, glow = into
    number = np.rint(plan[..., 2]).astype(np.int32) - 1
    for index in np.unique(number[number > 0]):
        where = number == index
        look = face(stands.walls[index - 1], plan[where, 0], plan[where, 1], grain[where])
        albedo[where], shine[where], glow[where] = look.colours, look.shine, look.glow
