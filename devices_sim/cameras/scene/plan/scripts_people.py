"""Scripts of what people do."""

from __future__ import annotations

import math
from collections.abc import Iterator

from devices_sim.cameras.scene.actors import ActorKind, Pose
from devices_sim.cameras.scene.layout import Zone
from devices_sim.cameras.scene.plan.geometry import Vec, cross_at, distance, inside
from devices_sim.cameras.scene.plan.person import FLAT, Go, Person
from devices_sim.cameras.scene.plan.stage import Script, Stage
from devices_sim.cameras.scene.plan.walkways import Leg

_BENDS = 2.0  # s
_LEFT_ALONE = 3.0  # m
_LUGGAGE = 1.55  # of a handbag: what is left behind is a suitcase or a large rucksack
_TOUCHING = 0.75
_ROUND = 3.5  # m, the half of a crowd's place
_APART = 1.1
_SCATTERS = 6.0  # s


def intrusion(stage: Stage) -> Script:
    """A person enters a forbidden zone, looks about, and leaves it."""
    zone = next(_zones(stage))
    comer = stage.comes(stage.at)
    yield from comer.by(stage.event.at + 3)
    one = comer.sets_out()
    while not inside((one.x, one.y), zone.polygon):
        yield
    stage.begins()
    yield from stage.until(stage.now + stage.event.duration)
    stage.goes(one)
    while inside((one.x, one.y), zone.polygon):
        yield
    stage.ends()


def loitering(stage: Stage) -> Script:
    """A person hangs about: a few steps, a while, a few steps."""
    dwell = stage.event.force
    comer = stage.comes(stage.at)
    yield from comer.by(stage.event.at - dwell)
    one = comer.sets_out()
    yield from _arrives(one)
    counts = stage.now + dwell
    turn = 0
    while stage.now < counts + stage.event.duration:
        turn += 1
        target = _about(stage, turn, 1.5)
        if distance((one.x, one.y), target) > 0.4:
            stage.walks(one, (Leg((one.x, one.y), target, 0.9),))
            yield from _arrives(one)
        rest = stage.now + 4 + 8 * stage.chance("rest", turn)
        while stage.now < min(rest, counts + stage.event.duration):
            if stage.now >= counts:
                stage.begins()
            yield
    stage.ends()
    stage.goes(one)


def abandonment(stage: Stage) -> Script:
    """A person sets a bag down and walks off; later somebody takes it away."""
    comer = stage.comes(stage.at, pose=Pose.CARRYING)
    yield from comer.by(stage.event.at - _BENDS - 3)
    owner = comer.sets_out()
    yield from _arrives(owner)
    stage.holds(owner, Pose.BENDING)
    yield from stage.wait(_BENDS)
    spot = (owner.x + 0.45 * owner.face[0], owner.y + 0.45 * owner.face[1])
    bag = stage.puts(ActorKind.BAG, spot, _LUGGAGE)
    stage.goes(owner)
    while distance((owner.x, owner.y), spot) < _LEFT_ALONE:
        yield
    stage.begins()
    taker = stage.comes(spot, 1, far=max(15.0, stage.event.duration))
    yield from taker.by(stage.now + stage.event.duration - _BENDS)
    other = taker.sets_out()
    while distance((other.x, other.y), spot) > _TOUCHING and other.tasks:
        yield
    stage.holds(other, Pose.BENDING)
    yield from stage.wait(_BENDS)
    stage.takes(bag)
    stage.ends()
    stage.goes(other, Pose.CARRYING)


def collapse(stage: Stage) -> Script:
    """A person falls, lies, and gets up."""
    comer = stage.comes(stage.at)
    yield from comer.by(stage.event.at - 1)
    one = comer.sets_out()
    yield from _arrives(one)
    stage.holds(one, Pose.FALLEN)
    while one.phase < FLAT or one.pose is not Pose.FALLEN:
        yield
    stage.begins()
    yield from stage.lasts()
    stage.ends()
    stage.holds(one, Pose.BENDING)
    yield from stage.wait(_BENDS)
    stage.goes(one)


def crowd(stage: Stage) -> Script:
    """People come together, stay, and go."""
    number = max(2, round(stage.event.force))
    comers = [stage.comes(_about(stage, i, _ROUND), i) for i in range(number)]
    comers.sort(key=lambda comer: (-comer.seconds, comer.number))
    people = []
    for comer in comers:
        yield from comer.by(stage.event.at + 5)
        people.append(comer.sets_out())
    while _there(stage, people) < 0.8 * number:
        if _gathered(stage) >= 0.8 * number:
            stage.begins()
        _face_in(stage, people)
        yield
    stage.begins()
    leaves = stage.now + stage.event.duration - _SCATTERS
    while stage.now < leaves:
        _face_in(stage, people)
        yield
    for one in people:
        stage.goes(one)
    while 2 * _gathered(stage) >= number:
        yield
    stage.ends()


def fighting(stage: Stage) -> Script:
    """Two people meet and come to blows; then they run off."""
    x, y = stage.at
    comers = [stage.comes((x + side * _TOUCHING / 2, y), i) for i, side in enumerate((-1, 1))]
    comers.sort(key=lambda comer: -comer.seconds)
    pair = []
    for comer in comers:
        yield from comer.by(stage.event.at - 1)
        pair.append(comer.sets_out())
    one, other = pair
    while one.tasks or other.tasks:
        yield
    end = stage.now + stage.event.duration
    while stage.now < end:
        gap = max(0.01, distance((one.x, one.y), (other.x, other.y)))
        way = ((other.x - one.x) / gap, (other.y - one.y) / gap)
        for each, face in ((one, way), (other, (-way[0], -way[1]))):
            if gap > _APART:
                stage.walks(each, (Leg((each.x, each.y), _beyond(each, face, 0.4), 0.9),))
            elif each.pose is not Pose.FIGHTING or not each.tasks:
                stage.holds(each, Pose.FIGHTING, face)
        if one.pose is other.pose is Pose.FIGHTING:
            stage.begins()
        yield
    stage.ends()
    for each in pair:
        each.pace *= 1.8
        stage.goes(each, Pose.RUNNING)


def line_crossing(stage: Stage) -> Script:
    """A person steps over a tripwire, and later back."""
    wire = next(wire for wire in stage.sim.layout.tripwires if wire.name == stage.spot.part)
    comer = stage.comes(stage.at)
    x, y = stage.at
    way = comer.legs[-1]
    gap = max(0.01, distance(way.a, way.b))
    beyond = (x + 1.8 * (way.b[0] - way.a[0]) / gap, y + 1.8 * (way.b[1] - way.a[1]) / gap)
    comer = type(comer)(stage, (*comer.legs, Leg(stage.at, beyond, 0.9)), 0, Pose.WALKING)
    yield from comer.by(stage.event.at + 1)
    one = comer.sets_out()
    yield from _crosses(one, wire.line)
    stage.begins()
    yield from _arrives(one)
    yield from stage.until((stage.onset or 0) + stage.event.duration - 1)
    stage.goes(one)
    yield from _crosses(one, wire.line)
    stage.ends()


def jaywalking(stage: Stage) -> Script:
    """A person crosses the road where there is no crossing."""
    near, far = _sides(stage)
    comer = stage.comes(near)
    yield from comer.by(stage.event.at - 1)
    one = comer.sets_out()
    yield from _arrives(one)
    one.tasks.append(Go((Leg((one.x, one.y), far, 1.2),), regardless=True))
    while not _on_road(stage, one):
        yield
    stage.begins()
    while one.tasks:
        if not _on_road(stage, one):
            break
        yield
    stage.ends()
    yield from _arrives(one)
    stage.goes(one)


def _zones(stage: Stage) -> Iterator[Zone]:
    """The zone the event is in, if it is in one."""
    return (zone for zone in stage.sim.layout.zones if zone.name == stage.spot.part)


def _arrives(one: Person) -> Script:
    while one.tasks:
        yield


def _crosses(one: Person, line: tuple[Vec, Vec]) -> Script:
    last = (one.x, one.y)
    yield
    while cross_at(last, (one.x, one.y), *line) is None:
        last = (one.x, one.y)
        yield


def _about(stage: Stage, number: int, reach: float) -> Vec:
    """A place near the event's: the more, the farther out, as seeds stand in a sunflower."""
    x, y = stage.at
    zone = next(_zones(stage), None)
    for attempt in range(40):
        out = reach * math.sqrt((number % 16 + 0.5 + 0.07 * attempt) / 16)
        turn = 2.39996 * (number + 7 * attempt)
        # Rounded, since sines differ in their last digits from machine to machine.
        spot = (round(x + out * math.cos(turn), 3), round(y + out * math.sin(turn), 3))
        if zone is None or inside(spot, zone.polygon):
            return spot
    return x, y


def _there(stage: Stage, people: list[Person]) -> int:
    return sum(_near(stage, one) for one in people)


def _near(stage: Stage, one: Person) -> bool:
    return distance((one.x, one.y), stage.at) < _ROUND + 1.5


def _gathered(stage: Stage) -> int:
    """How many people are at the event's place, whether they came for it or not."""
    zone = next(_zones(stage), None)
    return sum(
        inside((one.x, one.y), zone.polygon) if zone else _near(stage, one)
        for one in stage.sim.crowd.people.values()
        if one.kind is ActorKind.PERSON
    )


def _face_in(stage: Stage, people: list[Person]) -> None:
    for one in people:
        if not one.tasks:
            dx, dy = stage.at[0] - one.x, stage.at[1] - one.y
            gap = max(0.01, math.sqrt(dx * dx + dy * dy))
            stage.holds(one, Pose.STANDING, (dx / gap, dy / gap))


def _beyond(one: Person, way: Vec, by: float) -> Vec:
    return one.x + way[0] * by, one.y + way[1] * by


def _sides(stage: Stage) -> tuple[Vec, Vec]:
    """The places beside the road, on either side of the event's."""
    road = stage.sim.traffic.roads.by_name[stage.spot.part]
    _, _, ux, uy = road.path.at(road.path.project(*stage.at)[0])
    ends = []
    for side in (-1, 1):
        off = 0.5
        while _lane_under(stage, _aside(stage.at, (ux, uy), side * off)):
            off += 0.5
        ends.append(_aside(stage.at, (ux, uy), side * (off + 1.0)))
    return ends[0], ends[1]


def _aside(at: Vec, way: Vec, off: float) -> Vec:
    return at[0] - way[1] * off, at[1] + way[0] * off


def _lane_under(stage: Stage, at: Vec) -> bool:
    for road in stage.sim.traffic.roads.all:
        s, off = road.path.project(*at)
        if abs(off) < road.lane.width / 2 + 0.3 and 0 < s < road.path.length:
            return True
    return False


def _on_road(stage: Stage, one: Person) -> bool:
    return _lane_under(stage, (one.x, one.y))
