"""Shade that actors cast on the ground: from the sun, and at their feet from the open sky."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.render.mesh import Array
from devices_sim.cameras.scene.render.raster import (
    FAR,
    Window,
    draw_depth,
    extent,
)
from devices_sim.cameras.scene.render.shapes import Foot, Shape
from devices_sim.cameras.scene.render.static import View

Part = tuple[slice, slice]
"""Rows and columns of the picture."""

Shade = NDArray[np.uint8]

_LOWEST_SUN = 0.12
_LARGE = 3_000
"""Pixels."""
_ANGLES = np.arange(16) * 2 * np.pi / 16
# A rounded box of side 2.
_ROUND = np.column_stack(
    [np.sign(f) * np.abs(f) ** 0.6 for f in (np.cos(_ANGLES), np.sin(_ANGLES))]
)
_SPREADS = ((1.2, 0.4), (1.0, 0.75), (0.8, 1.0))
"""How far the shade of a foot reaches, and how much of it is there, from its rim inwards."""


def cast(view: View, drawn: Sequence[Shape], light: Array) -> list[Part]:
    """Darken the light (H, W, 3) of the ground below and behind actors, in place.

    Returns:
        The parts of the picture that are darker now.
    """
    sky = np.zeros(view.flat.shape, dtype=np.uint8)
    sun = np.zeros_like(sky)
    parts = _below(view, sky, [item.foot for item in drawn if item.foot])
    if view.shadows is not None and drawn:
        parts += _behind(view, sun, drawn)
    if parts:
        _apply(view, light, cv2.blur(sky, (3, 3)), cv2.GaussianBlur(sun, (3, 3), 0.8))
    return parts


def _apply(view: View, light: Array, sky: Shade, sun: Shade) -> None:
    """Light the ground anew where it is in shade."""
    shaded = np.flatnonzero((sky | sun) * view.flat)
    clear = 1 - sky.ravel()[shaded, None] * np.float32(1 / 255)
    # Little of the sun gets below a body either.
    reached = (1 - sun.ravel()[shaded, None] * np.float32(1 / 255)) * (0.4 + 0.6 * clear)
    ambient, direct = (lit.reshape(-1, 3)[shaded] for lit in (view.ambient, view.sun))
    light.reshape(-1, 3)[shaded] = ambient * clear + direct * reached


def _below(view: View, sky: Shade, feet: Sequence[Foot]) -> list[Part]:
    """Mark the ground that feet keep the sky from; darkest in its middle."""
    if not feet:
        return []
    at = np.array([(f.x, f.y, f.heading, f.length / 2 + 0.08, f.width / 2 + 0.08) for f in feet])
    c, s = np.cos(at[:, 2:3]), np.sin(at[:, 2:3])
    x, y = _ROUND[:, 0] * at[:, 3:4], _ROUND[:, 1] * at[:, 4:5]
    rims = np.stack([c * x - s * y, s * x + c * y], axis=-1)
    spread = np.array([share for share, _ in _SPREADS])[:, None, None]
    places = at[:, None, None, :2] + rims[:, None] * spread
    ground = np.full((*places.shape[:-1], 1), 0.008)
    pixels, depth = view.camera.project(np.concatenate([places, ground], axis=-1).reshape(-1, 3))
    pixels, depth = pixels.reshape(len(feet), -1, 2), depth.reshape(len(feet), -1)
    fixed = np.round((pixels - 0.5) * 16).astype(np.int32)
    parts = []
    for foot, points, outline, far in zip(feet, pixels, fixed, depth, strict=True):
        part = part_of(view, points, far)
        if part is None or far.min() < 0.4:
            continue
        here = sky[part]
        mark = np.zeros_like(here)
        corner = np.array([part[1].start, part[0].start], dtype=np.int32) * 16
        for ring, (_, share) in zip(
            (outline - corner).reshape(len(_SPREADS), -1, 2), _SPREADS, strict=True
        ):
            cv2.fillConvexPoly(mark, ring, round(255 * foot.dark * share), cv2.LINE_8, 4)
        np.maximum(here, mark, out=here)
        parts.append(part)
    return parts


def _behind(view: View, sun: Shade, drawn: Sequence[Shape]) -> list[Part]:
    """Mark the ground shapes keep the sun from: each pressed flat along the sun's light."""
    to_sun = view.light.to_sun
    flat = np.concatenate([item.mesh.points for item in drawn])
    up = max(float(to_sun[2]), _LOWEST_SUN)
    flat[:, 0] -= flat[:, 2] * np.float32(float(to_sun[0]) / up)
    flat[:, 1] -= flat[:, 2] * np.float32(float(to_sun[1]) / up)
    flat[:, 2] = 0.01
    pixels, depth = view.camera.project(flat)
    ends = np.cumsum([len(item.mesh.points) for item in drawn])[:-1]
    parts = []
    for item, points, far in zip(drawn, np.split(pixels, ends), np.split(depth, ends), strict=True):
        part = part_of(view, points, far)
        if part is None:
            continue
        rows, columns = part
        size = (columns.stop - columns.start, rows.stop - rows.start)
        # Long shadows are drawn at half the size: their edges are soft.
        large = size[0] * size[1] > _LARGE
        even = (size[0] + size[0] % 2, size[1] + size[1] % 2)
        window = Window(columns.start, rows.start, *even, 0.5 if large else 1)
        found = draw_depth(window, (points, far), item.mesh.faces) < FAR - 1
        dark = np.where(found, np.uint8(255), np.uint8(0))
        if large:
            dark = cv2.resize(dark, even, interpolation=cv2.INTER_LINEAR)
        np.maximum(sun[part], dark[: size[1], : size[0]], out=sun[part])
        parts.append(part)
    return parts


def part_of(view: View, pixels: NDArray[np.floating], depth: NDArray[np.floating]) -> Part | None:
    """The part of the picture that pixels (V, 2) lie in; none outside of it."""
    before = depth > 0.4
    shown = pixels if before.all() else pixels[before]
    if not len(shown):
        return None
    rows, columns = view.flat.shape
    west, north, east, south = extent(shown)
    left, top = int(max(west - 2, 0)), int(max(north - 2, 0))
    right, bottom = int(min(east + 3, columns)), int(min(south + 3, rows))
    if left >= right or top >= bottom:
        return None
    return slice(top, bottom), slice(left, right)
