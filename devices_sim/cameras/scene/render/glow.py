"""Light on actors, point by point: sky, sun, lamps, and what their paint and glass mirror."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from devices_sim.cameras.scene.render.mesh import Array, Skin, along, decay, f32
from devices_sim.cameras.scene.render.shade import lamplight
from devices_sim.cameras.scene.render.static import View


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What is the same for all actors of a picture.

    Attributes:
        eye: (3,) the lens.
        sky: (3,) the sky low over the street.
        lamps: how bright a vehicle's lamps are; 0 by day.
        glint: how bright the sun's mirror image is against that sky.
    """

    eye: Array
    sky: Array
    lamps: float
    glint: float

    @classmethod
    def of(cls, view: View) -> Surroundings:
        """The surroundings of a view."""
        sky = view.light.sky_seen(np.array([0.35], dtype=np.float32))[0]
        strength = float(view.light.sun.mean() / max(float(sky.mean()), 1e-6))
        return cls(
            eye=view.camera.position.astype(np.float32),
            sky=sky,
            lamps=view.light.lamps * 9,
            glint=strength * 7,
        )


def colours(view: View, around: Surroundings, skin: Skin) -> Array:
    """Light on each point of a skin, (V, 3), to be multiplied by its reflectance."""
    normals, points = skin.normals, skin.points
    low = 1 - 0.38 * decay(np.maximum(points[:, 2], 0) / 0.28)
    low *= 1 - 0.25 * (normals[:, 2] < -0.3)
    lit = view.light.ambient(normals[:, 2]) * low[:, None].astype(np.float32)
    if view.shadows is not None:
        facing = np.clip(along(normals, view.light.to_sun), 0, 1)
        reached = view.shadows.lit(points + normals * np.float32(0.06), soft=False)
        lit += view.light.sun * (facing * reached)[:, None]
    if around.lamps > 0:
        lit += lamplight(points, normals, view.lamps, view.light)
    return lit


def mirrored(view: View, around: Surroundings, skin: Skin) -> Array:
    """How much of the sky's light each point throws at the lens, (V,)."""
    way = skin.points - around.eye
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    facing = np.clip(-(way * skin.normals).sum(axis=1), 0, 1)
    back = way + 2 * facing[:, None] * skin.normals
    fresnel = 0.05 + 0.95 * (1 - facing) ** 5
    up = back[:, 2]
    # Sky above the roofs, houses below them, the road at the bottom.
    seen = 0.16 + 0.34 * np.clip((up + 0.06) / 0.1, 0, 1) + 0.5 * np.clip((up - 0.18) / 0.25, 0, 1)
    shine = fresnel * seen
    if view.shadows is not None:
        spot = np.clip(along(back, view.light.to_sun), 0, 1) ** 90
        shine += spot * around.glint * 0.05
    return f32(shine * skin.shine)
