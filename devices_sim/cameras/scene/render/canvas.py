"""What a frame is drawn into: light, depth, and whose each pixel is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.render.cast import Part
from devices_sim.cameras.scene.render.effects import SHOWS, Cloud
from devices_sim.cameras.scene.render.gbuffer import SCALE
from devices_sim.cameras.scene.render.mesh import Array
from devices_sim.cameras.scene.render.picture import Picture, develop
from devices_sim.cameras.scene.render.raster import FAR, Window
from devices_sim.cameras.scene.render.static import View

_TILE = 64


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
        if window.scale < SCALE:
            size = (window.width * SCALE, window.height * SCALE)
            colour = cv2.resize(colour, size, interpolation=cv2.INTER_LINEAR)
            depth = cv2.resize(depth, size, interpolation=cv2.INTER_NEAREST)
        covered = depth < FAR - 1
        whole = int(np.count_nonzero(covered))
        rows, columns = self.light.shape[:2]
        left, top = max(0, window.x), max(0, window.y)
        right = min(columns, window.x + window.width)
        bottom = min(rows, window.y + window.height)
        fine = np.s_[top * SCALE : bottom * SCALE, left * SCALE : right * SCALE]
        own = np.s_[
            (top - window.y) * SCALE : (bottom - window.y) * SCALE,
            (left - window.x) * SCALE : (right - window.x) * SCALE,
        ]
        depth, colour = depth[own], colour[own]
        # Soles and tyres touch the ground: they win against it.
        visible = covered[own] & (depth * np.float32(0.997) < self.depth[fine])
        np.copyto(self.depth[fine], depth, where=visible)
        np.copyto(self.marks[fine], np.uint16(number), where=visible)
        size = (right - left, bottom - top)
        share = visible.astype(np.float32)
        shown = cv2.resize(colour * share[..., None], size, interpolation=cv2.INTER_AREA)
        alpha = cv2.resize(share, size, interpolation=cv2.INTER_AREA)
        self.touch(np.s_[top:bottom, left:right])
        part = self.light[top:bottom, left:right]
        part *= 1 - alpha[..., None]
        part += shown
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

    def developed(self, view: View) -> Picture:
        """The picture without noise; only what has changed is developed anew."""
        clean = view.clean.copy()
        rows, columns = clean.shape[:2]
        for row, tiles in enumerate(self.dirty):
            edges = np.flatnonzero(np.diff(np.concatenate([[0], tiles.astype(np.int8), [0]])))
            for start, end in edges.reshape(-1, 2):
                down = slice(row * _TILE, min(rows, (row + 1) * _TILE))
                across = slice(int(start) * _TILE, min(columns, int(end) * _TILE))
                clean[down, across] = develop(self.light[down, across], view.made, down, across)
        return clean
