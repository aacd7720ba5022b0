"""What truly happens in a scene though no event was given for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from devices_sim.cameras.scene.plan.events import EventKind, TrueEvent
from devices_sim.cameras.scene.plan.jaywalkers import Stray
from devices_sim.cameras.scene.plan.simulation import Simulation

_SAME_S = 1.0


def by_itself(sim: Simulation, meant: Sequence[TrueEvent]) -> Iterator[TrueEvent]:
    """Jams and people on the road, but for those that are the events that were meant."""
    for number, jam in enumerate(sim.jams.found):
        if not jam.staged:
            who = jam.counted if jam.end is None else tuple(jam.actors)
            yield TrueEvent(EventKind.CONGESTION, jam.onset, jam.end, who, *jam.at, number)
    for number, stray in enumerate(sim.jaywalkers.found):
        if not any(_same(stray, event) for event in meant):
            who = (stray.actor,)
            yield TrueEvent(EventKind.JAYWALKING, stray.since, stray.end, who, *stray.at, number)


def _same(stray: Stray, event: TrueEvent) -> bool:
    over = event.end is not None and stray.since > event.end + _SAME_S
    mine = event.kind is EventKind.JAYWALKING and stray.actor in event.actors
    return mine and stray.since >= event.onset - _SAME_S and not over
