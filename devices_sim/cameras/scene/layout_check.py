"""What a layout may not be though each of its parts is well formed: told with the part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.layout import Layout, Point, SignalFor, WalkKind
from devices_sim.cameras.scene.outlook import CLOSE, outlook
from devices_sim.cameras.scene.plan.geometry import Path, inside, meets
from smartopia.errors import ConfigurationError
from smartopia.yaml_lines import Step

Problem = tuple[tuple[Step, ...], str]
"""Where in the layout, and what is wrong there."""

_NAMED = (
    "doors",
    "bays",
    "bus_stops",
    "signals",
    "walks",
    "lanes",
    "zones",
    "tripwires",
    "cameras",
)
_ON_RIM = 0.6
_ON_LANE = 1.5
_MOSTLY = 2 / 3  # of a picture


def problems(layout: Layout) -> Iterator[Problem]:
    """All that is wrong with a layout."""
    for part in ("ground", "cameras"):
        if not getattr(layout, part):
            yield (part,), "give at least one"
    yield from _names(layout)
    yield from _outside(layout)
    yield from _points_apart(layout)
    yield from _references(layout)
    yield from _ways_there(layout)
    yield from _walls(layout)
    yield from _lanes(layout)
    yield from _cameras(layout)


def _names(layout: Layout) -> Iterator[Problem]:
    for part in _NAMED:
        seen: set[str] = set()
        for i, one in enumerate(getattr(layout, part)):
            if one.name in seen:
                yield (part, i, "name"), f"{one.name!r} is given twice"
            seen.add(one.name)


def _outside(layout: Layout) -> Iterator[Problem]:
    (west, south), (east, north) = layout.extent
    for loc, points in _points(layout):
        for x, y in points:
            if not (west <= x <= east and south <= y <= north):
                yield (
                    loc,
                    f"[{x:g}, {y:g}] lies outside the extent; "
                    f"allowed are x {west:g} to {east:g} and y {south:g} to {north:g}",
                )
                break


def _points_apart(layout: Layout) -> Iterator[Problem]:
    for loc, points in _points(layout):
        least = {"line": 2, "at": 1}.get(str(loc[-1]), 3)
        if len(set(points)) < least:
            yield loc, f"give at least {least} different points"


def _points(layout: Layout) -> Iterator[tuple[tuple[Step, ...], Sequence[Point]]]:
    for part in type(layout).model_fields:
        parts = getattr(layout, part)
        if not isinstance(parts, tuple) or part in {"place", "extent"}:
            continue
        for i, one in enumerate(parts):
            for field in ("line", "polygon", "footprint"):
                if hasattr(one, field):
                    yield (part, i, field), getattr(one, field)
            if hasattr(one, "at"):
                yield (part, i, "at"), (one.at,)


def _references(layout: Layout) -> Iterator[Problem]:
    lanes = [lane.name for lane in layout.lanes]
    stops = [(("bays", i, "lane"), bay.lane) for i, bay in enumerate(layout.bays)]
    stops += [(("bus_stops", i, "lane"), stop.lane) for i, stop in enumerate(layout.bus_stops)]
    yield from ((loc, _unknown("lane", name, lanes)) for loc, name in stops if name not in lanes)
    people = [one.name for one in layout.signals if one.serves is SignalFor.PEOPLE]
    vehicles = [one.name for one in layout.signals if one.serves is SignalFor.VEHICLES]
    for i, walk in enumerate(layout.walks):
        if walk.signal is not None and walk.kind is not WalkKind.CROSSING:
            yield ("walks", i, "signal"), "only a walk of kind crossing has a signal"
        elif walk.signal is not None and walk.signal not in people:
            yield ("walks", i, "signal"), _unknown("signal for people", walk.signal, people)
    for i, lane in enumerate(layout.lanes):
        for j, halt in enumerate(lane.halts):
            if halt.signal not in vehicles:
                loc = ("lanes", i, "halts", j, "signal")
                yield loc, _unknown("signal for vehicles", halt.signal, vehicles)


def _ways_there(layout: Layout) -> Iterator[Problem]:
    """Parts people come to, where no walk is that they could come by."""
    if any(walk.kind is not WalkKind.CROSSING for walk in layout.walks):
        return
    for part in ("doors", "benches", "bus_stops"):
        if getattr(layout, part):
            yield (part, 0), "give the layout a walk, for people to come by"


def _unknown(what: str, name: str, allowed: list[str]) -> str:
    return f"there is no {what} {name!r}; allowed are {', '.join(allowed) or 'none, add one'}"


def _walls(layout: Layout) -> Iterator[Problem]:
    """Ways that lead through buildings."""
    ways = [(("walks", i, "line"), walk.line) for i, walk in enumerate(layout.walks)]
    ways += [(("lanes", i, "line"), lane.line) for i, lane in enumerate(layout.lanes)]
    for loc, line in ways:
        for j, building in enumerate(layout.buildings):
            if any(meets(leg, building.footprint) for leg in pairwise(line)):
                yield loc, f"leads through buildings[{j}]"


def _lanes(layout: Layout) -> Iterator[Problem]:
    (west, south), (east, north) = layout.extent
    for i, lane in enumerate(layout.lanes):
        for x, y in (lane.line[0], lane.line[-1]):
            if min(x - west, east - x, y - south, north - y) > _ON_RIM:
                text = f"[{x:g}, {y:g}] has to lie on the rim of the extent, where vehicles come"
                yield ("lanes", i, "line"), text
        path = Path(lane.line)
        for j, halt in enumerate(lane.halts):
            if abs(path.project(*halt.at)[1]) > _ON_LANE:
                yield ("lanes", i, "halts", j, "at"), "does not lie on the lane"


def _cameras(layout: Layout) -> Iterator[Problem]:
    for i, pole in enumerate(layout.cameras):
        for j, building in enumerate(layout.buildings):
            if inside(pole.at, building.footprint) and pole.height < building.height:
                yield ("cameras", i, "at"), f"{pole.name} stands inside buildings[{j}]"
        try:
            seen = outlook(Camera.of_pole(pole), layout)
        except ConfigurationError as error:
            yield ("cameras", i), str(error)
            continue
        if seen.close > _MOSTLY:
            yield (
                ("cameras", i),
                f"{pole.name} looks at {seen.closest}, less than {CLOSE:g} m before it; "
                "turn or move it",
            )
        elif not seen.ground:
            yield (
                ("cameras", i),
                f"{pole.name} sees no ground of the place; tilt it down or turn it",
            )
