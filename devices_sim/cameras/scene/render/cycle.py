"""Bicycles and motorcycles, without their riders."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from devices_sim.cameras.scene.actors import ActorKind
from devices_sim.cameras.scene.render.mesh import Mesh, ball, linear, merge, tube
from devices_sim.cameras.scene.render.wheel import CHROME, HEADLIGHT, PLASTIC, RUBBER, TAIL

SADDLES = {ActorKind.BICYCLE: (-0.2, 0.0, 0.98), ActorKind.MOTORCYCLE: (-0.2, 0.0, 0.88)}
"""Where the hips of an adult rider are, (3,) metres."""

_TONES = [
    (28, 30, 34),
    (160, 36, 36),
    (40, 76, 140),
    (210, 210, 206),
    (50, 110, 80),
    (206, 150, 40),
]


def _tyre(x: float, radius: float, thick: float) -> Mesh:
    """A tyre seen from either side, its axle at height `radius`."""
    angle = np.linspace(0, 2 * np.pi, 23)
    inner = radius - thick
    path = np.column_stack(
        [x + inner * np.cos(angle), np.zeros(23), radius + inner * np.sin(angle)]
    )
    return tube(path, thick, RUBBER, 6)


def _rods(ends: list[tuple[ArrayLike, ArrayLike]], radius: float, tone: ArrayLike) -> list[Mesh]:
    return [tube(np.array([a, b], dtype=np.float64), radius, tone, 6, shine=0.3) for a, b in ends]


@lru_cache(maxsize=32)
def bicycle(look: int) -> Mesh:
    """The bicycle of a seed, facing +x."""
    tone = linear(*_TONES[look % len(_TONES)])
    rear, front, radius = -0.52, 0.54, 0.335
    hub, crank, head = (rear, 0, radius), (-0.06, 0, 0.28), (0.36, 0, 0.84)
    seat, fork = (-0.2, 0, 0.84), (front, 0, radius)
    frame = _rods(
        [(crank, head), (crank, seat), (seat, head), (hub, crank), (hub, seat)], 0.019, tone
    )
    frame += _rods([(head, fork), (head, (0.33, 0, 0.98))], 0.018, tone)
    bars = _rods([((0.36, -0.27, 1.0), (0.36, 0.27, 1.0))], 0.015, PLASTIC)
    spokes = []
    for axle in (rear, front):
        angles = np.arange(0, np.pi, np.pi / 6)
        spokes += _rods(
            [
                (
                    (axle + 0.3 * np.cos(a), 0, radius + 0.3 * np.sin(a)),
                    (axle - 0.3 * np.cos(a), 0, radius - 0.3 * np.sin(a)),
                )
                for a in angles
            ],
            0.003,
            CHROME,
        )
    saddle = ball((-0.22, 0, 0.90), (0.14, 0.07, 0.035), PLASTIC, 6, 8)
    pedals = [
        ball((-0.06 + 0.13 * s, 0.1 * s, 0.28), (0.05, 0.05, 0.015), PLASTIC, 5, 6) for s in (1, -1)
    ]
    gear = tube([(-0.06, 0.03, 0.28), (-0.06, 0.045, 0.28)], 0.09, PLASTIC, 12)
    lamp = ball((-0.6, 0, 0.72), (0.025, 0.03, 0.03), TAIL, 5, 6)
    lamp.glow[:] = 0.6
    parts = [_tyre(rear, radius, 0.022), _tyre(front, radius, 0.022), *frame, *bars, *spokes]
    if look % 3 == 0:
        basket = ball((0.5, 0, 0.86), (0.15, 0.17, 0.11), linear(90, 84, 76), 6, 8)
        parts.append(basket)
    return merge([*parts, saddle, *pedals, gear, lamp])


@lru_cache(maxsize=32)
def motorcycle(look: int) -> Mesh:
    """The motorcycle or scooter of a seed, facing +x."""
    tone = linear(*_TONES[look % len(_TONES)])
    rear, front, radius = -0.62, 0.66, 0.29
    tyres = [_tyre(rear, radius, 0.06), _tyre(front, radius, 0.055)]
    hubs = [tube([(x, -0.05, radius), (x, 0.05, radius)], 0.13, CHROME, 12) for x in (rear, front)]
    fork = _rods(
        [((front, s * 0.08, radius), (0.42, s * 0.08, 0.92)) for s in (1, -1)], 0.025, CHROME
    )
    bars = _rods([((0.36, -0.34, 1.04), (0.36, 0.34, 1.04))], 0.017, PLASTIC)
    fender = ball((front, 0, 0.56), (0.24, 0.075, 0.07), tone, 6, 10)
    lamp = ball((0.5, 0, 0.86), (0.08, 0.11, 0.1), HEADLIGHT, 6, 10)
    lamp.glow[:] = 1.6
    tail = ball((-0.86, 0, 0.72), (0.04, 0.09, 0.05), TAIL, 5, 8)
    tail.glow[:] = 0.8
    seat = ball((-0.36, 0, 0.77), (0.42, 0.14, 0.07), linear(24, 24, 26), 7, 10)
    flank = ball((-0.42, 0, 0.62), (0.4, 0.15, 0.14), tone, 8, 12)
    flank.shine[:] = 0.5
    parts = [*tyres, *hubs, *fork, *bars, fender, lamp, tail, seat, flank]
    if look % 2:
        shield = ball((0.36, 0, 0.66), (0.1, 0.2, 0.3), tone, 8, 12)
        shield.shine[:] = 0.5
        board = ball((0.05, 0, 0.36), (0.36, 0.15, 0.07), linear(44, 44, 46), 6, 10)
        return merge([*parts, shield, board])
    tank = ball((0.1, 0, 0.80), (0.27, 0.14, 0.13), tone, 8, 12)
    tank.shine[:] = 0.6
    engine = ball((0.02, 0, 0.46), (0.24, 0.15, 0.18), linear(58, 60, 62), 7, 10)
    pipe = tube([(0.1, -0.14, 0.36), (-0.4, -0.18, 0.34), (-0.8, -0.18, 0.44)], 0.045, CHROME, 8)
    return merge([*parts, tank, engine, pipe])
