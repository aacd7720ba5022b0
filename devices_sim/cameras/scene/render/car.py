"""Cars: sedans, hatchbacks, SUVs and vans, with true proportions; model and colour by seed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.render.clothes import Colour
from devices_sim.cameras.scene.render.mesh import Mesh, ball, linear, merge
from devices_sim.cameras.scene.render.shell import Canvas, Model, Side, shell, with_plain
from devices_sim.cameras.scene.render.wheel import (
    CHROME,
    GLASS,
    HEADLIGHT,
    PLASTIC,
    PLATE,
    TAIL,
    wheels,
)

Floats = NDArray[np.float64]
Profile = tuple[tuple[float, float], ...]

_PAINTS = [
    (232, 233, 232), (232, 233, 232), (34, 35, 38), (34, 35, 38), (150, 153, 156), (150, 153, 156),
    (84, 88, 93), (60, 64, 70), (30, 46, 86), (56, 88, 132), (140, 28, 32), (180, 36, 36),
    (110, 98, 84), (186, 176, 158), (48, 72, 58), (206, 168, 60),
]  # fmt: skip


@dataclass(frozen=True)
class Form:
    """A car's shape, metres; x runs from the rear (below 0) to the front.

    Attributes:
        top: the upper outline (x, z) along the middle.
        belt: the line under the side windows (x, z).
        glass: where the side windows begin and end at the belt.
        screen: the windscreen's foot and head (x); `back`: the rear window's head and foot.
        pillars: upright bars between the side windows (x).
        axles: where the wheels sit (x).
    """

    length: float
    width: float
    top: Profile
    belt: Profile
    glass: tuple[float, float]
    screen: tuple[float, float]
    back: tuple[float, float]
    pillars: tuple[float, ...]
    axles: tuple[float, float]
    wheel: float = 0.32
    clearance: float = 0.2


SEDAN = Form(
    length=4.56, width=1.80,
    top=((-2.28, 0.88), (-2.2, 0.99), (-1.98, 1.04), (-1.62, 1.07), (-1.2, 1.26), (-0.85, 1.385),
         (-0.4, 1.44), (0.0, 1.445), (0.30, 1.41), (0.7, 1.22), (1.08, 1.01), (1.3, 0.965),
         (1.8, 0.885), (2.1, 0.80), (2.22, 0.72), (2.28, 0.64)),
    belt=((-2.28, 0.90), (-1.6, 0.985), (0.0, 0.94), (1.1, 0.915), (2.28, 0.66)),
    glass=(-1.42, 0.98), screen=(1.08, 0.34), back=(-0.88, -1.60), pillars=(-0.28, -1.12),
    axles=(-1.33, 1.40),
)  # fmt: skip
HATCHBACK = Form(
    length=4.02, width=1.74,
    top=((-2.01, 0.86), (-1.98, 0.98), (-1.90, 1.10), (-1.68, 1.34), (-1.5, 1.44), (-1.0, 1.49),
         (-0.4, 1.51), (0.1, 1.49), (0.36, 1.44), (0.75, 1.25), (1.12, 1.04), (1.3, 1.0),
         (1.65, 0.91), (1.88, 0.80), (1.97, 0.72), (2.01, 0.62)),
    belt=((-2.01, 1.0), (-1.5, 1.0), (0.0, 0.955), (1.1, 0.93), (2.01, 0.66)),
    glass=(-1.52, 1.0), screen=(1.12, 0.40), back=(-1.50, -1.93), pillars=(-0.30, -1.10),
    axles=(-1.24, 1.28),
)  # fmt: skip
SUV = Form(
    length=4.52, width=1.85,
    top=((-2.26, 0.98), (-2.24, 1.12), (-2.16, 1.24), (-1.95, 1.50), (-1.75, 1.60), (-1.2, 1.655),
         (-0.4, 1.68), (0.1, 1.66), (0.38, 1.61), (0.8, 1.38), (1.14, 1.16), (1.32, 1.115),
         (1.85, 1.04), (2.12, 0.95), (2.22, 0.86), (2.26, 0.74)),
    belt=((-2.26, 1.12), (-1.7, 1.13), (0.0, 1.08), (1.1, 1.05), (2.26, 0.78)),
    glass=(-1.86, 1.02), screen=(1.14, 0.42), back=(-1.76, -2.18), pillars=(-0.26, -1.16),
    axles=(-1.34, 1.38), wheel=0.36, clearance=0.26,
)  # fmt: skip
VAN = Form(
    length=4.6, width=1.84,
    top=((-2.3, 1.0), (-2.29, 1.2), (-2.25, 1.5), (-2.16, 1.70), (-1.9, 1.79), (-1.0, 1.83),
         (0.0, 1.83), (0.5, 1.80), (0.85, 1.70), (1.25, 1.43), (1.6, 1.17), (1.76, 1.09),
         (2.06, 0.98), (2.2, 0.90), (2.27, 0.80), (2.3, 0.70)),
    belt=((-2.3, 1.1), (-1.7, 1.12), (0.0, 1.08), (1.5, 1.04), (2.3, 0.74)),
    glass=(-2.05, 1.46), screen=(1.62, 0.88), back=(-2.12, -2.28), pillars=(0.42, -0.85),
    axles=(-1.42, 1.50), wheel=0.33,
)  # fmt: skip

_FEW = [0, 3, 4, 7, 8, 9, 12]
"""The points of a half cross-section that are enough from far."""

_FORMS = (SEDAN, SEDAN, HATCHBACK, SUV, SUV, VAN)


@lru_cache(maxsize=96)
def car(look: int, detail: int) -> Model:
    """The car of a seed, its footprint's middle at the origin, facing +x.

    Args:
        detail: 0, 1 or 2; the last for one seen near, the first for a few pixels.
    """
    dice = np.random.Generator(np.random.PCG64(abs(look) * 2 + 3))
    form = _FORMS[int(dice.integers(len(_FORMS)))]
    tone = _PAINTS[int(dice.integers(len(_PAINTS)))]
    # Grown or shrunk a little: no two makes are the same.
    stretch = 0.95 + 0.05 * float(dice.random())
    paint = linear(*tone)
    sides = {
        Side.RIGHT: _flank(form, paint),
        Side.TOP: _top(form, paint),
        Side.FRONT: _front(form, paint),
        Side.REAR: _rear(form, paint),
    }
    rings = _rings(form, detail)
    model = shell(rings, sides, top_from=9) if detail else shell(rings[:, _FEW], sides, top_from=5)
    model = with_plain(
        model, merge([*wheels(form.axles, form.width, form.wheel, detail), _mirrors(form, paint)])
    )
    return Model(model.mesh.scaled(stretch), model.places, model.sheet, model.glow)


def _at(profile: Profile, x: Floats | float) -> Floats:
    table = np.array(profile)
    return np.asarray(np.interp(x, table[:, 0], table[:, 1]))


def _rings(form: Form, detail: int) -> Floats:
    """Half cross-sections (R, 13, 3) from rear to front, two more to close each end."""
    half = form.length / 2
    turns = [x for x, _ in (form.top if detail else (*form.top[::2], max(form.top, key=_height)))]
    stations = np.unique(np.round([*np.linspace(-half, half, (2, 3, 27)[detail]), *turns], 3))
    rings = [_ring(form, float(x)) for x in stations]
    rear, front = rings[0], rings[-1]
    return np.stack(
        [_shrunk(rear, 0.0, -0.035), _shrunk(rear, 0.93, -0.03), *rings,
         _shrunk(front, 0.93, 0.035), _shrunk(front, 0.0, 0.045)]
    )  # fmt: skip


def _height(corner: tuple[float, float]) -> float:
    return corner[1]


def _shrunk(ring: Floats, share: float, ahead: float) -> Floats:
    """A ring drawn together about its middle and moved along."""
    middle = np.array([0, 0, (ring[0, 2] + ring[-1, 2]) / 2])
    shift = np.array([ring[0, 0] + ahead, 0, 0])
    flat = ring * np.array([0, 1, 1])
    return np.asarray((flat - middle) * share + middle + shift)


def _ring(form: Form, x: float) -> Floats:
    """The right half of the cross-section at x, (13, 3), from the bottom's middle to the top's."""
    end = abs(x) / (form.length / 2)
    wide = form.width / 2 * float(np.interp(end, [0, 0.6, 0.85, 0.95, 1], [1, 1, 0.97, 0.92, 0.84]))
    low = form.clearance + float(np.interp(end, [0, 0.86, 1], [0, 0.02, 0.10]))
    top = float(_at(form.top, x))
    belt = min(float(_at(form.belt, x)), top - 0.015)
    cabin = float(np.clip((top - belt - 0.05) / 0.3, 0, 1))
    roof = form.width / 2 * float(np.interp(top - belt, [0.1, 0.5], [0.84, 0.71]))
    body = [
        (0.0, low), (0.72 * wide, low), (0.93 * wide, low + 0.015), (0.985 * wide, low + 0.09),
        (wide, low + 0.38 * (belt - low)), (0.998 * wide, low + 0.68 * (belt - low)),
        (0.972 * wide, belt - 0.035), (0.935 * wide, belt),
    ]  # fmt: skip
    flat = [(0.86, 0.2), (0.75, 0.45), (0.55, 0.75), (0.28, 0.95), (0.0, 1.0)]
    lower = [(u * wide, belt + v * (top - belt)) for u, v in flat]
    side = 0.935 * wide
    upper = [
        ((side + roof) / 2, belt + 0.48 * (top - belt)), (roof, top - 0.085),
        (0.87 * roof, top - 0.03),
        (0.48 * roof, top - 0.004), (0.0, top),
    ]  # fmt: skip
    mixed = (1 - cabin) * np.array(lower) + cabin * np.array(upper)
    yz = np.vstack([np.array(body), mixed])
    return np.column_stack([np.full(len(yz), x), yz])


def _flank(form: Form, paint: Colour) -> Canvas:
    """The side: windows between their pillars, doors, sill, wheel arches, lamps."""
    half = form.length / 2
    canvas = Canvas((-half - 0.06, 0.0), (half + 0.06, 2.0))
    canvas.rect(canvas.low, canvas.high, paint, 0.55)
    canvas.rect((-half, 0), (half, form.clearance + 0.09), PLASTIC)
    _side_windows(canvas, form)
    seam = tuple(0.35 * c for c in paint)
    sill = form.clearance + 0.1
    first, last = form.glass[1] - 0.05, form.pillars[-1] - 0.05
    for at in (first, form.pillars[0], last):
        canvas.line([(at, sill), (at, float(_at(form.belt, at)))], seam, 0.018)
    canvas.line([(last, sill), (first, sill)], seam, 0.018)
    for at in (form.pillars[0] + 0.12, last + 0.14):
        z = float(_at(form.belt, at)) - 0.12
        canvas.rect((at, z), (at + 0.2, z + 0.035), tuple(0.6 * c + 0.06 for c in paint), 0.5)
    line = [(s, float(_at(form.belt, s)) - 0.17) for s in (-half + 0.3, 0.0, half - 0.4)]
    canvas.line(line, tuple(0.78 * c for c in paint), 0.03)
    for axle in form.axles:
        canvas.disc((axle, form.wheel), form.wheel + 0.065, linear(12, 12, 13))
    nose, tail = float(_at(form.belt, half)), float(_at(form.belt, -half))
    canvas.fill(
        [
            (half - 0.36, nose + 0.02),
            (half + 0.06, nose - 0.1),
            (half + 0.06, nose + 0.06),
            (half - 0.34, nose + 0.09),
        ],
        HEADLIGHT,
        0.8,
        1.0,
    )
    canvas.rect((-half - 0.06, tail - 0.2), (-half + 0.22, tail - 0.02), TAIL, 0.5, 0.5)
    canvas.rect((half - 0.12, 0.3), (half - 0.04, 0.36), linear(200, 110, 30))
    canvas.shade(lambda _, z: np.clip(0.62 + 0.6 * z, 0.62, 1.0))
    return canvas


def _side_windows(canvas: Canvas, form: Form) -> None:
    """Glass between the belt and the roof, in a dark frame, with its pillars."""
    x = np.linspace(*form.glass, 40)
    upper = _at(form.top, x) - 0.105
    lower = np.minimum(_at(form.belt, x) + 0.02, upper)
    canvas.fill(
        np.column_stack([[*x, *x[::-1]], [*(upper + 0.035), *(lower - 0.03)[::-1]]]), PLASTIC, 0.5
    )
    canvas.fill(np.column_stack([[*x, *x[::-1]], [*upper, *lower[::-1]]]), GLASS, 1.25)
    for pillar in form.pillars:
        canvas.rect(
            (pillar - 0.045, 0.92),
            (pillar + 0.045, float(_at(form.top, pillar)) - 0.1),
            PLASTIC,
            0.3,
        )


def _top(form: Form, paint: Colour) -> Canvas:
    """Bonnet, windscreen, roof and rear window, seen from above."""
    half, wide = form.length / 2, form.width / 2
    canvas = Canvas((-half - 0.06, -wide - 0.04), (half + 0.06, wide + 0.04))
    canvas.rect(canvas.low, canvas.high, paint, 0.62)
    for foot, head in (form.screen, form.back[::-1]):
        _screen(canvas, foot, head, wide)
    seam = tuple(0.4 * c for c in paint)
    for side in (1, -1):
        canvas.line(
            [(form.screen[0] + 0.06, side * wide * 0.80), (half - 0.1, side * wide * 0.66)],
            seam,
            0.014,
        )
        canvas.line(
            [
                (form.screen[1] - 0.05, side * wide * 0.64),
                (form.back[0] + 0.05, side * wide * 0.64),
            ],
            seam,
            0.02,
        )
    canvas.line([(half - 0.1, -wide * 0.66), (half - 0.1, wide * 0.66)], seam, 0.016)
    canvas.line(
        [(form.screen[0] + 0.07, -wide * 0.8), (form.screen[0] + 0.07, wide * 0.8)], PLASTIC, 0.07
    )
    return canvas


def _screen(canvas: Canvas, foot: float, head: float, wide: float) -> None:
    """A windscreen or rear window, wider at its foot, with a dark rim."""
    ahead = 1 if foot > head else -1
    rim = [(foot, -wide * 0.86), (foot, wide * 0.86), (head, wide * 0.68), (head, -wide * 0.68)]
    canvas.fill(rim, linear(20, 21, 22), 0.8)
    inset = 0.035 * ahead
    pane = [(foot - inset, -wide * 0.82), (foot - inset, wide * 0.82)]
    pane += [(head + inset, wide * 0.64), (head + inset, -wide * 0.64)]
    canvas.fill(pane, GLASS, 1.3)
    # Seats and the dashboard show through faintly.
    middle = (foot + head) / 2
    for side in (0.38, -0.38):
        canvas.disc((middle - 0.15 * ahead, side), 0.13, linear(52, 54, 57), 1.2)
    canvas.rect(
        (foot - 0.17 * ahead, -wide * 0.7),
        (foot - 0.05 * ahead, wide * 0.7),
        linear(44, 46, 48),
        1.2,
    )


def _front(form: Form, paint: Colour) -> Canvas:
    """The nose: lamps, grille, bumper, plate."""
    wide, top = form.width / 2, float(_at(form.top, form.length / 2))
    canvas = Canvas((-wide - 0.02, 0.1), (wide + 0.02, 1.4))
    canvas.rect(canvas.low, canvas.high, paint, 0.5)
    canvas.rect((-wide, 0.1), (wide, form.clearance + 0.16), PLASTIC)
    canvas.rect((-wide * 0.52, top - 0.15), (wide * 0.52, top - 0.03), linear(22, 23, 24), 0.3)
    canvas.rect((-wide * 0.5, top - 0.10), (wide * 0.5, top - 0.08), CHROME, 0.6)
    canvas.rect(
        (-wide * 0.6, form.clearance + 0.13),
        (wide * 0.6, form.clearance + 0.22),
        linear(18, 18, 19),
    )
    for side in (1, -1):
        inner, outer = sorted((side * wide * 0.56, side * wide * 0.84))
        canvas.rect((inner, top - 0.15), (outer, top - 0.02), HEADLIGHT, 0.9, 1.6)
        canvas.disc((side * wide * 0.66, form.clearance + 0.19), 0.05, linear(150, 150, 150), 0.5)
    canvas.rect((-0.26, top - 0.27), (0.26, top - 0.16), PLATE)
    canvas.line([(-0.2, top - 0.215), (0.2, top - 0.215)], linear(60, 60, 70), 0.03)
    return canvas


def _rear(form: Form, paint: Colour) -> Canvas:
    """The tail: red lamps, plate, bumper."""
    wide, top = form.width / 2, float(_at(form.top, -form.length / 2))
    canvas = Canvas((-wide - 0.02, 0.1), (wide + 0.02, 1.4))
    canvas.rect(canvas.low, canvas.high, paint, 0.5)
    canvas.rect((-wide, 0.1), (wide, form.clearance + 0.16), PLASTIC)
    canvas.line([(-wide, top - 0.42), (wide, top - 0.42)], tuple(0.4 * c for c in paint), 0.02)
    for side in (1, -1):
        inner, outer = sorted((side * wide * 0.50, side * wide * 0.86))
        canvas.rect((inner, top - 0.25), (outer, top - 0.06), TAIL, 0.5, 0.8)
        canvas.rect((inner, top - 0.14), (outer, top - 0.12), linear(220, 200, 190), 0.5)
    canvas.rect((-0.26, top - 0.24), (0.26, top - 0.11), PLATE)
    canvas.line([(-0.2, top - 0.175), (0.2, top - 0.175)], linear(60, 60, 70), 0.03)
    return canvas


def _mirrors(form: Form, paint: Colour) -> Mesh:
    """Two wing mirrors at the foot of the windscreen."""
    x, z = form.glass[1] - 0.22, float(_at(form.belt, form.glass[1])) + 0.08
    reach = form.width / 2
    return merge([ball((x, side * reach, z), (0.07, 0.1, 0.075), paint, 5, 8) for side in (1, -1)])
