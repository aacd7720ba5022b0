"""Shade that actors cast on the ground: from the sun, and at their feet from the open sky."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.render.cutout import Part
from devices_sim.cameras.scene.render.layer import Layer, Shade
from devices_sim.cameras.scene.render.mesh import Array
from devices_sim.cameras.scene.render.raster import (
    FAR,
    Projected,
    Window,
    draw_depth,
    extent,
)
from devices_sim.cameras.scene.render.shapes import Foot, Shape
from devices_sim.cameras.scene.render.static import View

Dark = NDArray[np.uint8]

_LOWEST_SUN = 0.12
_LARGE = 3_000
"""Pixels."""
_NEAR = 0.4
"""Metres before the lens from which on a point counts."""
_ANGLES = np.arange(16) * 2 * np.pi / 16
# A rounded box of side 2.
_ROUND = np.column_stack(
    [np.sign(f) * np.abs(f) ** 0.6 for f in (np.cos(_ANGLES), np.sin(_ANGLES))]
)
_SPREADS = ((1.2, 0.4), (1.0, 0.75), (0.8, 1.0))
"""How far the shade of a foot reaches, and how much of it is there, from its rim inwards."""


def cast(view: View, layers: Sequence[Layer], light: Array) -> list[Part]:
    """Darken the light (H, W, 3) of the ground below and behind shapes, in place.

    Returns:
        The parts of the picture that are darker now.
    """
    below = [layer.below for layer in layers if layer.below]
    behind = [layer.behind for layer in layers if layer.behind]
    if below or behind:
        sky, sun = _marked(view, below), _marked(view, behind)
        _apply(view, light, cv2.blur(sky, (3, 3)), cv2.GaussianBlur(sun, (3, 3), 0.8))
    return [_wider(view, shade.part) for shade in (*below, *behind)]


def _wider(view: View, part: Part) -> Part:
    """A part with the pixel about it into which its shade is blurred."""
    rows, columns = (
        slice(max(0, side.start - 1), min(most, side.stop + 1))
        for side, most in zip(part, view.flat.shape, strict=True)
    )
    return rows, columns


def _marked(view: View, shades: Sequence[Shade]) -> Dark:
    """How dark shades make the picture (H, W); where some overlap, the darkest counts."""
    dark = np.zeros(view.flat.shape, dtype=np.uint8)
    for shade in shades:
        np.maximum(dark[shade.part], shade.dark, out=dark[shade.part])
    return dark


def _apply(view: View, light: Array, sky: Dark, sun: Dark) -> None:
    """Light the ground anew where it is in shade."""
    shaded = np.flatnonzero((sky | sun) * view.flat != 0)
    clear = 1 - sky.ravel()[shaded, None] * np.float32(1 / 255)
    # Little of the sun gets below a body either.
    reached = (1 - sun.ravel()[shaded, None] * np.float32(1 / 255)) * (0.4 + 0.6 * clear)
    ambient, direct = (
        np.take(lit.reshape(-1, 3), shaded, axis=0) for lit in (view.ambient, view.sun)
    )
    ambient *= clear
    direct *= reached
    light.reshape(-1, 3)[shaded] = np.add(ambient, direct, out=ambient)


def below(view: View, feet: Sequence[Foot | None]) -> list[Shade | None]:
    """The ground that feet keep the sky from; darkest in its middle."""
    found = [foot for foot in feet if foot]
    if not found:
        return [None] * len(feet)
    at = np.array([(f.x, f.y, f.heading, f.length / 2 + 0.08, f.width / 2 + 0.08) for f in found])
    c, s = np.cos(at[:, 2:3]), np.sin(at[:, 2:3])
    x, y = _ROUND[:, 0] * at[:, 3:4], _ROUND[:, 1] * at[:, 4:5]
    rims = np.stack([c * x - s * y, s * x + c * y], axis=-1)
    spread = np.array([share for share, _ in _SPREADS])[:, None, None]
    places = at[:, None, None, :2] + rims[:, None] * spread
    ground = np.full((*places.shape[:-1], 1), 0.008)
    pixels, depth = view.camera.project(np.concatenate([places, ground], axis=-1).reshape(-1, 3))
    pixels = pixels.reshape(len(found), -1, 2)
    near = depth.reshape(len(found), -1).min(axis=1) < _NEAR
    ends = np.concatenate([pixels.min(axis=1), pixels.max(axis=1)], axis=1).tolist()
    rings = np.round((pixels - 0.5) * 16).astype(np.int32).reshape(len(found), len(_SPREADS), -1, 2)
    each = zip(near.tolist(), ends, rings, strict=True)
    return [_sky_shade(view, foot, *next(each)) if foot else None for foot in feet]


def _sky_shade(
    view: View, foot: Foot, near: bool, ends: Sequence[float], rings: NDArray[np.int32]
) -> Shade | None:
    """What a foot darkens, from the rings (R, A, 2) round it in sixteenths of a pixel."""
    part = None if near else _part(view, *ends)
    if part is None:
        return None
    rows, columns = part
    dark = np.zeros((rows.stop - rows.start, columns.stop - columns.start), dtype=np.uint8)
    placed = rings - np.array([columns.start, rows.start], dtype=np.int32) * 16
    for ring, (_, share) in zip(placed, _SPREADS, strict=True):
        cv2.fillConvexPoly(dark, ring, round(255 * foot.dark * share), cv2.LINE_8, 4)
    return Shade(part, dark)


def behind(view: View, found: Sequence[Shape]) -> list[Shade | None]:
    """The ground shapes keep the sun from: each pressed flat along the sun's light."""
    if view.shadows is None or not found:
        return [None] * len(found)
    to_sun = view.light.to_sun
    flat = np.concatenate([item.mesh.points for item in found])
    up = max(float(to_sun[2]), _LOWEST_SUN)
    flat[:, 0] -= flat[:, 2] * np.float32(float(to_sun[0]) / up)
    flat[:, 1] -= flat[:, 2] * np.float32(float(to_sun[1]) / up)
    flat[:, 2] = 0.01
    pixels, depth = view.camera.project(flat)
    ends = np.cumsum([len(item.mesh.points) for item in found])[:-1]
    projected = zip(np.split(pixels, ends), np.split(depth, ends), strict=True)
    return [_sun_shade(view, item, place) for item, place in zip(found, projected, strict=True)]


def _sun_shade(view: View, shape: Shape, projected: Projected) -> Shade | None:
    part = part_of(view, *projected)
    if part is None:
        return None
    rows, columns = part
    size = (columns.stop - columns.start, rows.stop - rows.start)
    # Long shadows are drawn at half the size: their edges are soft.
    large = size[0] * size[1] > _LARGE
    even = (size[0] + size[0] % 2, size[1] + size[1] % 2)
    window = Window(columns.start, rows.start, *even, 0.5 if large else 1)
    found = draw_depth(window, projected, shape.mesh.faces) < FAR - 1
    dark = found.view(np.uint8) * np.uint8(255)
    if large:
        dark = np.asarray(cv2.resize(dark, even, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    return Shade(part, dark[: size[1], : size[0]])


def part_of(view: View, pixels: NDArray[np.floating], depth: NDArray[np.floating]) -> Part | None:
    """The part of the picture that pixels (V, 2) lie in; none outside of it."""
    before = depth > _NEAR
    shown = pixels if before.all() else pixels[before]
    return _part(view, *extent(shown)) if len(shown) else None


def _part(view: View, west: float, north: float, east: float, south: float) -> Part | None:
    """The part of the picture about a box; none outside of it."""
    rows, columns = view.flat.shape
    left, top = int(max(west - 2, 0)), int(max(north - 2, 0))
    right, bottom = int(min(east + 3, columns)), int(min(south + 3, rows))
    if left >= right or top >= bottom:
        return None
    return slice(top, bottom), slice(left, right)
