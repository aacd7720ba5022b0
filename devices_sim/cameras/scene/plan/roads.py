"""The lanes of a layout, made ready to drive: their curves, stop lines and where they conflict."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from devices_sim.cameras.scene.layout import Lane, Layout, Signal, Walk, WalkKind
from devices_sim.cameras.scene.plan.geometry import Path, Vec, cross_at

RUN_UP = 12.0
"""Metres a lane goes on beyond the rim at both ends, where vehicles come into being and leave."""

_CELL, _BLOCK = 0.5, 6.0  # m
_NEAR = 3.2  # m from its middle at which a lane still lies under a point
_SIDE_ROOM = 0.2
_SIDEWAYS = 1.8  # m/s2 a driver bears in a bend
_BRAKING = 1.5
_WIDEST = 1.25  # half of a bus, m
_NEXT_GATE = 8.0


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop line on a lane, at `s`."""

    s: float
    signal: Signal


@dataclass(frozen=True, slots=True)
class Crossed:
    """Where a crossing of people lies on a lane, from `begin` to `end`."""

    walk: str
    begin: float
    end: float
    signalled: bool


@dataclass(slots=True, eq=False)
class Conflict:
    """A place two lanes share for a moment. `holders`: the vehicles let in, and their lane."""

    first: int
    second: int
    spans: dict[int, tuple[float, float]]
    holders: dict[int, int] = field(default_factory=dict)

    def other(self, road: int) -> int:
        """The lane it is shared with."""
        return self.second if road == self.first else self.first


@dataclass(slots=True, eq=False)
class Gate:
    """Conflicts of a lane too close together to wait between: all or none are entered."""

    road: Road
    begin: float
    end: float
    conflicts: list[Conflict]


@dataclass(slots=True, eq=False)
class Road:
    """A lane ready to drive. `half`: half the width of the widest vehicle on it, m.

    `against`: drives the lane the wrong way; only events do.
    """

    index: int
    lane: Lane
    path: Path
    half: float
    stops: list[Stop]
    crossed: list[Crossed]
    limits: list[float]
    gates: list[Gate] = field(default_factory=list)
    against: bool = False
    _busy: list[int] = field(default_factory=list)

    def apart(self, begin: float, end: float) -> bool:
        """Whether no other lane comes near this stretch."""
        last = len(self._busy) - 1
        low, high = max(0, min(int(begin) - 1, last)), max(0, min(int(end) + 2, last))
        return self._busy[low] == self._busy[high]

    def note(self, busy: list[bool]) -> None:
        """Notes, metre by metre, where other lanes come near."""
        self._busy = [0, *accumulate(busy)]

    def limit(self, s: float) -> float:
        """The speed one may drive at `s`, m/s: the limit, less in bends and before them."""
        return self.limits[min(max(int(s), 0), len(self.limits) - 1)]


class Roads:
    """All lanes of a layout, and which of them lie under a point."""

    def __init__(self, layout: Layout, against: Collection[str] = ()) -> None:
        lanes = [(lane, False) for lane in layout.lanes]
        lanes += [(lane, True) for lane in layout.lanes if lane.name in against]
        signals = {signal.name: signal for signal in layout.signals}
        self.all = [
            _road(index, lane, wrong, signals, layout.walks)
            for index, (lane, wrong) in enumerate(lanes)
        ]
        self.by_name = {road.lane.name: road for road in self.all if not road.against}
        self._blocks: dict[tuple[int, int], list[Road]] = {}
        self._cells: dict[tuple[int, int], tuple[tuple[int, float, float], ...]] = {}
        self.conflicts = [
            conflict
            for road in self.all
            for other in self.all[road.index + 1 :]
            for conflict in self._between(road, other)
        ]
        for road in self.all:
            road.gates = _gates(road, self.conflicts)
            road.note([self._near_others(road, s) for s in range(int(road.path.length) + 1)])

    def under(self, x: float, y: float) -> tuple[tuple[int, float, float], ...]:
        """The lanes near a point: each one's index, the point's `s`, how far off it is."""
        cell = (math.floor(x / _CELL), math.floor(y / _CELL))
        found = self._cells.get(cell)
        if found is None:
            at = ((cell[0] + 0.5) * _CELL, (cell[1] + 0.5) * _CELL)
            near = ((road.index, *road.path.project(*at)) for road in self._around(*at))
            found = tuple((i, s, abs(off)) for i, s, off in near if abs(off) < _NEAR)
            self._cells[cell] = found
        return found

    def _around(self, x: float, y: float) -> list[Road]:
        """The lanes within some metres of a point, from a coarser grid."""
        block = (math.floor(x / _BLOCK), math.floor(y / _BLOCK))
        if block not in self._blocks:
            middle = ((block[0] + 0.5) * _BLOCK, (block[1] + 0.5) * _BLOCK)
            self._blocks[block] = [
                road for road in self.all if abs(road.path.project(*middle)[1]) < _NEAR + _BLOCK
            ]
        return self._blocks[block]

    def room(self, road: int, half: float) -> float:
        """How near a body of this half width may come to the middle of a lane."""
        return half + self.all[road].half + _SIDE_ROOM

    def shared(self, road: Road) -> set[int]:
        """The lanes that lie along a lane, in either direction, and itself."""
        found = {road.index}
        for s in range(0, int(road.path.length), 2):
            x, y, ux, uy = road.path.at(s)
            for other, at, off in self.under(x, y):
                _, _, vx, vy = self.all[other].path.at(at)
                if off < 0.8 and abs(ux * vx + uy * vy) > 0.97:
                    found.add(other)
        return found

    def _near_others(self, road: Road, s: int) -> bool:
        x, y, _, _ = road.path.at(s)
        reach = 2 * _WIDEST + _SIDE_ROOM + 0.5
        near = (other.path.project(x, y) for other in self.all if other is not road)
        return any(abs(off) < reach for _, off in near)

    def _between(self, road: Road, other: Road) -> Iterator[Conflict]:
        """The places where two lanes cross or merge."""
        run: list[tuple[float, float, bool]] = []
        for step in range(int(road.path.length) + 1):
            x, y, ux, uy = road.path.at(step)
            at, off = other.path.project(x, y)
            _, _, vx, vy = other.path.at(at)
            facing = ux * vx + uy * vy
            if abs(off) < road.half + other.half + _SIDE_ROOM and -1 < at < other.path.length + 1:
                run.append((float(step), at, abs(off) < 0.6 and abs(facing) > 0.97))
                continue
            yield from _conflict(road, other, run)
            run = []
        yield from _conflict(road, other, run)


def _conflict(road: Road, other: Road, run: list[tuple[float, float, bool]]) -> Iterator[Conflict]:
    """The conflict in a stretch where corridors overlap. Where they part, there is none."""
    if not run or run[0][2]:
        return
    apart = [one for one in run if not one[2]]
    joined = next((i for i, one in enumerate(run) if one[2]), None)
    if joined is not None:
        apart = run[: joined + 2]
    here = [one[0] for one in apart]
    there = [one[1] for one in apart]
    spans = {
        road.index: (min(here) - 1, max(here) + 1),
        other.index: (min(there) - 1, max(there) + 1),
    }
    yield Conflict(road.index, other.index, spans)


def _gates(road: Road, conflicts: list[Conflict]) -> list[Gate]:
    own = sorted(
        (one for one in conflicts if road.index in one.spans), key=lambda one: one.spans[road.index]
    )
    gates: list[Gate] = []
    for conflict in own:
        begin, end = conflict.spans[road.index]
        if gates and begin - gates[-1].end < _NEXT_GATE:
            gates[-1].end = max(gates[-1].end, end)
            gates[-1].conflicts.append(conflict)
        else:
            gates.append(Gate(road, begin, end, [conflict]))
    return gates


def _road(
    index: int, lane: Lane, against: bool, signals: dict[str, Signal], walks: tuple[Walk, ...]
) -> Road:
    path = Path(_lengthened(tuple(reversed(lane.line)) if against else lane.line))
    stops = [Stop(path.project(*halt.at)[0], signals[halt.signal]) for halt in lane.halts]
    return Road(
        index=index,
        lane=lane,
        path=path,
        half=0.95 if lane.small else _WIDEST,
        stops=[] if against else sorted(stops, key=lambda stop: stop.s),
        crossed=sorted(_crossed(path, walks), key=lambda one: one.begin),
        limits=_limits(path, lane.speed / 3.6),
        against=against,
    )


def _lengthened(line: tuple[Vec, ...]) -> list[Vec]:
    path = Path(line)
    first, last = path.at(-RUN_UP), path.at(path.length + RUN_UP)
    return [first[:2], *path.points, last[:2]]


def _crossed(path: Path, walks: tuple[Walk, ...]) -> Iterator[Crossed]:
    for walk in walks:
        if walk.kind is not WalkKind.CROSSING:
            continue
        for leg in range(len(path.units)):
            share = cross_at(path.points[leg], path.points[leg + 1], walk.line[0], walk.line[-1])
            if share is not None:
                end = path.starts[leg + 1] if leg + 1 < len(path.starts) else path.length
                s = path.starts[leg] + share * (end - path.starts[leg])
                half = walk.width / 2 + 0.3
                yield Crossed(walk.name, s - half, s + half, walk.signal is not None)


def _limits(path: Path, limit: float) -> list[float]:
    """The speed for each metre: what the bend allows, and what one can brake down to."""
    speeds = []
    for s in range(int(path.length) + 1):
        _, _, ax, ay = path.at(s - 3)
        _, _, bx, by = path.at(s + 3)
        turn = math.sqrt((bx - ax) ** 2 + (by - ay) ** 2) / 6
        speeds.append(min(limit, math.sqrt(_SIDEWAYS / turn)) if turn > 1e-6 else limit)
    for s in range(len(speeds) - 2, -1, -1):
        speeds[s] = min(speeds[s], math.sqrt(speeds[s + 1] ** 2 + 2 * _BRAKING))
    return speeds
