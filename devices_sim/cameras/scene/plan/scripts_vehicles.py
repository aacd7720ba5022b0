"""Scripts of what vehicles do."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator

from devices_sim.cameras.scene.actors import ActorKind, Light
from devices_sim.cameras.scene.plan.geometry import distance
from devices_sim.cameras.scene.plan.jams import LASTS_S, PASSED_M, Jam, crawls, jam
from devices_sim.cameras.scene.plan.lights import light
from devices_sim.cameras.scene.plan.roads import RUN_UP, Road
from devices_sim.cameras.scene.plan.simulation import STEP
from devices_sim.cameras.scene.plan.stage import FOR_EVER, Script, Stage
from devices_sim.cameras.scene.plan.vehicle import Vehicle

_DRAINS = 30.0  # s a lane needs to be empty; with signals it needs their cycle, too
_PULLS_OVER = 3.5  # m before it stands, for each metre to the side and one more
_HARD = 6.0  # m/s2
_BESIDE = 7.0  # m
_ASKEW = ((0.35, -0.6), (-0.2, -0.25))  # how far two cars turn, and slide to the right (m)
_CRAWL = 1.2  # m/s at most
_CRAWL_SHARE = 0.25  # of the lane's speed
_QUEUE = (45.0, 12.0)  # m before and behind the place
_STEADY = 5.0  # s
_SOONER = 60.0  # s before it is meant to be true
_NEW_S = 0.95  # more than from one look to the next
_CROWDED = 1500.0  # vehicles an hour
_DONE = object()


def wrong_way(stage: Stage) -> Script:
    """A vehicle drives a lane against its direction; nobody enters the lane meanwhile."""
    traffic = stage.sim.traffic
    road = next(
        road for road in traffic.roads.all if road.against and road.lane.name == stage.spot.part
    )
    held = traffic.roads.shared(road)
    way = _seconds(stage, road)
    cycles = (signal.cycle for signal in stage.sim.layout.signals)
    yield from stage.until(stage.event.at - way - _DRAINS - max(cycles, default=0.0))
    traffic.hold(held)
    yield from stage.until(stage.event.at - way)
    while any(one.road is not None and one.road.index in held for one in _vehicles(stage)):
        yield
    kind = ActorKind.CAR if stage.chance("kind") < 0.6 else ActorKind.MOTORCYCLE
    one = traffic.add(kind, road.path, RUN_UP, road)
    one.pace = 0.7
    stage.actors.append(one.id)
    while one.id in traffic.vehicles:
        x, y, _, _ = one.pose()
        if stage.sight.sees(x, y):
            if one.speed > 1:
                stage.begins()
        elif stage.onset is not None:
            stage.ends()
        yield
    stage.ends()
    traffic.release(held)


def illegal_parking(stage: Stage) -> Script:
    """A car pulls over in a no-parking zone, stands there, and drives on."""
    traffic = stage.sim.traffic
    road = _lane_beside(stage)
    s, off = road.path.project(*stage.at)
    yield from stage.until(_sets_out(stage, road, 5 + stage.event.force))
    one = yield from _enters(stage, road)
    one.bus_stop = s + one.length / 2
    while one.bus_stop < math.inf:
        if one.bus_stop - one.front < _PULLS_OVER * (1 + abs(off)):
            one.shift_to = off
        yield
    one.until, one.blocks = FOR_EVER, True
    yield from stage.wait(stage.event.force)
    stage.begins()
    yield from stage.lasts()
    while abs(off) > 1 and not traffic.marks.free(road.index, one.s - 22, one.s + 9, one.id):
        yield
    one.until, one.blocks, one.shift_to = stage.now, False, 0.0
    stage.ends()


def accident(stage: Stage) -> Script:
    """A car stops hard, another runs up behind it; both stand crooked in the lane."""
    traffic = stage.sim.traffic
    road = traffic.roads.by_name[stage.spot.part]
    s, _ = road.path.project(*stage.at)
    room = 0.4 if road.lane.small else 1.0
    askew = [(turn * room, slide * room) for turn, slide in _ASKEW]
    yield from stage.until(_sets_out(stage, road, 8))
    shared = traffic.roads.shared(road)
    traffic.hold(shared)
    first = yield from _enters(stage, road)
    second = yield from _enters(stage, road)
    traffic.release(shared)
    first.pace, second.pace = 0.9, 1.0
    while first.front < s:
        yield
    first.brake = _HARD
    while first.speed > 0 or second.speed > 0 or second.front < first.rear - 6:
        _skids(first, *askew[0])
        if first.rear - second.front < 8:
            _skids(second, *askew[1])
        yield
    second.brake, first.blocks, second.blocks = _HARD, True, True
    for _ in range(8):
        _skids(first, *askew[0])
        _skids(second, *askew[1])
        yield
    stage.begins()
    yield from stage.lasts()
    while _passed(stage, (first, second)):
        yield
    stage.ends()
    for one in (first, second):
        one.brake, one.blocks, one.shift_to = 0.0, False, 0.0
    while first.twist[1] != 0 or second.twist[1] != 0:
        _skids(first, 0.0, 0.0)
        _skids(second, 0.0, 0.0)
        yield


def congestion(stage: Stage) -> Script:
    """More vehicles come than get on: they crawl, and queue up."""
    road = stage.sim.traffic.roads.by_name[stage.spot.part]
    lanes = stage.sim.traffic.roads.shared(road)
    crowds, goes_on = _crowds(stage, road, lanes), True
    mine: Jam | None = None
    while goes_on or (mine is not None and mine.end is None):
        goes_on = goes_on and next(crowds, _DONE) is not _DONE
        if mine is None and (mine := _jam(stage)) is not None:
            mine.staged = True
            stage.actors += mine.counted
            stage.begins(mine.onset)
        yield
    if mine is not None:
        stage.ends(mine.end)


def _crowds(stage: Stage, road: Road, lanes: set[int]) -> Script:
    """Fills some lanes and holds their vehicles back at the event's place, as long as meant."""
    traffic = stage.sim.traffic
    s, _ = road.path.project(*stage.at)
    cycle = max((stop.signal.cycle for stop in road.stops if stop.s < s), default=0.0)
    yield from stage.until(stage.event.at - LASTS_S - _seconds(stage, road) - 30 - cycle)
    for lane in lanes:
        traffic.dense[lane] = _CROWDED
    yield from stage.until(stage.event.at - LASTS_S - 2.5 * _STEADY - cycle / 2)
    least, crawl = round(stage.event.force), min(_CRAWL, _CRAWL_SHARE * road.lane.speed / 3.6)

    def filled(cap: float) -> bool:
        _crawls(stage, lanes, road, s, cap)
        return len(jam([one.pose()[:2] for one in _slow(stage, lanes)])) >= least

    yield from _steadily(stage, lambda: filled(crawl))
    leaves = stage.now + LASTS_S + stage.event.duration
    while stage.now < leaves:
        _crawls(stage, lanes, road, s, crawl)
        yield
    for lane in lanes:
        traffic.dense.pop(lane, None)
    yield from _steadily(stage, lambda: not filled(math.inf))


def _steadily(stage: Stage, holds: Callable[[], bool]) -> Script:
    """Lets time pass until something has held for some seconds on end."""
    since = stage.now
    while stage.now - since < _STEADY:
        if not holds():
            since = stage.now
        yield


def _vehicles(stage: Stage) -> list[Vehicle]:
    return list(stage.sim.traffic.vehicles.values())


def _seconds(stage: Stage, road: Road) -> float:
    """How long a vehicle takes from the rim to the event's place, on green."""
    s, _ = road.path.project(*stage.at)
    return (s - RUN_UP) / road.limit(s) * 1.3


def _sets_out(stage: Stage, road: Road, sooner: float) -> float:
    """When to enter a lane to be at the event's place in time, and at its signals on green."""
    seconds = _seconds(stage, road)
    meant = stage.event.at - seconds - sooner
    s, _ = road.path.project(*stage.at)
    stops = [stop for stop in road.stops if stop.s < s]
    for late in range(60):
        for start in (meant - late, meant + late):
            if all(
                light(stop.signal, start + seconds * (stop.s - RUN_UP) / (s - RUN_UP) + slack)
                is Light.GREEN
                for stop in stops
                for slack in (-3.0, 5.0)
            ):
                return start
    return meant


def _enters(stage: Stage, road: Road) -> Generator[None, None, Vehicle]:
    while (one := stage.sim.traffic.let_in(ActorKind.CAR, road)) is None:
        yield
    stage.actors.append(one.id)
    one.keeps_lane = True
    return one


def _lane_beside(stage: Stage) -> Road:
    roads = [road for road in stage.sim.traffic.roads.all if not road.against]
    return min(roads, key=lambda road: (abs(road.path.project(*stage.at)[1]), road.index))


def _passed(stage: Stage, pair: tuple[Vehicle, Vehicle]) -> bool:
    """Whether somebody is driving past a pair of cars."""
    return any(
        other.speed > 0.5 and distance(other.pose()[:2], one.pose()[:2]) < _BESIDE
        for other in _vehicles(stage)
        for one in pair
        if other not in pair
    )


def _skids(one: Vehicle, turn: float, slide: float) -> None:
    """Turns a car a little further out of its direction, as it slides."""
    now = one.twist[1] / one.twist[0]
    step = 0.6 * STEP
    now += max(-step, min(step, turn - now))
    size = math.sqrt(1 + now * now)
    one.twist = (1 / size, now / size)
    one.shift_to = one.shift = one.shift + max(-step, min(step, slide - one.shift))


def _crawls(stage: Stage, lanes: set[int], road: Road, s: float, cap: float) -> None:
    """Holds back the vehicles of some lanes around the event's place, past signal and junction."""
    for one in _vehicles(stage):
        if one.road is not None and one.road.index in lanes:
            at = s if one.road is road else one.road.path.project(*stage.at)[0]
            near = max(at - _QUEUE[0], _passed_by(one.road, at)) < one.s < at + _QUEUE[1]
            one.cap = cap if near else math.inf


def _passed_by(road: Road, s: float) -> float:
    """Where the last signal and junction before a place of a lane are behind one."""
    stops = (stop.s + PASSED_M for stop in road.stops if stop.s < s)
    gates = (gate.end for gate in road.gates if gate.end < s)
    return max((*stops, *gates), default=-math.inf)


def _slow(stage: Stage, lanes: set[int]) -> Iterator[Vehicle]:
    """The vehicles of some lanes that crawl around the event's place, past their signals."""
    for one in _vehicles(stage):
        if (
            one.road is not None
            and one.road.index in lanes
            and crawls(one.speed, one.road.lane.speed)
            and all(one.front > stop.s + PASSED_M for stop in one.road.stops)
            and distance(one.pose()[:2], stage.at) < _QUEUE[0]
        ):
            yield one


def _jam(stage: Stage) -> Jam | None:
    """The jam that begins to count just now at the event's place, if there is one.

    What was there before came by itself, and was told as that.
    """
    for one in stage.sim.jams.found:
        near = distance(one.at, stage.at) < _QUEUE[0] and one.most >= round(stage.event.force)
        new = stage.now - one.onset < _NEW_S and not one.staged
        if near and new and one.onset > stage.event.at - _SOONER:
            return one
    return None
