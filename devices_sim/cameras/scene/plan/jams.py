"""What a jam is: vehicles close together, far below the speed at which their lanes flow freely."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from devices_sim.cameras.scene.plan.geometry import Vec, distance
from devices_sim.cameras.scene.plan.roads import Road
from devices_sim.cameras.scene.plan.vehicle import Vehicle

LEAST_SHARE = 0.3
"""Of the free speed: at or below it, level of service F (HCM 6th ed., urban streets)."""

WITHIN_M = 25.0

ONE_M = 60.0
"""Crawling vehicles no farther apart are in one jam: whoever looks at the place sees one."""

LEAST, LEAST_ON = 3, 2
"""Vehicles that make a jam, and that keep one going: who is the third changes all the time."""

LASTS_S = 30.0
"""A jam counts when it has lasted so long: shorter ones are how traffic flows."""

CLEARS_S = 5.0
"""Moments shorter than this in which fewer crawl do not end it."""

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


@dataclass(slots=True)
class Jam:
    """A jam, in seconds of the run.

    Attributes:
        at: in its midst, as long as it does not count; then where it was when it began to.
        since, last: when it was first and last seen to be one; `end`: None while it goes on.
        actors: the vehicles that were in it, in the order they came, and when they last were.
        most: so many were within `WITHIN_M` of one of them at once.
        counted: the vehicles in it up to when it began to count; empty before that.
        staged: whether it is one that was meant to be.
    """

    at: Vec
    since: float
    last: float
    actors: dict[int, float] = field(default_factory=dict)
    most: int = 0
    end: float | None = None
    counted: tuple[int, ...] = ()
    staged: bool = False

    @property
    def onset(self) -> float:
        """From when on it counts."""
        return self.since + LASTS_S

    def shares(self, ids: Iterable[int]) -> int:
        """How many of these vehicles were in it of late."""
        return sum(self.last - self.actors.get(ident, -math.inf) <= CLEARS_S for ident in ids)


class Jams:
    """The jams of a scene as they come and go.

    Attributes:
        found: those that lasted long enough to count, in the order they did.
    """

    def __init__(self) -> None:
        self.found: list[Jam] = []
        self._open: list[Jam] = []

    def see(self, now: float, slow: Sequence[tuple[int, Vec]]) -> None:
        """Takes a moment into account; `slow`: id and place of each vehicle that is held up."""
        for row in _rows([at for _, at in slow]):
            close = len(jam([slow[i][1] for i in row]))
            if close >= LEAST_ON:
                self._note(now, [slow[i] for i in row], close)
        for one in self._open:
            if now - one.last > CLEARS_S:
                one.end = one.last
            elif not one.counted and one.last >= one.onset:
                one.counted = tuple(one.actors)
                self.found.append(one)
        self._open = [one for one in self._open if one.end is None]

    def _note(self, now: float, members: Sequence[tuple[int, Vec]], close: int) -> None:
        ids = [ident for ident, _ in members]
        x, y = (sum(at[axis] for _, at in members) / len(members) for axis in (0, 1))
        # Jams run into one another, and part again: each goes on, and none becomes another.
        mine = [one for one in self._open if one.shares(ids) >= LEAST_ON]
        mine = mine or [one for one in self._open if distance(one.at, (x, y)) <= WITHIN_M][:1]
        if not mine and close >= LEAST:
            mine = [Jam((x, y), now, now)]
            self._open += mine
        for one in mine:
            one.last, one.most = now, max(one.most, close)
            one.actors |= dict.fromkeys(ids, now)
            if not one.counted:
                one.at = (x, y)


def _rows(places: Sequence[Vec]) -> Iterator[list[int]]:
    """Who stands near whom, and near those: as places in the sequence."""
    left = set(range(len(places)))
    while left:
        row = [left.pop()]
        for i in row:
            near = {j for j in left if distance(places[i], places[j]) <= ONE_M}
            left -= near
            row += sorted(near)
        yield sorted(row)


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
