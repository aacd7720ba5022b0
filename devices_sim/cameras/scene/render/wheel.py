"""What all vehicles have: wheels, and the colours of glass, rubber and lamps."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from devices_sim.cameras.scene.render.mesh import Mesh, linear, loft

GLASS = linear(26, 30, 33)
RUBBER = linear(26, 26, 27)
PLASTIC = linear(38, 39, 41)
CHROME = linear(170, 174, 178)
HEADLIGHT = linear(228, 232, 236)
TAIL = linear(168, 26, 28)
PLATE = linear(222, 222, 214)


def wheels(axles: tuple[float, ...], width: float, radius: float, detail: int) -> list[Mesh]:
    """A wheel on either side at each axle, flush with the body."""
    return [wheel(radius, detail).moved(to=(axle, width / 2 - 0.075, radius)) for axle in axles] + [
        wheel(radius, detail).moved(turn=np.pi, to=(axle, -width / 2 + 0.075, radius))
        for axle in axles
    ]


@lru_cache(maxsize=16)
def wheel(radius: float, detail: int, width: float = 0.2, rim: float = 0.66) -> Mesh:
    """A wheel at the origin, its outer face towards +y."""
    around = (8, 8, 16)[detail]
    angle = np.arange(around) * 2 * np.pi / around
    unit = np.column_stack([np.cos(angle), np.zeros(around), -np.sin(angle)])
    rows = [
        (0.9, -width / 2, RUBBER),
        (1.0, -width / 2 + 0.03, RUBBER),
        (1.0, width / 2 - 0.03, RUBBER),
        (0.94, width / 2, RUBBER),
        (rim + 0.03, width / 2, RUBBER),
        (rim - 0.06, width / 2 - 0.01, CHROME),
        (rim - 0.08, width / 2 - 0.05, linear(70, 72, 75)),
        (0.2, width / 2 - 0.03, linear(120, 123, 127)),
        (0.02, width / 2 - 0.02, CHROME),
    ]
    rows = rows if detail else rows[::2]
    rings = [unit * radius * share + np.array([0, y, 0]) for share, y, _ in rows]
    tones = np.array([np.tile(tone, (around, 1)) for _, _, tone in rows])
    if detail:
        # Spokes: every other sector of the disc is open and dark.
        tones[6, 1::4] = linear(24, 24, 25)
        tones[6, 2::4] = linear(24, 24, 25)
    return loft(np.array(rings), tones)
