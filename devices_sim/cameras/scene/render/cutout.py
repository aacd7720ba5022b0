"""A shape alone, cut to the picture: what is laid over what is farther."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.render.gbuffer import SCALE
from devices_sim.cameras.scene.render.mesh import Array
from devices_sim.cameras.scene.render.raster import FAR, Window

Part = tuple[slice, slice]
"""Rows and columns of the picture."""
Mask = NDArray[np.uint8]
"""(2h, 2w) 1 where something of a shape shows, else 0."""

# Soles and tyres touch the ground: they win against it.
_BEFORE = np.float32(0.997)


@dataclass(frozen=True, eq=False)
class Cutout:
    """A shape alone in a part of the picture; h and w are the part's.

    Attributes:
        light: as it was drawn, at SCALE or at the picture's own scale.
        depth: (2h, 2w) metres; FAR where it is not.
        before: (2h, 2w) what depths it hides are larger than this.
        covers: how many fine pixels of the part it covers.
        colour, alpha: (h, w, 3) and (h, w) what of it shows where nothing hides it.
    """

    part: Part
    light: Array
    depth: Array
    before: Array
    covers: int
    colour: Array
    alpha: Array

    def mixed(self, visible: Mask, count: int) -> tuple[Array, Array]:
        """Its colour (h, w, 3), and its share of each pixel (h, w), where so many of it show."""
        if count == self.covers:
            return self.colour, self.alpha
        return _mixed(self.light, visible)


def cutout(window: Window, light: Array, depth: Array, rows: int, columns: int) -> Cutout:
    """Cut what was drawn in a window, (h, w, 3) and (h, w), to a picture of this size."""
    left, top = max(0, window.x), max(0, window.y)
    right = min(columns, window.x + window.width)
    bottom = min(rows, window.y + window.height)
    each = int(window.scale)
    own = np.s_[
        (top - window.y) * each : (bottom - window.y) * each,
        (left - window.x) * each : (right - window.x) * each,
    ]
    light, depth = light[own], depth[own]
    if each < SCALE:
        fine = ((right - left) * SCALE, (bottom - top) * SCALE)
        depth = np.asarray(cv2.resize(depth, fine, interpolation=cv2.INTER_NEAREST))
    covered = (depth < FAR - 1).view(np.uint8)
    before = np.full(depth.shape, 2 * FAR, dtype=np.float32)
    cv2.copyTo(depth * _BEFORE, covered, before)
    return Cutout(
        (slice(top, bottom), slice(left, right)),
        light,
        depth,
        before,
        cv2.countNonZero(covered),
        *_mixed(light, covered),
    )


def _mixed(light: Array, visible: Mask) -> tuple[Array, Array]:
    rows, columns = visible.shape
    size = (columns // SCALE, rows // SCALE)
    share = visible.astype(np.float32)
    alpha = np.asarray(cv2.resize(share, size, interpolation=cv2.INTER_AREA))
    if len(light) == size[1]:
        # Softens the steps of its edges.
        return light, alpha * cv2.blur(alpha, (3, 3))
    seen = cv2.copyTo(light, visible)
    shown = cv2.resize(seen, size, interpolation=cv2.INTER_AREA)
    return shown / np.maximum(alpha, np.float32(1e-3))[..., None], alpha
