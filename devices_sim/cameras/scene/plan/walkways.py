"""The walks of a layout as a net: from where to where one can walk, and the shortest way."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from itertools import pairwise

from devices_sim.cameras.scene.layout import Layout, Walk, WalkKind
from devices_sim.cameras.scene.plan.geometry import Path, Vec, distance
from smartopia.errors import ConfigurationError

_ON_RIM = 0.6
_LINK_WIDTH = 0.9


@dataclass(frozen=True, slots=True)
class Leg:
    """A straight part of a way, from `a` to `b`. `walk`: None between a walk and a door."""

    a: Vec
    b: Vec
    width: float
    walk: Walk | None = None

    @property
    def crossing(self) -> bool:
        """Whether it crosses a road."""
        return self.walk is not None and self.walk.kind is WalkKind.CROSSING

    def back(self) -> Leg:
        """The same part the other way round."""
        return Leg(self.b, self.a, self.width, self.walk)


class Walkways:
    """The net of walks.

    Attributes:
        ways_in: where people come and go: rim ends of walks, and doors.
        cycle_ways_in: the rim ends bicycles may use.
    """

    def __init__(self, layout: Layout) -> None:
        self._legs: dict[Vec, list[Leg]] = {}
        self._found: dict[tuple[Vec, Vec, bool], tuple[Leg, ...]] = {}
        doors = [door.at for door in layout.doors]
        places = [*doors, *(b.at for b in layout.benches), *(b.at for b in layout.bus_stops)]
        links = [self._nearest(place, layout.walks) for place in places]
        for walk in layout.walks:
            self._add_walk(walk, [at for near, at, _ in links if near is walk])
        for place, (_, _, point) in zip(places, links, strict=True):
            self._join(Leg(point, place, _LINK_WIDTH))
        rim = [point for point in self._legs if _on_rim(point, layout)]
        self.ways_in = sorted([*rim, *doors])
        self.cycle_ways_in = sorted(
            point
            for point in rim
            if any(leg.walk and leg.walk.kind is WalkKind.PATH for leg in self._legs[point])
        )

    def route(self, start: Vec, goal: Vec, cycling: bool = False) -> tuple[Leg, ...]:
        """The shortest way between two points of the net; empty where there is none."""
        key = (start, goal, cycling)
        if key not in self._found:
            self._found[key] = self._search(start, goal, cycling)
        return self._found[key]

    def to(self, start: Vec, place: Vec) -> tuple[Leg, ...]:
        """The way from a point of the net to any place: along the net, then straight."""
        leg, point = self._beside(place)
        ways = []
        for part in (leg, leg.back()):
            legs = self.route(start, part.a)
            if legs or start == part.a:
                ways.append((*legs, Leg(part.a, point, part.width, part.walk)))
        if not ways:
            return ()
        way = min(ways, key=length)
        last = Leg(point, place, _LINK_WIDTH)
        return tuple(leg for leg in (*way, last) if distance(leg.a, leg.b) > 0.05)

    def _beside(self, place: Vec) -> tuple[Leg, Vec]:
        """The leg of a walk nearest to a place, and the nearest point on it."""
        best: tuple[float, Leg, Vec] | None = None
        for legs in self._legs.values():
            for leg in legs:
                if leg.walk is None or leg.crossing:
                    continue
                path = Path((leg.a, leg.b))
                s = min(max(path.project(*place)[0], 0.0), path.length)
                point = path.at(s)[:2]
                gap = distance(point, place)
                if best is None or gap < best[0] - 1e-9:
                    best = (gap, leg, point)
        if best is None:
            raise ConfigurationError("the layout has no walks; give it some for people to come by")
        return best[1:]

    def _search(self, start: Vec, goal: Vec, cycling: bool) -> tuple[Leg, ...]:
        ahead: list[tuple[float, Vec]] = [(0.0, start)]
        best: dict[Vec, tuple[float, Leg | None]] = {start: (0.0, None)}
        while ahead:
            way, here = heapq.heappop(ahead)
            if here == goal:
                break
            for leg in self._legs.get(here, ()):
                if cycling and (leg.walk is None or leg.walk.kind is not WalkKind.PATH):
                    continue
                further = way + distance(leg.a, leg.b) + (12.0 if leg.crossing else 0.0)
                if further < best.get(leg.b, (math.inf, None))[0]:
                    best[leg.b] = (further, leg)
                    heapq.heappush(ahead, (further, leg.b))
        legs: list[Leg] = []
        at = goal
        while (last := best.get(at, (0.0, None))[1]) is not None:
            legs.append(last)
            at = last.a
        return tuple(reversed(legs))

    def _add_walk(self, walk: Walk, extra: list[float]) -> None:
        path = Path(walk.line)
        stations = sorted({*path.starts, path.length, *extra})
        points = [_rounded(path.at(s)[:2]) for s in stations]
        for a, b in pairwise(points):
            if a != b:
                self._join(Leg(a, b, walk.width, walk))

    def _join(self, leg: Leg) -> None:
        if leg.a != leg.b:
            self._legs.setdefault(leg.a, []).append(leg)
            self._legs.setdefault(leg.b, []).append(leg.back())

    def _nearest(self, place: Vec, walks: tuple[Walk, ...]) -> tuple[Walk, float, Vec]:
        best: tuple[float, Walk, float, Vec] | None = None
        for walk in walks:
            if walk.kind is WalkKind.CROSSING:
                continue
            path = Path(walk.line)
            s = min(max(path.project(*place)[0], 0.0), path.length)
            point = path.at(s)[:2]
            gap = distance(point, place)
            if best is None or gap < best[0]:
                best = (gap, walk, s, _rounded(point))
        if best is None:
            raise ConfigurationError("doors, benches and bus stops need a walk that leads there")
        return best[1:]


def length(legs: tuple[Leg, ...]) -> float:
    """The length of a way, m."""
    return sum(distance(leg.a, leg.b) for leg in legs)


def _rounded(point: Vec) -> Vec:
    return round(point[0], 2), round(point[1], 2)


def _on_rim(point: Vec, layout: Layout) -> bool:
    (west, south), (east, north) = layout.extent
    x, y = point
    return min(x - west, east - x, y - south, north - y) < _ON_RIM
