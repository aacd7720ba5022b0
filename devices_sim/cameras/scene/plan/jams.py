"""What a jam is: vehicles close together, far below the speed at which their lanes flow freely."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from devices_sim.cameras.scene.plan.geometry import Vec, distance
from devices_sim.cameras.scene.plan.roads import Road
from devices_sim.cameras.scene.plan.vehicle import Vehicle

LEAST_SHARE = 0.3
"""Of the free speed: at or below it, level of service F (HCM 6th ed., urban streets)."""

WITHIN_M = 25.0

PASSED_M = 2.0
"""A vehicle whose front is so far past its stop line no longer waits at it."""

_STANDS_MPS = 0.8
_FIRST_M = 3.5  # from where it has to wait to the front of the first
_NEXT_M = 4.5  # from the rear of one to the front of the next


def crawls(speed: float, limit_kmh: float) -> bool:
    """Whether a vehicle goes (m/s) as in level of service F, on a lane of a speed limit."""
    return speed <= LEAST_SHARE * limit_kmh / 3.6


def jam(places: Sequence[Vec]) -> list[int]:
    """Of crawling vehicles, the most that lie round one of them; as places in the sequence."""
    rounds = (
        [i for i, other in enumerate(places) if distance(one, other) <= WITHIN_M] for one in places
    )
    return max(rounds, key=len, default=[])


def held(vehicles: Iterable[Vehicle]) -> list[Vehicle]:
    """Those that crawl on a lane, but for what rightly waits.

    That is who has a signal ahead, and who stands in a row before a crossing or a junction. Bends
    are driven more slowly than the lane's speed.
    """
    lanes: dict[int, list[Vehicle]] = {}
    for one in vehicles:
        if one.road is not None:
            lanes.setdefault(one.road.index, []).append(one)
    waiting = {key for row in lanes.values() for key in _waiting(row)}
    return [
        one
        for row in lanes.values()
        for one in row
        if one.road is not None
        and one.id not in waiting
        and one.speed <= LEAST_SHARE * one.road.limit(one.s)
        and all(one.front > stop.s + PASSED_M for stop in one.road.stops)
    ]


def _waiting(row: Iterable[Vehicle]) -> Iterator[int]:
    """The ids of a lane's vehicles that stand in a row before a crossing or a junction."""
    ahead = math.inf
    for one in sorted(row, key=lambda one: -one.front):
        if one.speed > _STANDS_MPS or one.road is None:
            continue
        first = any(-PASSED_M < at - one.front < _FIRST_M for at in _waits_at(one.road))
        if first or ahead - one.front < _NEXT_M:
            yield one.id
            ahead = one.rear


def _waits_at(road: Road) -> Iterator[float]:
    yield from (crossed.begin - 1 for crossed in road.crossed)
    yield from (gate.begin for gate in road.gates)
