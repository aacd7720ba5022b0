"""Small box trucks; colours by seed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.render.bus import closed
from devices_sim.cameras.scene.render.clothes import Colour
from devices_sim.cameras.scene.render.mesh import Mesh, box, linear, merge
from devices_sim.cameras.scene.render.shell import Canvas, Model, Side, shell, with_plain
from devices_sim.cameras.scene.render.wheel import GLASS, HEADLIGHT, PLASTIC, PLATE, TAIL, wheels

Floats = NDArray[np.float64]

_TRUCK_LENGTH, _TRUCK_WIDTH, _TRUCK_TOP = 6.15, 2.06, 2.68
_CAB = 1.75
_CABS = [(232, 234, 234), (232, 234, 234), (48, 78, 140), (86, 90, 94), (160, 44, 40)]
_BOXES = [(226, 228, 228), (206, 208, 206), (60, 96, 150), (190, 186, 172), (90, 130, 100)]


@lru_cache(maxsize=32)
def truck(look: int, detail: int) -> Model:
    """The small box truck of a seed, facing +x.

    Args:
        detail: of its wheels, 0, 1 or 2; the last for one seen near.
    """
    dice = np.random.Generator(np.random.PCG64(abs(look) * 2 + 7))
    paint = linear(*_CABS[int(dice.integers(len(_CABS)))])
    cargo = linear(*_BOXES[int(dice.integers(len(_BOXES)))])
    half = _TRUCK_LENGTH / 2
    rings = [
        _cab_ring(x) for x in np.array([0, 0.3, 0.7, 1.0, 1.25, 1.45, 1.6, 1.7, _CAB]) + half - _CAB
    ]
    sides = {
        Side.RIGHT: _cab_flank(paint),
        Side.TOP: _cab_top(paint),
        Side.FRONT: _cab_front(paint),
        Side.REAR: _cab_rear(paint),
    }
    model = shell(closed(rings), sides, top_from=7)
    back, front = -half, half - _CAB - 0.12
    chassis = box((back + 0.1, -0.42, 0.5), (half - 0.5, 0.42, 0.78), PLASTIC)
    bed = _cargo(back, front, cargo)
    guard = box((back, -0.95, 0.42), (back + 0.06, 0.95, 0.56), PLASTIC)
    lamps = [
        box((back - 0.01, y - 0.12, 0.62), (back + 0.02, y + 0.12, 0.78), TAIL) for y in (-0.8, 0.8)
    ]
    rolls = wheels((-1.75, half - 0.75), _TRUCK_WIDTH - 0.16, 0.38, detail)
    return with_plain(model, merge([chassis, *bed, guard, *lamps, *rolls]))


def _cargo(back: float, front: float, paint: Colour) -> list[Mesh]:
    """The box behind the cab, with ribs and doors."""
    wide = _TRUCK_WIDTH / 2
    parts = [box((back, -wide, 0.82), (front, wide, _TRUCK_TOP), paint, shine=0.3)]
    rib = np.array(paint) * 0.8
    for x in np.arange(back + 0.05, front, 0.6):
        parts += [
            box((x, y - 0.008, 0.85), (x + 0.03, y + 0.008, _TRUCK_TOP - 0.05), rib)
            for y in (-wide, wide)
        ]
    parts.append(box((back - 0.012, -0.02, 0.86), (back, 0.02, _TRUCK_TOP - 0.05), rib * 0.6))
    parts += [box((back - 0.03, y, 0.9), (back, y + 0.03, 2.6), rib * 0.7) for y in (-0.5, 0.45)]
    parts.append(box((back, -wide - 0.005, 0.78), (front, wide + 0.005, 0.88), PLASTIC))
    return parts


def _cab_ring(x: float) -> Floats:
    ahead = x - (_TRUCK_LENGTH / 2 - _CAB)
    top = float(np.interp(ahead, [0, 0.2, 1.0, 1.25, 1.62, _CAB], [2.14, 2.2, 2.2, 2.08, 1.3, 1.1]))
    wide = 0.94 * float(np.interp(ahead, [0, 1.4, _CAB], [1, 0.99, 0.94]))
    roof = 0.84 * float(np.interp(top, [1.1, 2.2], [1.08, 1.0]))
    belt = min(1.28, top - 0.02)
    side = [
        (belt, 0.99 * wide),
        (belt + 0.55 * (top - belt), (wide + roof) / 2),
        (top - 0.08, roof),
    ]
    half = [
        (0.0, 0.42), (0.9 * wide, 0.42), (0.985 * wide, 0.47), (wide, 0.7), (wide, 1.0),
        *[(y, z) for z, y in side[:2]], (side[2][1], side[2][0]), (0.8 * roof, top - 0.015),
        (0.0, top),
    ]  # fmt: skip
    return np.column_stack([np.full(10, x), np.array(half)])


def _cab_flank(paint: Colour) -> Canvas:
    half = _TRUCK_LENGTH / 2
    canvas = Canvas((half - _CAB - 0.05, 0.0), (half + 0.06, 2.4))
    canvas.rect(canvas.low, canvas.high, paint, 0.45)
    canvas.rect((half - _CAB - 0.05, 0), (half + 0.06, 0.58), PLASTIC)
    canvas.fill(
        [(half - 1.5, 1.3), (half - 0.28, 1.3), (half - 0.55, 2.0), (half - 1.5, 2.05)], GLASS, 1.2
    )
    seam = tuple(0.4 * c for c in paint)
    canvas.line([(half - 1.58, 0.6), (half - 1.58, 2.1)], seam, 0.02)
    canvas.line([(half - 0.3, 0.9), (half - 0.24, 1.3)], seam, 0.02)
    canvas.rect((half - 1.5, 1.12), (half - 1.28, 1.17), PLASTIC)
    canvas.disc((half - 0.75, 0.38), 0.47, linear(12, 12, 13))
    canvas.rect((half - 0.1, 0.72), (half + 0.06, 0.9), HEADLIGHT, 0.8, 1.0)
    return canvas


def _cab_top(paint: Colour) -> Canvas:
    half = _TRUCK_LENGTH / 2
    canvas = Canvas((half - _CAB - 0.05, -1.0), (half + 0.06, 1.0))
    canvas.rect(canvas.low, canvas.high, paint, 0.5)
    canvas.fill(
        [(half - 0.16, -0.86), (half - 0.16, 0.86), (half - 0.5, 0.76), (half - 0.5, -0.76)],
        GLASS,
        1.3,
    )
    return canvas


def _cab_front(paint: Colour) -> Canvas:
    canvas = Canvas((-1.0, 0.3), (1.0, 2.4))
    canvas.rect(canvas.low, canvas.high, paint, 0.45)
    canvas.rect((-0.94, 0.3), (0.94, 0.6), PLASTIC)
    canvas.rect((-0.5, 0.82), (0.5, 0.98), linear(24, 25, 26), 0.3)
    for side in (1, -1):
        inner, outer = sorted((side * 0.58, side * 0.88))
        canvas.rect((inner, 0.72), (outer, 0.92), HEADLIGHT, 0.9, 1.8)
    canvas.rect((-0.26, 0.6), (0.26, 0.73), PLATE)
    return canvas


def _cab_rear(paint: Colour) -> Canvas:
    canvas = Canvas((-1.0, 0.3), (1.0, 2.4))
    canvas.rect(canvas.low, canvas.high, paint, 0.3)
    return canvas
