"""What a frame is drawn into: light, depth, and whose each pixel is."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.render.cutout import Cutout, Part
from devices_sim.cameras.scene.render.effects import SHOWS, Cloud
from devices_sim.cameras.scene.render.gbuffer import SCALE
from devices_sim.cameras.scene.render.glare import GLARE_CELL, glare
from devices_sim.cameras.scene.render.layer import Buffers
from devices_sim.cameras.scene.render.mesh import Array
from devices_sim.cameras.scene.render.picture import Picture, develop
from devices_sim.cameras.scene.render.static import View

_TILE = 64
_LEAST_GLARE = 0.004
"""Exposed light below which a change of glare is not seen."""


class Canvas:
    """A frame in the making, over the empty place; changed in place."""

    def __init__(self, view: View) -> None:
        self._view = view
        try:
            buffers = view.kept.spare.pop()
        except IndexError:
            buffers = _buffers(view)
        for part in _parts(buffers):
            fine = _fine(part)
            buffers.light[part] = view.whole[part]
            buffers.depth[fine] = view.depth[fine]
            buffers.marks[fine] = 0
        buffers.dirty[:] = False
        self._buffers = buffers
        self.light, self.depth, self.marks = buffers.light, buffers.depth, buffers.marks
        self._dirty = buffers.dirty

    def done(self) -> None:
        """Leave the buffers to the next frame; this one must not be used any more."""
        self._view.kept.spare.append(self._buffers)

    def touch(self, part: Part) -> None:
        """Note that a part of the picture is no longer the empty place."""
        rows, columns = (slice(side.start // _TILE, (side.stop - 1) // _TILE + 1) for side in part)
        self._dirty[rows, columns] = True

    def lay(self, shape: Cutout, number: int) -> None:
        """Lay a shape over what is farther.

        Args:
            number: of the shape, from 1.
        """
        fine = _fine(shape.part)
        visible = (shape.before < self.depth[fine]).view(np.uint8)
        count = cv2.countNonZero(visible)
        if not count:
            return
        cv2.copyTo(shape.depth, visible, self.depth[fine])
        cv2.copyTo(np.full(visible.shape, number, dtype=np.uint16), visible, self.marks[fine])
        colour, alpha = shape.mixed(visible, count)
        self.touch(shape.part)
        self.light[shape.part] = cv2.blendLinear(self.light[shape.part], colour, 1 - alpha, alpha)

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

    def _touch_glare(self, spread: Array, scattered: Array) -> None:
        """Note where the lens scatters other light (h, w, 3) than in the empty place."""
        least = _LEAST_GLARE / self._view.made.exposure
        other = cv2.absdiff(spread, scattered).max(axis=2) > least
        cells = _TILE // GLARE_CELL
        for row, column in np.argwhere(~self._dirty):
            part = np.s_[
                max(0, row * cells - 1) : (row + 1) * cells + 1,
                max(0, column * cells - 1) : (column + 1) * cells + 1,
            ]
            self._dirty[row, column] = other[part].any()

    def developed(self) -> Picture:
        """The picture without noise; only what has changed is developed anew."""
        view, light = self._view, self.light
        clean = view.clean.copy()
        if view.glare is not None:
            spread = glare(light, view.made.exposure)
            self._touch_glare(spread, view.glare)
            light = cv2.add(light, cv2.resize(spread, (clean.shape[1], clean.shape[0])))
        for part in _parts(self._buffers):
            clean[part] = develop(light[part], view.made, *part)
        return clean


def _buffers(view: View) -> Buffers:
    """New buffers that show the empty place."""
    rows, columns = view.clean.shape[:2]
    return Buffers(
        light=view.whole.copy(),
        depth=view.depth.copy(),
        marks=np.zeros(view.depth.shape, dtype=np.uint16),
        dirty=np.zeros((-(-rows // _TILE), -(-columns // _TILE)), dtype=bool),
    )


def _parts(buffers: Buffers) -> Iterator[Part]:
    """The parts of the picture that are no longer the empty place."""
    rows, columns = buffers.light.shape[:2]
    for row, tiles in enumerate(buffers.dirty):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], tiles.astype(np.int8), [0]])))
        for start, end in edges.reshape(-1, 2):
            down = slice(row * _TILE, min(rows, (row + 1) * _TILE))
            yield down, slice(int(start) * _TILE, min(columns, int(end) * _TILE))


def _fine(part: Part) -> Part:
    """A part of the picture in the finer one."""
    rows, columns = part
    return (
        slice(rows.start * SCALE, rows.stop * SCALE),
        slice(columns.start * SCALE, columns.stop * SCALE),
    )
