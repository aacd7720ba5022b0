"""Light that is switched on and off: signals, headlights on the road, glare round lamps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from devices_sim.cameras.scene.actors import Actor, ActorKind
from devices_sim.cameras.scene.actors import Light as Shown
from devices_sim.cameras.scene.layout import Signal
from devices_sim.cameras.scene.render.mesh import Array, Faces, Mesh, ball, f32, linear, ring_faces
from devices_sim.cameras.scene.render.street import signal_height

_LENSES = {
    Shown.RED: (0.6, linear(255, 40, 30)),
    Shown.AMBER: (0.35, linear(255, 170, 30)),
    Shown.GREEN: (0.1, linear(60, 255, 150)),
}
_LIT = 1.1
_BEAMS = {ActorKind.CAR: 2.2, ActorKind.BUS: 5.4, ActorKind.TRUCK: 3.0, ActorKind.MOTORCYCLE: 0.8}
_HEADLIGHT = f32([0.82, 0.95, 1.0])
_AROUND = 16
_RINGS = ((0.0, 1.0), (0.35, 0.75), (0.7, 0.25), (1.0, 0.0))
_POOL_FACES = ring_faces(len(_RINGS), _AROUND, capped=False)[:, ::-1].copy()


def lens(signal: Signal, light: Shown) -> Mesh:
    """The lens of a signal that shows this light; its colour is its light."""
    above, tone = _LENSES[light]
    at = (0.27, 0.0, signal_height(signal) + above)
    mesh = ball(at, (0.03, 0.1, 0.1), np.array(tone) * _LIT, 5, 10)
    return mesh.moved(turn=math.radians(signal.facing), to=(*signal.at, 0.0))


def pools(actors: Sequence[Actor]) -> Iterator[tuple[Array, Array]]:
    """Where headlights fall on the road: points (V, 3) and how bright each is (V,)."""
    for actor in actors:
        front = _BEAMS.get(actor.kind)
        if front is None or abs(actor.speed) < 0.05:
            continue
        ahead, aside, bright = _pool(front)
        c, s = math.cos(actor.heading), math.sin(actor.heading)
        points = np.empty((len(ahead), 3), dtype=np.float32)
        points[:, 0] = actor.x + c * ahead - s * aside
        points[:, 1] = actor.y + s * ahead + c * aside
        points[:, 2] = 0.01
        yield points, bright


@lru_cache(maxsize=8)
def _pool(front: float) -> tuple[Array, Array, Array]:
    """How far ahead and aside of a vehicle its pool's points are, and how bright each, (V,)."""
    angle = np.arange(_AROUND) * 2 * np.pi / _AROUND
    share, tone = (np.repeat(column, _AROUND) for column in np.array(_RINGS).T)
    around = np.tile(angle, len(_RINGS))
    ahead = front + 5.5 + 6.5 * share * np.cos(around)
    aside = 2.4 * share * np.sin(around) * (0.5 + (ahead - front) / 12)
    return f32(ahead), f32(aside), f32(tone)


def pool_light(level: float) -> Array:
    """The light (3,) in the middle of a pool when lamps are this bright."""
    return _HEADLIGHT * np.float32(level * 1.3)


def pool_faces() -> Faces:
    """The faces of every pool."""
    return _POOL_FACES
