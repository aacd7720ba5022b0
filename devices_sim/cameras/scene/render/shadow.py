"""Who stands in whose light: a depth map seen from the sun, or from straight above."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.render.mesh import Array, Mesh, f32, rotated
from devices_sim.cameras.scene.render.raster import FAR, Window, blank, draw

_SIDE = 1536
_BASE = 500.0
_BIAS = 0.12
_SKY_BLUR = 2.2


@dataclass(frozen=True, eq=False)
class ShadowMap:
    """Depths seen along a direction of light.

    Attributes:
        axes: (3, 3): right, down and away from the light, as rows.
        middle: (3,) the place in the map's centre.
        reach: metres from the centre to the map's edge.
        depth: (S, S) metres; FAR where nothing stands.
    """

    axes: Array
    middle: Array
    reach: float
    depth: Array

    def lit(self, points: Array, *, soft: bool = True) -> Array:
        """The share of the light that reaches points (N, 3), (N,); 0 or 1 unless `soft`."""
        place, depth = _along(self.axes, self.middle, self.reach, points)
        if not soft:
            inside = np.clip(place, 0, _SIDE - 1).astype(np.intp)
            return f32(self.depth[inside[:, 1], inside[:, 0]] > depth - _BIAS)
        total = np.zeros(len(points), dtype=np.float32)
        for dx, dy in ((-0.6, -0.2), (0.2, -0.6), (0.6, 0.2), (-0.2, 0.6)):
            column = np.clip(place[:, 0] + dx, 0, _SIDE - 1).astype(np.intp)
            row = np.clip(place[:, 1] + dy, 0, _SIDE - 1).astype(np.intp)
            total += self.depth[row, column] > depth - _BIAS
        return total * np.float32(0.25)


def shadow_map(mesh: Mesh, to_light: Array, middle: Array, reach: float) -> ShadowMap:
    """What a light far away in this direction sees of a mesh."""
    away = -np.asarray(to_light, dtype=np.float64)
    helper = np.array([0.0, 0.0, 1.0]) if abs(away[2]) < 0.9 else np.array([0.0, 1.0, 0.0])
    right = np.cross(away, helper)
    right /= np.linalg.norm(right)
    axes = np.stack([right, np.cross(away, right), away]).astype(np.float32)
    centre = np.asarray(middle, dtype=np.float32)
    window = Window(0, 0, _SIDE, _SIDE)
    into = blank(window)
    seen = _along(axes, centre, reach, mesh.points)
    draw(window, seen, mesh.faces, np.zeros_like(mesh.points), into, both_sides=True)
    return ShadowMap(axes, centre, reach, into[1])


def open_sky(overhead: ShadowMap, points: Array) -> Array:
    """The share of the sky seen from points near the ground (N, 3), (N,).

    Args:
        overhead: a shadow map of light from straight above.
    """
    height = overhead.middle[2] + _BASE - overhead.depth
    texel = 2 * overhead.reach / _SIDE
    small = cv2.resize(height, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_NEAREST)
    above = (small > 0.6).astype(np.float32)
    above = cv2.GaussianBlur(above, (0, 0), _SKY_BLUR / (texel * 4))
    place, _ = _along(overhead.axes, overhead.middle, overhead.reach, points)
    column = np.clip(place[:, 0] / 4, 0, above.shape[1] - 1).astype(np.intp)
    row = np.clip(place[:, 1] / 4, 0, above.shape[0] - 1).astype(np.intp)
    return np.asarray(1 - 0.62 * above[row, column], dtype=np.float32)


def _along(
    axes: Array, middle: Array, reach: float, points: Array
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Places (N, 2) in the map and depths (N,) of points of the world."""
    seen = rotated(points - middle, axes)
    place = (seen[:, :2] / reach + 1) * (_SIDE / 2)
    return place, np.clip(seen[:, 2] + np.float32(_BASE), 1, FAR - 1)
