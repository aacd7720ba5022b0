"""Where an event takes place: where it was told to, or somewhere fitting that a camera sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from devices_sim.cameras.scene.layout import Lane, Layout, Material, WalkKind, ZoneUse
from devices_sim.cameras.scene.plan.events import EventKind, SceneEvent
from devices_sim.cameras.scene.plan.geometry import Path, Vec, cross_at, distance, inside, middle
from devices_sim.cameras.scene.plan.sight import PERSON_M, Sight
from devices_sim.world.noise import uniform
from smartopia.errors import ConfigurationError

_IN_ZONES = {
    EventKind.INTRUSION: ZoneUse.FORBIDDEN,
    EventKind.ILLEGAL_PARKING: ZoneUse.NO_PARKING,
    EventKind.LOITERING: ZoneUse.GATHERING,
    EventKind.CROWD: ZoneUse.GATHERING,
}
_ON_WALKS = {EventKind.ABANDONMENT, EventKind.COLLAPSE, EventKind.FIGHTING}
_ON_LANES = {
    EventKind.WRONG_WAY,
    EventKind.CONGESTION,
    EventKind.JAYWALKING,
    EventKind.ACCIDENT,
}
_OFF_CROSSINGS = 9.0  # m
_OFF_RIM = 14.0
_STEP, _NEAR_STEP = 4, 1  # m between places along a walk
_HEIGHT = {EventKind.ABANDONMENT: 0.6, EventKind.COLLAPSE: 0.5, EventKind.FLOOD: 0.2}
_BAG_M = 0.6


@dataclass(frozen=True, slots=True)
class Spot:
    """A place, and the zone, tripwire or lane it belongs to."""

    x: float
    y: float
    part: str = ""


def place(event: SceneEvent, layout: Layout, sight: Sight, seed: int) -> Spot:
    """Where an event takes place.

    Raises:
        ConfigurationError: the layout has no such place, or no camera sees it; says which.
    """
    fitting = list(_fitting(event.kind, layout))
    if not fitting:
        raise ConfigurationError(f"{layout.name} has no place for {event.kind}: {_lacks(event)}")
    if event.kind is EventKind.FLOOD and event.force <= bank_height(layout):
        raise ConfigurationError(
            f"a flood of {event.force:g} m does not reach the bank; "
            f"give it a strength above {bank_height(layout):g}"
        )
    if isinstance(event.where, tuple):
        fitting = [_at(event.where, event.kind, fitting)]
    elif event.where is not None:
        parts = sorted({spot.part for spot in fitting})
        fitting = [spot for spot in fitting if spot.part == event.where]
        if not fitting:
            raise ConfigurationError(
                f"{event.kind} cannot be at {event.where!r}; allowed are {', '.join(parts)}"
            )
    height, size = looked_at(event.kind)
    seen = [spot for spot in fitting if sight.sees(spot.x, spot.y, height, size)]
    if not seen:
        where = f"[{fitting[0].x:g}, {fitting[0].y:g}]" if event.where else "any place that fits"
        cameras = ", ".join(camera.name for camera in layout.cameras)
        raise ConfigurationError(f"no camera ({cameras}) sees {event.kind} at {where}")
    return seen[int(uniform("place", seed, event.kind, repr(event.at)) * len(seen))]


def looked_at(kind: EventKind) -> tuple[float, float]:
    """How high above the ground one looks for an event, and how large what is made out is, m.

    Nobody sees a bag as far off as a person.
    """
    size = _BAG_M if kind is EventKind.ABANDONMENT else PERSON_M
    return _HEIGHT.get(kind, 1.0), size


def bank_height(layout: Layout) -> float:
    """How far the water of a layout has to rise to cover the bank, m."""
    return -max(
        ground.level
        for ground in layout.ground
        if ground.material is Material.WATER and ground.level < 0
    )


def _at(where: Vec, kind: EventKind, fitting: list[Spot]) -> Spot:
    nearest = min(fitting, key=lambda spot: distance(where, (spot.x, spot.y)))
    if kind in _ON_LANES or kind is EventKind.LINE_CROSSING:
        if distance(where, (nearest.x, nearest.y)) > 3:
            raise ConfigurationError(
                f"{kind} cannot be at [{where[0]:g}, {where[1]:g}]; "
                f"the nearest place that fits is [{nearest.x:.1f}, {nearest.y:.1f}]"
            )
        return nearest
    return Spot(*where, nearest.part)


def _lacks(event: SceneEvent) -> str:
    if event.kind in _IN_ZONES:
        return f"give it a zone with use {_IN_ZONES[event.kind]}"
    if event.kind is EventKind.LINE_CROSSING:
        return "give it a tripwire"
    if event.kind is EventKind.FLOOD:
        return "it has no water below the ground"
    return "give it lanes" if event.kind in _ON_LANES else "give it walks"


def _fitting(kind: EventKind, layout: Layout) -> Iterator[Spot]:
    if kind in _IN_ZONES:
        use = _IN_ZONES[kind]
        yield from (Spot(*middle(z.polygon), z.name) for z in layout.zones if z.use is use)
    elif kind is EventKind.LINE_CROSSING:
        yield from (Spot(*middle(wire.line), wire.name) for wire in layout.tripwires)
    elif kind in _ON_LANES:
        yield from _on_lanes(kind, layout)
    elif kind in _ON_WALKS:
        yield from _on_walks(layout, _NEAR_STEP if kind is EventKind.ABANDONMENT else _STEP)
    elif kind is EventKind.FIRE:
        yield from _before_walls(layout)
    else:
        yield from _along_shores(layout)


def _on_walks(layout: Layout, step: int) -> Iterator[Spot]:
    for walk in layout.walks:
        if walk.kind is WalkKind.PAVEMENT:
            path = Path(walk.line)
            for s in range(4, int(path.length) - 3, step):
                yield Spot(*path.at(s)[:2], walk.name)


def _on_lanes(kind: EventKind, layout: Layout) -> Iterator[Spot]:
    crossings = [walk.line for walk in layout.walks if walk.kind is WalkKind.CROSSING]
    for lane in layout.lanes:
        path = Path(lane.line)
        for s in range(int(_OFF_RIM), int(path.length - _OFF_RIM), 4):
            x, y, ux, uy = path.at(s)
            if kind is EventKind.CONGESTION and _waits(lane, s):
                continue
            near = any(_reaches((x, y), (ux, uy), line) for line in crossings)
            if kind is EventKind.ACCIDENT and not _outermost(layout, lane.name, (x, y), (ux, uy)):
                continue
            if not near and not _in_junction(layout, (x, y), (ux, uy)):
                yield Spot(x, y, lane.name)


def _waits(lane: Lane, s: float) -> bool:
    """Whether vehicles queue at a place of a lane anyway, for a signal ahead."""
    stops = (Path(lane.line).project(*halt.at)[0] for halt in lane.halts)
    return any(s < stop + 2 for stop in stops)


def _in_junction(layout: Layout, at: Vec, way: Vec) -> bool:
    """Whether lanes of another direction lie near a place."""
    for lane in layout.lanes:
        path = Path(lane.line)
        s, off = path.project(*at)
        _, _, ux, uy = path.at(s)
        turned = abs(ux * way[0] + uy * way[1]) < 0.9
        if turned and abs(off) < _OFF_CROSSINGS and -_OFF_CROSSINGS < s < path.length:
            return True
    return False


def _reaches(at: Vec, way: Vec, line: tuple[Vec, ...]) -> bool:
    """Whether a crossing lies on the lane just before or behind a place."""
    a = (at[0] - way[0] * _OFF_CROSSINGS, at[1] - way[1] * _OFF_CROSSINGS)
    b = (at[0] + way[0] * _OFF_CROSSINGS, at[1] + way[1] * _OFF_CROSSINGS)
    return cross_at(a, b, line[0], line[-1]) is not None


def _outermost(layout: Layout, name: str, at: Vec, way: Vec) -> bool:
    """Whether no lane lies to the right of a place on a lane."""
    right = (at[0] + 3.2 * way[1], at[1] - 3.2 * way[0])
    sides = (Path(lane.line).project(*right)[1] for lane in layout.lanes if lane.name != name)
    return all(abs(off) > 1.5 for off in sides)


def _before_walls(layout: Layout) -> Iterator[Spot]:
    """Places before the fronts of buildings."""
    for number, building in enumerate(layout.buildings):
        corners = building.footprint
        centre = middle(corners)
        for a, b in zip(corners, (*corners[1:], corners[0]), strict=True):
            x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
            gap = distance(centre, (x, y))
            out = (x + 0.7 * (x - centre[0]) / gap, y + 0.7 * (y - centre[1]) / gap)
            free = not any(inside(out, other.footprint) for other in layout.buildings)
            if free and _within(out, layout):
                yield Spot(*out, f"building-{number + 1}")


def _along_shores(layout: Layout) -> Iterator[Spot]:
    for ground in layout.ground:
        if ground.material is not Material.WATER or ground.level >= 0:
            continue
        corners = ground.polygon
        for a, b in zip(corners, (*corners[1:], corners[0]), strict=True):
            path = Path((a, b))
            spots = (path.at(s)[:2] for s in range(0, int(path.length), 6))
            yield from (Spot(*at, "shore") for at in spots if _within(at, layout))


def _within(at: Vec, layout: Layout) -> bool:
    (west, south), (east, north) = layout.extent
    return west + 1 < at[0] < east - 1 and south + 1 < at[1] < north - 1
