"""The ground: which surface lies where in the picture, and what it looks like close up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.camera import NEAR, Camera, Floats
from devices_sim.cameras.scene.layout import Bay, Layout, Line, Marking, MarkingKind, Material
from devices_sim.cameras.scene.render.mesh import Array, decay, f32, linear
from devices_sim.cameras.scene.render.noise import cell, noise

Ids = NDArray[np.uint8]

KERB = 40
COVER, RIM = 60, 61
PAINTS = {"white": 50, "yellow": 51, "blue": 52}
MATERIALS = {material: index for index, material in enumerate(Material, start=1)}
_KERB_WIDTH = 0.16
_DASH, _GAP = 3.0, 3.5
_STRIPE, _STRIPE_GAP = 0.5, 0.55
_SHIFT = 4


@dataclass(frozen=True, eq=False)
class Patch:
    """A polygon (N, 2) of the ground with its surface, at a level."""

    outline: Floats
    surface: int
    level: float = 0.0


def patches(layout: Layout) -> list[Patch]:
    """All that is laid and painted on the ground, later ones on top."""
    laid = []
    for ground in layout.ground:
        outline = np.array(ground.polygon, dtype=np.float64)
        laid.append(Patch(outline, MATERIALS[ground.material], ground.level))
        if ground.material is Material.PAVEMENT:
            laid += [Patch(band, KERB) for band in bands(np.vstack([outline, outline[:1]]))]
    for marking in layout.markings:
        paint = PAINTS[marking.colour]
        laid += [Patch(shape, paint) for shape in _marking(marking)]
    for bay in layout.bays:
        laid += [Patch(band, PAINTS["white"]) for band in _bay(bay)]
    return laid


def surfaces(camera: Camera, laid: Iterable[Patch], scale: int) -> tuple[Ids, Array]:
    """What covers each pixel's place on the ground (H, W), 0 outside all, and its level (H, W)."""
    shape = (camera.height_px * scale, camera.width * scale)
    ids = np.zeros(shape, dtype=np.uint8)
    level = np.zeros(shape, dtype=np.float32)
    for patch in laid:
        seen = outline_seen(camera, patch.outline, max(patch.level, 0.0))
        if seen is None:
            continue
        # fillPoly counts from the middle of a pixel, the camera from its corner.
        fixed = np.round((seen * scale - 0.5) * 2**_SHIFT).astype(np.int32)
        cv2.fillPoly(ids, [fixed], patch.surface, cv2.LINE_8, _SHIFT)
        if patch.surface < KERB:
            cv2.fillPoly(level, [fixed], patch.level, cv2.LINE_8, _SHIFT)
    return ids, level


def albedo(ids: NDArray[np.uint8], x: Array, y: Array, grain: Array) -> Array:
    """Reflectance (N, 3) of the ground at places.

    Args:
        ids: (N,) as `surfaces` gives them.
        x, y: (N,) metres.
        grain: (N,) metres a pixel spans there; detail finer than it is left out.
    """
    colours = np.zeros((len(x), 3), dtype=np.float32)
    for surface in np.unique(ids):
        where = ids == surface
        colours[where] = _surface(int(surface), x[where], y[where], grain[where])
    return colours


def _surface(surface: int, x: Array, y: Array, grain: Array) -> Array:
    if surface == COVER:
        return _shade(linear(78, 76, 73), 0.25 * _fade(noise(x, y, 0.12, seed=16), grain, 0.04))
    if surface == RIM:
        return _shade(linear(88, 87, 86), 0.06 * noise(x, y, 0.4, seed=17))
    kinds = {index: material for material, index in MATERIALS.items()}
    if surface in PAINTS.values():
        return _painted(surface, x, y, grain)
    if surface == KERB:
        return _shade(linear(168, 165, 158), 0.06 * _fade(noise(x, y, 0.4), grain, 0.2))
    return _LOOKS[kinds.get(surface, Material.ASPHALT)](x, y, grain)


def _asphalt(x: Array, y: Array, grain: Array) -> Array:
    fine = _fade(noise(x, y, 0.05, octaves=3), grain, 0.012)
    blotch = noise(x, y, 3.0, seed=2)
    wide = noise(x, y, 14.0, seed=3)
    crack = np.abs(noise(x, y, 5.0, seed=4, octaves=5))
    lines = f32(decay((crack / 0.012) ** 2) * (wide > 0.4))
    change = 0.10 * fine + 0.07 * blotch + 0.09 * wide - 0.4 * _fade(lines, grain, 0.04)
    change -= 0.3 * _spots(x, y, 1.3, 18) + 0.22 * _fade(_spots(x, y, 0.3, 19), grain, 0.1)
    # Repaired strips, cut straight and filled darker, with seams of tar.
    patch = (cell(np.floor(x / 7.3), 5) > 0.82) & (cell(np.floor(y / 4.1), 6) > 0.5)
    seam = np.minimum(_to_joint(x, 7.3), _to_joint(y, 4.1)) < 0.06
    change -= patch * (0.13 + 0.2 * _fade(f32(seam), grain, 0.08))
    return _shade(linear(112, 111, 109), change)


def _spots(x: Array, y: Array, size: float, seed: int) -> Array:
    """Scattered stains (N,), 0 to 1."""
    return f32(np.clip((noise(x, y, size, seed=seed) - 1.5) / 0.7, 0, 1))


def _pavement(x: Array, y: Array, grain: Array) -> Array:
    side = 0.4
    tone = cell(np.floor(x / side) * 7919 + np.floor(y / side), 1) - 0.5
    joint = np.minimum(_to_joint(x, side), _to_joint(y, side))
    lines = _fade(np.clip(1 - joint / 0.018, 0, 1), grain, 0.05)
    change = _fade(tone, grain, 0.25) * 0.16 + 0.05 * noise(x, y, 2.5, seed=7)
    change += 0.05 * _fade(noise(x, y, 0.06, octaves=3), grain, 0.015) - 0.42 * lines
    change += 0.07 * noise(x, y, 7.0, seed=20) - 0.26 * _spots(x, y, 0.9, 21)
    change -= 0.3 * _fade(_spots(x, y, 0.14, 22), grain, 0.05)
    return _shade(linear(156, 151, 144), change)


def _concrete(x: Array, y: Array, grain: Array) -> Array:
    joint = np.minimum(_to_joint(x, 4.0), _to_joint(y, 4.0))
    lines = _fade(np.clip(1 - joint / 0.03, 0, 1), grain, 0.06)
    change = (
        0.09 * noise(x, y, 4.0, seed=8)
        - 0.25 * _spots(x, y, 1.4, 23)
        + 0.06 * _fade(noise(x, y, 0.1), grain, 0.02)
    )
    return _shade(linear(150, 148, 142), change - 0.3 * lines)


def _grass(x: Array, y: Array, grain: Array) -> Array:
    blades = _fade(noise(x, y, 0.12, octaves=4), grain, 0.03)
    tufts = noise(x, y, 1.1, seed=9)
    wide = noise(x, y, 9.0, seed=10)
    green = _shade(linear(86, 102, 52), 0.25 * blades + 0.14 * tufts + 0.10 * wide)
    dry = _shade(linear(128, 118, 78), 0.2 * blades)
    share = np.clip(0.25 + 0.22 * noise(x, y, 5.0, seed=11), 0, 0.8)[:, None]
    return f32(green * (1 - share) + dry * share)


def _sand(x: Array, y: Array, grain: Array) -> Array:
    change = 0.08 * noise(x, y, 1.5, seed=12) + 0.1 * _fade(noise(x, y, 0.05), grain, 0.015)
    return _shade(linear(190, 172, 138), change)


def _water(x: Array, y: Array, grain: Array) -> Array:
    return _shade(linear(62, 72, 62), 0.12 * noise(x, y, 6.0, seed=13) + 0 * grain)


_LOOKS = {
    Material.ASPHALT: _asphalt,
    Material.PAVEMENT: _pavement,
    Material.GRASS: _grass,
    Material.WATER: _water,
    Material.SAND: _sand,
    Material.CONCRETE: _concrete,
}


def _painted(surface: int, x: Array, y: Array, grain: Array) -> Array:
    """Paint, worn through to the asphalt in places."""
    colour = {
        PAINTS["white"]: linear(214, 213, 206),
        PAINTS["yellow"]: linear(214, 168, 62),
        PAINTS["blue"]: linear(72, 104, 160),
    }[surface]
    wear = noise(x, y, 0.35, seed=14) + 0.6 * noise(x, y, 3.0, seed=15)
    kept = np.clip(1.1 - 0.32 * np.maximum(wear, 0), 0.2, 0.95)[:, None]
    return f32(_shade(colour, f32(0.03 * wear)) * kept + _asphalt(x, y, grain) * (1 - kept))


def _shade(colour: tuple[float, float, float], change: Array) -> Array:
    """A colour made lighter or darker by these shares, (N, 3)."""
    factor = np.clip(1 + change, 0.15, 2.2)[:, None]
    return f32(factor * np.array(colour))


def _fade(detail: Array, grain: Array, size: float) -> Array:
    """Detail of this size, faded out where a pixel spans more."""
    return f32(detail / (1 + (grain / (2 * size)) ** 2))


def _to_joint(at: Array, side: float) -> Array:
    """Metres to the nearest multiple of a side."""
    return f32(np.abs((at / side + 0.5) % 1 - 0.5) * side)


def outline_seen(camera: Camera, outline: Floats, level: float) -> Floats | None:
    """A polygon's outline in pixels, cut off before the lens; none if nothing is left."""
    points = np.column_stack([outline, np.full(len(outline), level)])
    forward = camera.axes[2]
    depth = (points - camera.position) @ forward - NEAR * 2
    kept: list[Floats] = []
    for index in range(len(points)):
        here, ahead = points[index - 1], points[index]
        d_here, d_ahead = depth[index - 1], depth[index]
        if (d_here > 0) != (d_ahead > 0):
            kept.append(here + (ahead - here) * (d_here / (d_here - d_ahead)))
        if d_ahead > 0:
            kept.append(ahead)
    if len(kept) < 3:
        return None
    fine = _refined(np.array(kept), camera)
    pixels, _ = camera.project(fine)
    return np.asarray(np.clip(pixels, -30000, 30000))


def _refined(outline: Floats, camera: Camera) -> Floats:
    """An outline with points added where the lens would bend its edges."""
    ahead = np.roll(outline, -1, axis=0)
    parts = []
    for start, end in zip(outline, ahead, strict=True):
        near = min(np.linalg.norm(start - camera.position), np.linalg.norm(end - camera.position))
        length = float(np.linalg.norm(end - start))
        steps = int(np.clip(math.ceil(length / max(0.4, 0.12 * float(near))), 1, 60))
        share = np.arange(steps)[:, None] / steps
        parts.append(start + (end - start) * share)
    return np.concatenate(parts)


def bands(path: Floats, width: float = _KERB_WIDTH) -> Iterator[Floats]:
    """A strip of this width along each stretch of a path (N, 2)."""
    for start, end in pairwise(path):
        length = float(np.linalg.norm(end - start))
        if length < 1e-6:
            continue
        across = np.array([start[1] - end[1], end[0] - start[0]]) / length * width / 2
        yield np.stack([start - across, end - across, end + across, start + across])


def _marking(marking: Marking) -> Iterator[Floats]:
    """The shapes a marking is painted as."""
    if marking.kind is MarkingKind.ZEBRA:
        spaced = _dashes(marking.line, _STRIPE, _STRIPE_GAP)
    elif marking.dashed:
        spaced = _dashes(marking.line, _DASH, _GAP)
    else:
        spaced = iter([np.array(marking.line, dtype=np.float64)])
    for stretch in spaced:
        yield from bands(stretch, marking.width)


def _dashes(line: Line, dash: float, gap: float) -> Iterator[Floats]:
    """The painted stretches of a line, each straight."""
    corners = np.array(line, dtype=np.float64)
    for start, end in pairwise(corners):
        length = float(np.linalg.norm(end - start))
        at = gap / 2
        while at < length - 0.05:
            until = min(at + dash, length)
            yield np.stack([start + (end - start) * (s / length) for s in (at, until)])
            at += dash + gap


def _bay(bay: Bay) -> Iterator[Floats]:
    """The two sides and the end of a parking bay."""
    facing = math.radians(bay.facing)
    ahead = np.array([math.cos(facing), math.sin(facing)])
    left = np.array([-ahead[1], ahead[0]])
    corners = [(-2.5, -1.25), (2.5, -1.25), (2.5, 1.25), (-2.5, 1.25)]
    path = np.stack([np.array(bay.at) + ahead * a + left * b for a, b in corners])
    yield from bands(path, 0.1)
