"""What a camera sees of an empty place in one light: made once, drawn over for each frame."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.layout import Layout
from devices_sim.cameras.scene.render.gbuffer import SCALE, GBuffer, gbuffer
from devices_sim.cameras.scene.render.glare import glare
from devices_sim.cameras.scene.render.layer import Kept
from devices_sim.cameras.scene.render.light import Light
from devices_sim.cameras.scene.render.mesh import Array
from devices_sim.cameras.scene.render.picture import Development, Picture, develop, development
from devices_sim.cameras.scene.render.shade import light_place
from devices_sim.cameras.scene.render.shadow import ShadowMap, shadow_map
from devices_sim.cameras.scene.render.street import Solid, lamp_head, solid


@dataclass(frozen=True, eq=False)
class View:
    """An empty place from one camera in one light. H and W are the picture's.

    Attributes:
        depth: (2H, 2W) metres along the axis.
        flat: (H, W) 1 where it is ground, else 0.
        ambient, sun: (H, W, 3) light, apart: all other light, and the sun's.
        whole: (H, W, 3) both together.
        albedo: (H, W, 3) reflectance of the ground, for headlights to fall on; 0 elsewhere.
        clean: (H, W, 3) the picture without noise.
        glare: what the lens scatters of it, as `glare` gives it; none by day.
        made: how light becomes a picture.
        lamps: (L, 3) where lamplight comes from.
        shadows: the sun's, if it shines.
        kept: what the next picture may need of the last one.
    """

    layout: Layout
    camera: Camera
    light: Light
    depth: Array
    flat: NDArray[np.uint8]
    ambient: Array
    sun: Array
    whole: Array
    albedo: Array
    clean: Picture
    glare: Array | None
    made: Development
    lamps: Array
    shadows: ShadowMap | None
    kept: Kept = field(default_factory=Kept)


@dataclass(frozen=True, eq=False)
class Survey:
    """A place as a camera sees it, before any light falls on it; some 25 MB at 640 x 384."""

    layout: Layout
    stands: Solid
    seen: GBuffer
    overhead: ShadowMap


def survey(layout: Layout, camera: Camera, *, water_level: float = 0.0) -> Survey:
    """Look at an empty place. Takes a second or two; good for as long as the camera stays.

    Args:
        water_level: how far water stands above its usual level, m.
    """
    stands = solid(layout)
    up = np.array([0, 0, 1], dtype=np.float32)
    overhead = shadow_map(stands.mesh, up, *_middle(layout))
    return Survey(layout, stands, gbuffer(camera, layout, stands, water_level), overhead)


def view(place: Survey, light: Light, *, seed: int = 0) -> View:
    """Light an empty place. Takes about a second; good for as long as the light stays.

    Args:
        seed: of the camera's noise.
    """
    shining = float(light.sun.max()) > 0.004
    middle, reach = _middle(place.layout)
    shadows = shadow_map(place.stands.mesh, light.to_sun, middle, reach) if shining else None
    heads = [lamp_head(item) for item in place.layout.lamps]
    lamps = np.array(heads, dtype=np.float32).reshape(-1, 3)
    lit = light_place(place.seen, light, lamps, shadows, place.overhead)
    ambient, sun = _smaller(lit.ambient), _smaller(lit.sun)
    whole = ambient + sun
    made = development(whole, seed)
    scattered = glare(whole, made.exposure) if light.lamps > 0 else None
    flat = np.ascontiguousarray(place.seen.flat[::SCALE, ::SCALE], dtype=np.uint8)
    size = (whole.shape[1], whole.shape[0])
    bright = whole if scattered is None else whole + cv2.resize(scattered, size)
    return View(
        layout=place.layout,
        camera=place.seen.camera,
        light=light,
        depth=place.seen.depth,
        flat=flat,
        ambient=ambient,
        sun=sun,
        whole=whole,
        albedo=_smaller(place.seen.albedo.astype(np.float32)) * flat[..., None],
        clean=develop(bright, made, slice(None), slice(None)),
        glare=scattered,
        made=made,
        lamps=lamps,
        shadows=shadows,
    )


def _middle(layout: Layout) -> tuple[Array, float]:
    """The middle of a layout (3,), and how far it reaches about it, m."""
    (west, south), (east, north) = layout.extent
    middle = np.array([(west + east) / 2, (south + north) / 2, 0], dtype=np.float32)
    return middle, math.hypot(east - west, north - south) / 2 + 12


def _smaller(fine: Array) -> Array:
    """A picture at SCALE brought down to the camera's size."""
    size = (fine.shape[1] // SCALE, fine.shape[0] // SCALE)
    return np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
