"""What a frame is drawn into: light, depth, and whose each pixel is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.render.cast import Part
from devices_sim.cameras.scene.render.effects import SHOWS, Cloud
from devices_sim.cameras.scene.render.gbuffer import SCALE
from devices_sim.cameras.scene.render.glare import GLARE_CELL, glare
from devices_sim.cameras.scene.render.mesh import Array
from devices_sim.cameras.scene.render.picture import Picture, develop
from devices_sim.cameras.scene.render.raster import FAR, Window
from devices_sim.cameras.scene.render.static import View

_TILE = 64
_LEAST_GLARE = 0.004
"""Exposed light below which a change of glare is not seen."""


@dataclass(eq=False)
class Canvas:
    """A frame in the making; changed in place. H and W are the picture's.

    Attributes:
        light: (H, W, 3).
        depth: (2H, 2W) metres along the axis.
        marks: (2H, 2W) the number of the shape a pixel shows; 0 for the empty place.
        dirty: which tiles are no longer those of the empty place.
    """

    light: Array
    depth: Array
    marks: NDArray[np.uint16]
    dirty: NDArray[np.bool_]

    @classmethod
    def of(cls, view: View) -> Canvas:
        """A canvas that shows the empty place."""
        rows, columns = view.clean.shape[:2]
        return cls(
            light=view.whole.copy(),
            depth=view.depth.copy(),
            marks=np.zeros(view.depth.shape, dtype=np.uint16),
            dirty=np.zeros((-(-rows // _TILE), -(-columns // _TILE)), dtype=bool),
        )

    def touch(self, part: Part) -> None:
        """Note that a part of the picture is no longer the empty place."""
        rows, columns = (slice(side.start // _TILE, (side.stop - 1) // _TILE + 1) for side in part)
        self.dirty[rows, columns] = True

    def lay(self, window: Window, colour: Array, depth: Array, number: int) -> int:
        """Lay a drawn shape over what is farther.

        Args:
            colour, depth: (h, w, 3) and (h, w), as drawn in the window; FAR where it is not.
            number: of the shape, from 1.

        Returns:
            How many fine pixels all of it covers, seen or not.
        """
        covered = np.count_nonzero(depth < FAR - 1)
        whole = int(covered * (SCALE / window.scale) ** 2)
        rows, columns = self.light.shape[:2]
        left, top = max(0, window.x), max(0, window.y)
        right = min(columns, window.x + window.width)
        bottom = min(rows, window.y + window.height)
        fine = np.s_[top * SCALE : bottom * SCALE, left * SCALE : right * SCALE]
        size = (right - left, bottom - top)
        each = int(window.scale)
        own = np.s_[
            (top - window.y) * each : (bottom - window.y) * each,
            (left - window.x) * each : (right - window.x) * each,
        ]
        depth, colour = depth[own], colour[own]
        coarse = each < SCALE
        if coarse:
            wide = (size[0] * SCALE, size[1] * SCALE)
            depth = cv2.resize(depth, wide, interpolation=cv2.INTER_NEAREST)
        # Soles and tyres touch the ground: they win against it.
        visible = (depth * np.float32(0.997) < self.depth[fine]) & (depth < FAR - 1)
        np.copyto(self.depth[fine], depth, where=visible)
        np.copyto(self.marks[fine], np.uint16(number), where=visible)
        share = visible.astype(np.float32)
        alpha = cv2.resize(share, size, interpolation=cv2.INTER_AREA)
        if coarse:
            # Softens the steps of its edges.
            alpha *= cv2.blur(alpha, (3, 3))
        else:
            shown = cv2.resize(colour * share[..., None], size, interpolation=cv2.INTER_AREA)
            colour = shown / np.maximum(alpha, np.float32(1e-3))[..., None]
        where = np.s_[top:bottom, left:right]
        self.touch(where)
        self.light[where] = cv2.blendLinear(self.light[where], colour, 1 - alpha, alpha)
        return whole

    def veil(self, cloud: Cloud) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Lay fire or smoke over what is farther; where it is dense (h, w), and seen."""
        behind = self.depth[::SCALE, ::SCALE][cloud.rows, cloud.columns]
        # Where something a little nearer stands in it, half of it still veils that.
        reach = np.clip((behind - cloud.depth) / 0.8 + 1, 0, 1)
        part = self.light[cloud.rows, cloud.columns]
        part *= 1 - (cloud.density * reach)[..., None]
        part += cloud.light * reach[..., None]
        self.touch((cloud.rows, cloud.columns))
        dense = cloud.density > SHOWS
        return dense, dense & (reach > 0.5)

    def _touch_glare(self, spread: Array, view: View) -> None:
        """Note where the lens scatters other light (h, w, 3) than in the empty place."""
        least = _LEAST_GLARE / view.made.exposure
        other = cv2.absdiff(spread, view.glare).max(axis=2) > least
        cells = _TILE // GLARE_CELL
        for row, column in np.argwhere(~self.dirty):
            part = np.s_[
                max(0, row * cells - 1) : (row + 1) * cells + 1,
                max(0, column * cells - 1) : (column + 1) * cells + 1,
            ]
            self.dirty[row, column] = other[part].any()

    def developed(self, view: View) -> Picture:
        """The picture without noise; only what has changed is developed anew."""
        clean = view.clean.copy()
        rows, columns = clean.shape[:2]
        light = self.light
        if view.glare is not None:
            spread = glare(light, view.made.exposure)
            self._touch_glare(spread, view)
            light = cv2.add(light, cv2.resize(spread, (columns, rows)))
        for row, tiles in enumerate(self.dirty):
            edges = np.flatnonzero(np.diff(np.concatenate([[0], tiles.astype(np.int8), [0]])))
            for start, end in edges.reshape(-1, 2):
                down = slice(row * _TILE, min(rows, (row + 1) * _TILE))
                across = slice(int(start) * _TILE, min(columns, int(end) * _TILE))
                clean[down, across] = develop(light[down, across], view.made, down, across)
        return clean
