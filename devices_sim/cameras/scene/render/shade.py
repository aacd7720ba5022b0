"""Light on surfaces: sky, sun, lamps, and what they mirror."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from devices_sim.cameras.scene.render.gbuffer import GBuffer, Mask, pixel_rays
from devices_sim.cameras.scene.render.light import LAMP_COLOUR, Light
from devices_sim.cameras.scene.render.mesh import Array, along, decay, f32
from devices_sim.cameras.scene.render.noise import noise
from devices_sim.cameras.scene.render.raster import FAR
from devices_sim.cameras.scene.render.shadow import ShadowMap, open_sky

_LAMP_REACH = 30.0
"""Metres beyond which a lamp's light begins to be left out."""
_HAZE = 520.0
"""Metres of air in which all but a third of what is seen fades."""


@dataclass(frozen=True, eq=False)
class Lit:
    """A lit place (H, W, 3), apart: what the sun gives, and all other light."""

    ambient: Array
    sun: Array


def light_place(
    seen: GBuffer, light: Light, lamps: Array, shadows: ShadowMap | None, overhead: ShadowMap
) -> Lit:
    """Light an empty place.

    Args:
        lamps: (L, 3) where the lamps' light comes from.
        shadows: the sun's, if it shines.
        overhead: of light from straight above.
    """
    shape = seen.albedo.shape
    solid = seen.depth < FAR
    rays = pixel_rays(seen.camera)
    points = _points(seen, solid, rays)
    albedo = _wetted(seen, light)[solid]
    up = points.normal[:, 2]
    sky = np.where(seen.flat[solid], open_sky(overhead, points.position), _foot(points.position))
    ambient = albedo * light.ambient(up) * sky[:, None]
    ambient += albedo * lamplight(points.position, points.normal, lamps, light)
    ambient += LAMP_COLOUR * (seen.glow[solid] * np.float32(light.lamps))[:, None]
    ambient += _mirrored(seen, light, solid, points)
    sun = np.zeros_like(ambient)
    if shadows is not None:
        facing = np.clip(along(points.normal, light.to_sun), 0, 1)
        reached = shadows.lit(points.position + points.normal * np.float32(0.05))
        sun = albedo * light.sun * (facing * reached)[:, None]
    whole = light.sky_seen(_clouded(rays, light))
    picture = Lit(whole.reshape(shape).copy(), np.zeros(shape, dtype=np.float32))
    # Far things fade into the air.
    clear = decay(np.maximum(seen.depth[solid] - 25, 0) / _HAZE)[:, None]
    picture.ambient[solid] = ambient * clear + light.sky_seen(np.zeros(1, np.float32)) * (1 - clear)
    picture.sun[solid] = sun * clear
    return picture


@dataclass(frozen=True, eq=False)
class _Points:
    """What is lit: places, normals, and unit ways from the lens, each (N, 3)."""

    position: Array
    normal: Array
    way: Array


def _points(seen: GBuffer, solid: Mask, rays: Array) -> _Points:
    ways = rays[solid]
    position = f32(ways * seen.depth[solid][:, None] + f32(seen.camera.position))
    ways /= np.sqrt(along(ways, ways.T))[:, None]
    return _Points(position, f32(seen.normal[solid]), ways)


def lamplight(position: Array, normal: Array, lamps: Array, light: Light) -> Array:
    """Light (N, 3) of street lamps on surfaces."""
    total = np.zeros(len(position), dtype=np.float32)
    if light.lamps > 0:
        for head in lamps.astype(np.float32):
            aside = (position[:, 0] - head[0]) ** 2 + (position[:, 1] - head[1]) ** 2
            near = np.flatnonzero(aside < np.float32(2 * _LAMP_REACH**2))
            way = head - np.take(position, near, axis=0)
            towards = along(way, np.take(normal, near, axis=0).T)
            # What faces away gets none.
            lit = np.flatnonzero(towards > 0)
            near, way = near[lit], np.take(way, lit, axis=0)
            square = np.maximum(along(way, way.T), 0.3)
            distance = np.sqrt(square)
            facing = np.clip(towards[lit] / distance, 0, 1)
            down = np.clip(way[:, 2] / distance, 0, 1)
            # Fades out where it is too weak to be seen.
            fade = np.clip(2 - aside[near] * np.float32(1 / _LAMP_REACH**2), 0, 1)
            total[near] += facing * (0.1 + down**1.5) * head[2] ** 2 / square * fade
    return LAMP_COLOUR * (total * np.float32(light.lamps))[:, None]


def _foot(position: Array) -> Array:
    """Less of the sky is seen low on a wall, (N,)."""
    return f32(1 - 0.42 * decay(np.maximum(position[:, 2], 0) / 0.9))


def _wetted(seen: GBuffer, light: Light) -> Array:
    """Reflectance (H, W, 3); wet ground is darker."""
    if light.wet <= 0:
        return f32(seen.albedo)
    dark = 1 - 0.45 * light.wet * (seen.flat & ~seen.water)
    return (seen.albedo * dark[..., None]).astype(np.float32)


def _mirrored(seen: GBuffer, light: Light, solid: Mask, points: _Points) -> Array:
    """Sky and street mirrored in glass, water and wet ground, (N, 3)."""
    position, normal, ways = points.position, points.normal, points.way
    flat, water = seen.flat[solid], seen.water[solid]
    shine = f32(seen.shine[solid])
    if light.wet > 0:
        pool = noise(position[:, 0], position[:, 1], 2.2, seed=30)
        # Puddles, with wet rims.
        deep = np.clip((pool - 1.05 + 0.6 * light.wet) / 0.5, 0, 1)
        shine[flat] = (light.wet * (0.25 + 0.5 * deep * deep * (3 - 2 * deep)))[flat]
    shine[water] = 1.0
    facing = np.clip(-along(ways, normal.T), 0, 1)
    fresnel = 0.04 + 0.96 * (1 - facing) ** 5
    fresnel = np.where(flat, fresnel * (0.55 if light.wet else 1.0), 0.16 + 0.84 * fresnel)
    up = ways[:, 2] - 2 * along(ways, normal.T) * normal[:, 2]
    up += np.where(water, 0.05 * noise(position[:, 0] * 0.4, position[:, 1], 0.6, seed=31), 0)
    seen_there = light.sky_seen(up.astype(np.float32))
    # Below the roofs across the street it is they that are mirrored.
    wall = np.clip((0.34 - up) / 0.12, 0, 1)
    dim = np.where(flat & ~water, 0.85, 1 - 0.72 * wall)
    return np.asarray(seen_there * (shine * fresnel * dim)[:, None], dtype=np.float32)


def _clouded(rays: Array, light: Light) -> Array:
    """The z component of each pixel's way (H * W,), stirred by clouds."""
    ways = rays.reshape(-1, 3)
    up = ways[:, 2] / np.linalg.norm(ways, axis=1)
    across = f32(np.arctan2(ways[:, 1], ways[:, 0], dtype=np.float64))
    puffs = noise(across * 40, up * 130, 9.0, seed=32)
    return np.asarray(up - 0.05 * light.cloud * np.maximum(puffs, -0.3), dtype=np.float32)
