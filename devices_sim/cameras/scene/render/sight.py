"""Who is in the picture, and where in it the shapes of actors lie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from devices_sim.cameras.scene.actors import SIZES, Actor
from devices_sim.cameras.scene.camera import Camera, Reals
from devices_sim.cameras.scene.render.boxes import Box
from devices_sim.cameras.scene.render.gbuffer import SCALE
from devices_sim.cameras.scene.render.mesh import Array
from devices_sim.cameras.scene.render.raster import FAR, Window, draw_depth, extent
from devices_sim.cameras.scene.render.shapes import Shape

_FINE_AREA = 9_000
"""Pixels; larger shapes are drawn at the picture's own scale, for speed."""
_COUNTED = 4_000
"""Pixels on which the part of a shape outside the picture is counted."""
_SHADOW = 4.0
"""Metres outside the picture from which shadows still reach into it."""
_LEAST_DEPTH = 0.4
_SURELY = 0.99
"""Less than what shapes are drawn before the ground they stand on."""


@dataclass(frozen=True, eq=False)
class Seen:
    """A shape and where it lies in the picture.

    Attributes:
        pixels, depth: (V, 2) and (V,), of its points.
        whole: the box of its outline; none if it only casts a shadow into the picture.
        window: what it is drawn in: where it lies in the picture.
        beyond: whether some of it lies outside the picture.
    """

    shape: Shape
    pixels: Reals
    depth: Reals
    whole: Box | None
    window: Window
    beyond: bool = False


def seen(camera: Camera, found: Sequence[Shape]) -> list[Seen]:
    """Where shapes lie in the picture."""
    if not found:
        return []
    pixels, depth = camera.project(np.concatenate([shape.mesh.points for shape in found]))
    ends = np.cumsum([0] + [len(shape.mesh.points) for shape in found])
    # The boxes of all shapes at once: for each alone it takes longer.
    x, y = np.ascontiguousarray(pixels.T)
    sides = [part.reduceat(v, ends[:-1]) for part in (np.minimum, np.maximum) for v in (x, y)]
    boxes = np.stack(sides, axis=1).tolist()
    nearest = np.minimum.reduceat(depth, ends[:-1])
    near = set(np.flatnonzero(nearest <= _LEAST_DEPTH).tolist())
    placed: list[Seen] = []
    for index, (shape, start, end) in enumerate(zip(found, ends, ends[1:], strict=False)):
        own, far = pixels[start:end], depth[start:end]
        box = _before(own, far) if index in near else boxes[index]
        placed.append(_seen(camera, shape, own, far, box))
    return placed


def _before(pixels: Reals, depth: Reals) -> Sequence[float] | None:
    """The box of the points that lie before the lens; none if none does."""
    shown = pixels[depth > _LEAST_DEPTH]
    return extent(shown) if len(shown) else None


def scales(camera: Camera, actors: Sequence[Actor]) -> list[float]:
    """Pixels a metre takes up where each actor is; 0 if nothing of it can be in the picture."""
    if not actors:
        return []
    middles = np.array([(actor.x, actor.y, 0.9) for actor in actors])
    pixels, depth = camera.project(middles)
    reach = np.array([_reach(actor) for actor in actors])
    scale = camera.focal / np.maximum(depth, 0.5)
    room = scale * (reach + _SHADOW)
    x, y = pixels.T
    inside = (x > -room) & (x < camera.width + room) & (y > -room) & (y < camera.height_px + room)
    before = depth > _LEAST_DEPTH - reach
    return [float(v) for v in np.where(before & (inside | (depth < 3 * reach)), scale, 0)]


def _reach(actor: Actor) -> float:
    """How far from its middle any of an actor may be, m."""
    size = SIZES[actor.kind]
    return math.hypot(size.length, size.height) * 0.6


def _seen(
    camera: Camera, shape: Shape, pixels: Reals, depth: Reals, box: Sequence[float] | None
) -> Seen:
    """Where a shape lies whose points before the lens have this box, if it has any."""
    nowhere = Seen(shape, pixels, depth, None, Window(0, 0, 0, 0))
    if box is None:
        return nowhere
    left, top, right, bottom = box
    width, height = camera.width, camera.height_px
    if right <= 0 or bottom <= 0 or left >= width or top >= height:
        return nowhere
    x, y = int(max(left - 1, 0)), int(max(top - 1, 0))
    # Even sides, that light can be drawn at half the size.
    wide, high = int(min(right + 2, width)) - x + 1, int(min(bottom + 2, height)) - y + 1
    scale = SCALE if wide * high < _FINE_AREA else 1
    window = Window(x, y, wide - wide % 2, high - high % 2, scale)
    beyond = left < 0 or top < 0 or right > width or bottom > height
    return Seen(shape, pixels, depth, (left, top, right, bottom), window, beyond)


def hidden(depth: Array, item: Seen) -> bool:
    """Whether all of a shape lies behind the empty place, whose depth (2H, 2W) this is."""
    window = item.window
    rows = slice(window.y * SCALE, (window.y + window.height) * SCALE)
    columns = slice(window.x * SCALE, (window.x + window.width) * SCALE)
    return float(depth[rows, columns].max()) < float(item.depth.min()) * _SURELY


def outside(camera: Camera, item: Seen) -> int:
    """About how many fine pixels of a shape lie outside the picture, as far as half of it."""
    if not item.beyond or item.whole is None:
        return 0
    width, height = camera.width, camera.height_px
    left, top, right, bottom = item.whole
    x, y = int(max(left, -width // 2)), int(max(top, -height // 2))
    wide, high = int(min(right, width * 1.5)) + 1 - x, int(min(bottom, height * 1.5)) + 1 - y
    # Counted coarsely.
    step = max(1.0, math.sqrt(wide * high / _COUNTED))
    window = Window(0, 0, max(2, round(wide / step)), max(2, round(high / step)))
    placed = (item.pixels - np.array([x, y], dtype=item.pixels.dtype)) / step
    found = draw_depth(window, (placed, item.depth), item.shape.mesh.faces) < FAR - 1
    rows, columns = (np.arange(size) * step for size in found.shape)
    inside = ((rows + y >= 0) & (rows + y < height))[:, None]
    inside = inside & ((columns + x >= 0) & (columns + x < width))
    return int(np.count_nonzero(found & ~inside) * (step * SCALE) ** 2)
