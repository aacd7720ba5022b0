"""Who walks on the road though nobody meant it: people cut corners, and cross where they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from devices_sim.cameras.scene.actors import ActorKind
from devices_sim.cameras.scene.layout import Layout, WalkKind
from devices_sim.cameras.scene.plan.geometry import Path, Vec
from devices_sim.cameras.scene.plan.person import Person
from devices_sim.cameras.scene.plan.roads import Roads

LEAST_S = 1.0
"""Shorter steps off the kerb are none."""

_AGAIN_S = 1.5  # so long off the road one is still on the same way across
_KERB_M = 0.3  # inside the road
_CROSSING_M = 2.0  # beside a crossing


@dataclass(slots=True)
class Stray:
    """Somebody on the road, off the crossings: since when and till when, and where it began.

    Attributes:
        counts: whether it was there long enough.
    """

    actor: int
    at: Vec
    since: float
    last: float
    end: float | None = None
    counts: bool = False


class Jaywalkers:
    """Those of a scene as they come and go.

    Attributes:
        found: those who were on the road long enough to count, in the order they were.
    """

    def __init__(self, layout: Layout, roads: Roads) -> None:
        self._lanes = [(road.path, road.lane.width / 2 - _KERB_M) for road in roads.all]
        self._crossings = [
            (Path((walk.line[0], walk.line[-1])), walk.width / 2 + _CROSSING_M)
            for walk in layout.walks
            if walk.kind is WalkKind.CROSSING
        ]
        self.found: list[Stray] = []
        self._open: dict[int, Stray] = {}

    def see(self, now: float, people: Iterable[Person]) -> None:
        """Takes a moment into account."""
        for one in people:
            if one.kind is ActorKind.PERSON and self._strays((one.x, one.y)):
                stray = self._open.setdefault(one.id, Stray(one.id, (one.x, one.y), now, now))
                stray.last = now
                if not stray.counts and now - stray.since >= LEAST_S:
                    stray.counts = True
                    self.found.append(stray)
        for stray in [one for one in self._open.values() if now - one.last > _AGAIN_S]:
            stray.end = stray.last
            del self._open[stray.actor]

    def _strays(self, at: Vec) -> bool:
        return _on(at, self._lanes, 0.0) and not _on(at, self._crossings, _CROSSING_M)


def _on(at: Vec, strips: Iterable[tuple[Path, float]], beyond: float) -> bool:
    """Whether a place is on one of some strips; `beyond`: metres they go on at their ends."""
    for path, half in strips:
        s, off = path.project(*at)
        if abs(off) < half and -beyond < s < path.length + beyond:
            return True
    return False
