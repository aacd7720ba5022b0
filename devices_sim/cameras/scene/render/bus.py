"""City buses; livery by seed."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.render.clothes import Colour
from devices_sim.cameras.scene.render.mesh import ball, box, linear, merge
from devices_sim.cameras.scene.render.shell import Canvas, Model, Side, shell, with_plain
from devices_sim.cameras.scene.render.wheel import (
    CHROME,
    HEADLIGHT,
    PLASTIC,
    PLATE,
    TAIL,
    wheels,
)

Floats = NDArray[np.float64]

_LIVERIES = [
    ((40, 96, 172), (232, 234, 234)), ((44, 128, 76), (232, 234, 230)), ((188, 42, 40),
    (236, 234, 230)),
    ((214, 160, 40), (240, 238, 232)), ((232, 234, 234), (60, 110, 180)), ((70, 76, 150),
    (210, 214, 222)),
]  # fmt: skip
_AMBER = linear(255, 150, 30)
_PANE, _THROUGH = linear(50, 56, 61), linear(98, 106, 112)

BUS_LENGTH, BUS_WIDTH, BUS_HEIGHT = 10.9, 2.48, 3.12
_BUS_AXLES = (-2.9, 2.75)
_BUS_WHEEL = 0.48


@lru_cache(maxsize=32)
def bus(look: int, detail: int) -> Model:
    """The city bus of a seed, facing +x; its doors are on the right.

    Args:
        detail: of its wheels, 0, 1 or 2; the last for one seen near.
    """
    dice = np.random.Generator(np.random.PCG64(abs(look) * 2 + 5))
    lower, upper = _LIVERIES[int(dice.integers(len(_LIVERIES)))]
    paint, second = linear(*lower), linear(*upper)
    sides = {
        Side.RIGHT: _bus_flank(paint, second, doors=True),
        Side.LEFT: _bus_flank(paint, second, doors=False),
        Side.TOP: _roof(BUS_LENGTH, BUS_WIDTH, second),
        Side.FRONT: _bus_front(paint, second),
        Side.REAR: _bus_rear(paint, second),
    }
    rings = [_square_ring(x, BUS_LENGTH, BUS_WIDTH, 0.3, BUS_HEIGHT) for x in _stations(BUS_LENGTH)]
    model = shell(closed(rings), sides, top_from=7)
    cooler = box(
        (-1.6, -0.8, BUS_HEIGHT - 0.05), (0.6, 0.8, BUS_HEIGHT + 0.2), np.array(second) * 0.9
    )
    reach = BUS_WIDTH / 2 + 0.02
    mirrors = [
        ball((BUS_LENGTH / 2 + 0.12, side * reach, 2.2), (0.07, 0.11, 0.24), PLASTIC, 6, 8)
        for side in (1, -1)
    ]
    return with_plain(
        model, merge([*wheels(_BUS_AXLES, BUS_WIDTH, _BUS_WHEEL, detail), cooler, *mirrors])
    )


def _stations(length: float) -> Floats:
    half = length / 2
    ends = np.array([0.0, 0.05, 0.14, 0.3])
    middle = np.linspace(-half + 0.3, half - 0.3, 12)
    return np.unique(np.concatenate([-half + ends, middle, half - ends]))


def _square_ring(x: float, length: float, width: float, low: float, top: float) -> Floats:
    """The right half of a box-like cross-section (10, 3), rounded at its edges and ends."""
    end = min(1.0, (length / 2 - abs(x)) / 0.3)
    wide = width / 2 * (0.93 + 0.07 * np.sqrt(max(end, 0.0)))
    top -= 0.14 * (1 - np.sqrt(max(end, 0.0)))
    half = [
        (0.0, low), (0.9 * wide, low), (0.985 * wide, low + 0.05), (wide, low + 0.3),
        (wide, low + 0.45 * (top - low)), (0.995 * wide, top - 0.55), (0.985 * wide, top - 0.25),
        (0.94 * wide, top - 0.11), (0.82 * wide, top - 0.02), (0.0, top),
    ]  # fmt: skip
    return np.column_stack([np.full(10, x), np.array(half)])


def closed(rings: list[Floats]) -> Floats:
    """Rings with two more at each end that close it."""

    def drawn(ring: Floats, share: float, ahead: float) -> Floats:
        middle = np.array([ring[0, 0], 0, (ring[0, 2] + ring[-1, 2]) / 2])
        return np.asarray((ring - middle) * share + middle + np.array([ahead, 0, 0]))

    rear, front = rings[0], rings[-1]
    ends = [drawn(rear, 0.0, -0.02), drawn(rear, 0.96, -0.015)]
    return np.stack([*ends, *rings, drawn(front, 0.96, 0.015), drawn(front, 0.0, 0.02)])


def _bus_flank(paint: Colour, second: Colour, *, doors: bool) -> Canvas:
    half = BUS_LENGTH / 2
    canvas = Canvas((-half - 0.05, 0.0), (half + 0.05, 3.3))
    canvas.rect(canvas.low, canvas.high, second, 0.45)
    canvas.rect((-half - 0.05, 0), (half + 0.05, 1.12), paint, 0.45)
    canvas.fill([(-half, 1.12), (-half, 3.2), (-half + 1.1, 3.2), (-half + 2.2, 1.12)], paint, 0.45)
    canvas.rect((-half - 0.05, 0), (half + 0.05, 0.42), PLASTIC)
    canvas.rect((-half + 0.35, 1.2), (half + 0.05, 2.62), linear(16, 17, 19), 0.7)
    edges = np.linspace(-half + 0.45, half - 0.2, 8)
    for left, right in pairwise(edges):
        canvas.rect((left + 0.04, 1.27), (right - 0.04, 2.5), _PANE, 1.3, 0.5)
        # The far windows show through, above the seats and below the blind.
        canvas.rect((left + 0.2, 1.72), (right - 0.3, 2.18), _THROUGH, 1.3, 0.5)
        canvas.rect((left + 0.04, 2.26), (right - 0.04, 2.29), PLASTIC, 0.4, 0.1)
        for seat in (left + 0.3, left + 0.95):
            canvas.rect((seat, 1.27), (seat + 0.36, 1.78), linear(58, 68, 88), 1.1, 0.2)
    for z in (1.13, 0.72):
        canvas.line([(-half, z), (half, z)], tuple(0.5 * c for c in paint), 0.02)
    for axle in _BUS_AXLES:
        canvas.disc((axle, _BUS_WHEEL), _BUS_WHEEL + 0.1, linear(12, 12, 13))
        canvas.rect(
            (axle - _BUS_WHEEL - 0.1, 0.3), (axle + _BUS_WHEEL + 0.1, 0.45), linear(12, 12, 13)
        )
    if doors:
        for middle in (half - 0.95, -0.3):
            _door(canvas, middle)
    canvas.rect((0.9, 2.66), (2.6, 2.94), linear(12, 12, 13), 0.3)
    canvas.rect((1.05, 2.71), (2.45, 2.88), _AMBER, 0, 1.2)
    canvas.rect((half - 0.1, 0.62), (half + 0.05, 0.8), HEADLIGHT, 0.8, 1.0)
    canvas.rect((-half - 0.05, 0.7), (-half + 0.06, 1.1), TAIL, 0.5, 0.6)
    canvas.shade(lambda _, z: np.clip(0.68 + 0.35 * z, 0.68, 1.0))
    return canvas


def _door(canvas: Canvas, middle: float) -> None:
    """A pair of glazed leaves."""
    canvas.rect((middle - 0.66, 0.36), (middle + 0.66, 2.62), linear(22, 23, 25), 0.4)
    for side in (-1, 1):
        inner, outer = sorted((middle + side * 0.05, middle + side * 0.6))
        canvas.rect((inner, 0.5), (outer, 2.5), _PANE, 1.1, 0.5)
        canvas.rect((inner, 1.3), (outer, 1.34), CHROME, 0.5)


def _roof(length: float, width: float, paint: Colour) -> Canvas:
    canvas = Canvas((-length / 2 - 0.05, -width / 2 - 0.05), (length / 2 + 0.05, width / 2 + 0.05))
    canvas.rect(canvas.low, canvas.high, tuple(0.92 * c for c in paint), 0.4)
    for x in np.arange(-length / 2 + 1, length / 2, 1.4):
        canvas.line([(x, -width / 2), (x, width / 2)], tuple(0.75 * c for c in paint), 0.02)
    for x in (-length * 0.28, length * 0.25):
        canvas.rect((x - 0.4, -0.35), (x + 0.4, 0.35), tuple(0.8 * c for c in paint), 0.3)
    return canvas


def _bus_front(paint: Colour, second: Colour) -> Canvas:
    wide = BUS_WIDTH / 2
    canvas = Canvas((-wide - 0.02, 0.2), (wide + 0.02, 3.3))
    canvas.rect(canvas.low, canvas.high, second, 0.45)
    canvas.rect((-wide, 0.2), (wide, 0.95), paint, 0.45)
    # Glass from side to side, up to the display under the roof's edge.
    canvas.rect((-wide, 0.96), (wide, 2.98), linear(18, 19, 21), 0.8)
    for low, high, tone in ((1.02, 1.4, 46), (1.4, 1.85, 64), (1.85, 2.2, 86), (2.2, 2.52, 104)):
        # The sky grows lighter in the glass towards its upper edge.
        canvas.rect(
            (-wide * 0.96, low), (wide * 0.96, high), linear(tone, tone + 5, tone + 9), 1.3, 0.25
        )
    canvas.line([(0, 1.02), (0, 2.52)], linear(24, 25, 27), 0.04)
    canvas.disc((wide * 0.48, 1.72), 0.16, linear(34, 33, 34), 0.9)
    canvas.rect((wide * 0.3, 1.12), (wide * 0.66, 1.6), linear(38, 42, 52), 0.9)
    canvas.rect((-wide * 0.8, 2.58), (wide * 0.8, 2.94), linear(12, 12, 12), 0.2)
    for start, end in ((-0.62, -0.48), (-0.44, -0.3), (-0.26, -0.12), (0.0, 0.62)):
        canvas.rect((wide * start, 2.65), (wide * end, 2.87), _AMBER, 0, 1.6)
    for side in (1, -1):
        inner, outer = sorted((side * wide * 0.55, side * wide * 0.9))
        canvas.rect((inner, 0.62), (outer, 0.82), HEADLIGHT, 0.9, 1.8)
        canvas.line([(side * 0.1, 1.14), (side * 0.75, 1.62)], PLASTIC, 0.03)
    canvas.rect((-0.27, 0.5), (0.27, 0.64), PLATE)
    canvas.rect((-wide, 0.2), (wide, 0.42), PLASTIC)
    canvas.line([(-wide, 0.97), (wide, 0.97)], tuple(0.5 * c for c in paint), 0.03)
    return canvas


def _bus_rear(paint: Colour, second: Colour) -> Canvas:
    wide = BUS_WIDTH / 2
    canvas = Canvas((-wide - 0.02, 0.2), (wide + 0.02, 3.3))
    canvas.rect(canvas.low, canvas.high, second, 0.45)
    canvas.rect((-wide, 0.2), (wide, 1.45), paint, 0.45)
    canvas.rect((-wide * 0.92, 1.5), (wide * 0.92, 2.72), linear(20, 21, 23), 0.8)
    canvas.rect((-wide * 0.87, 1.56), (wide * 0.87, 2.1), linear(58, 63, 68), 1.2, 0.4)
    canvas.rect((-wide * 0.87, 2.1), (wide * 0.87, 2.66), linear(88, 94, 100), 1.2, 0.4)
    for x in (-0.75, -0.25, 0.25, 0.75):
        canvas.rect((x - 0.17, 1.56), (x + 0.17, 1.86), linear(44, 50, 64), 1.0, 0.2)
    # The route's number, behind the glass.
    canvas.rect((-0.34, 2.36), (0.34, 2.64), linear(10, 10, 10), 0.2)
    canvas.rect((-0.2, 2.42), (0.2, 2.58), _AMBER, 0, 1.6)
    seam = tuple(0.55 * c for c in paint)
    canvas.line([(-0.85, 0.7), (-0.85, 1.38), (0.85, 1.38), (0.85, 0.7), (-0.85, 0.7)], seam, 0.025)
    for z in (1.2, 1.27):
        canvas.rect((-0.5, z), (0.5, z + 0.035), seam)
    for side in (1, -1):
        for z, tone in ((0.72, TAIL), (0.96, linear(196, 110, 34)), (1.2, TAIL)):
            canvas.disc((side * wide * 0.86, z), 0.1, tone, 0.5, 0.8)
        canvas.rect(*_between(side * wide * 0.78, side * wide * 0.9, 2.84, 2.9), TAIL, 0.4, 0.6)
    canvas.rect((-0.27, 0.48), (0.27, 0.62), PLATE)
    canvas.rect((-wide, 0.2), (wide, 0.42), PLASTIC)
    return canvas


def _between(
    one: float, other: float, low: float, high: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The corners of a rectangle, whichever of its sides comes first."""
    return (min(one, other), low), (max(one, other), high)
