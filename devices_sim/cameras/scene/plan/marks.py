"""What covers the lanes at one instant: each body marks the stretch of each lane it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from devices_sim.cameras.scene.plan.roads import Roads
from devices_sim.cameras.scene.plan.vehicle import Mark, Mode, Vehicle

_PERSON = 0.3
_AHEAD = (0.0, 0.8, 1.6, 2.6, 3.6)  # s
_LEAVING_ROOM = 2.5


@dataclass(frozen=True, slots=True)
class Body:
    """A person as drivers see one: where, and how fast (m/s).

    `crossing`: it crosses the road, so that where it will be in moments counts, too.
    """

    id: int
    x: float
    y: float
    vx: float
    vy: float
    crossing: bool = False


class Marks:
    """The marks of every lane, by its index."""

    def __init__(self, roads: Roads) -> None:
        self._roads = roads
        self.on: list[list[Mark]] = [[] for _ in roads.all]

    def vehicle(self, one: Vehicle) -> None:
        """Marks where a vehicle stands: its own lane, and others it reaches into."""
        one.pose()
        cover = one.cover or self._cover(one)
        for road, mark in cover:
            self.on[road].append(mark)
        still = one.speed == 0 and one.mode is not Mode.LEAVING
        one.cover = cover if still else ()

    def _cover(self, one: Vehicle) -> tuple[tuple[int, Mark], ...]:
        own = -1
        cover = []
        if one.road is not None:
            own = one.road.index
            if abs(one.shift) < self._roads.room(own, one.half):
                cover = [(own, Mark(one.rear, one.front, one.speed, one.id, one.blocks))]
            if one.shift == 0 and one.road.apart(one.rear, one.front):
                return tuple(cover)
        spans: dict[int, tuple[float, float]] = {}
        for x, y in one.spots():
            for road, s, off in self._roads.under(x, y):
                if road != own and off < self._roads.room(road, one.half):
                    low, high = spans.get(road, (s, s))
                    spans[road] = (min(low, s), max(high, s))
        cover += self._across(one, spans)
        return tuple(cover)

    def leaving(self, one: Vehicle, road: int, s: float) -> None:
        """Marks the room a vehicle needs that backs out onto a lane at `s`."""
        reach = one.length / 2 + _LEAVING_ROOM
        self.on[road].append(Mark(s - reach, s + reach, 0.0, one.id))

    def person(self, body: Body) -> None:
        """Marks where a person is, and where one who crosses will be within moments."""
        for ahead in _AHEAD if body.crossing else (0.0,):
            x, y = body.x + ahead * body.vx, body.y + ahead * body.vy
            for road, s, off in self._roads.under(x, y):
                if off < self._roads.room(road, _PERSON):
                    self.on[road].append(Mark(s - 0.4, s + 0.4, 0.0, -body.id))

    def ahead(self, road: int, s: float, owner: int) -> Mark | None:
        """The nearest mark of somebody else whose middle lies beyond `s`."""
        found = None
        for mark in self.on[road]:
            if mark.owner == owner or mark.begin + mark.end <= 2 * s:
                continue
            if found is None or mark.begin < found.begin:
                found = mark
        return found

    def free(self, road: int, begin: float, end: float, owner: int) -> bool:
        """Whether nobody else is on this stretch."""
        return not any(
            mark.end > begin and mark.begin < end and mark.owner != owner for mark in self.on[road]
        )

    def _across(
        self, one: Vehicle, spans: dict[int, tuple[float, float]]
    ) -> Iterator[tuple[int, Mark]]:
        _, _, ux, uy = one.pose()
        for road, (low, high) in spans.items():
            _, _, vx, vy = self._roads.all[road].path.at((low + high) / 2)
            back = -1 if one.mode is Mode.LEAVING else 1
            along = max(0.0, one.speed * back * (ux * vx + uy * vy))
            # The ends of a body that stands across a lane are as wide as it is.
            wide = one.half * abs(ux * vy - uy * vx)
            yield road, Mark(low - wide, high + wide, along, one.id, one.blocks)
