"""A run of the city: what a perfect detector finds in each frame, and what is truly so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from devices_sim.cameras.scene.actors import Actor, ActorKind
from devices_sim.cameras.scene.layout import Layout, WalkKind, ZoneUse
from devices_sim.cameras.scene.layout_files import load_layout
from devices_sim.cameras.scene.layout_variant import variant
from devices_sim.cameras.scene.plan import EventKind, Plan, SceneEvent, TrueEvent
from devices_sim.cameras.scene.plan.geometry import Path, Vec, cross_at, inside
from devices_sim.cameras.scene.plan.jams import crawls
from devices_sim.cameras.scene.plan.placing import place
from devices_sim.cameras.scene.plan.sight import Sight
from devices_sim.world.world import World
from smartopia.errors import ConfigurationError
from tests.bench.situations_city import Body, CityCamera

RATE = 5
TIMES = {
    EventKind.COLLAPSE: 40.0,
    EventKind.LINE_CROSSING: 65.0,
    EventKind.INTRUSION: 150.0,
    EventKind.ABANDONMENT: 100.0,
    EventKind.JAYWALKING: 125.0,
    EventKind.LOITERING: 200.0,
    EventKind.FIRE: 235.0,
    EventKind.FIGHTING: 265.0,
    EventKind.CROWD: 345.0,
    EventKind.ILLEGAL_PARKING: 400.0,
    EventKind.WRONG_WAY: 520.0,
    EventKind.CONGESTION: 610.0,
}
_ENDS_S, _QUIET_S = 680.0, 60.0
_HELD_OUT_SEED, _HELD_OUT_VARIANT = 100, 500_000
VEHICLES = {ActorKind.CAR, ActorKind.BUS, ActorKind.TRUCK, ActorKind.MOTORCYCLE}

Doing = Mapping[EventKind, frozenset[int]]
"""Who does what in a frame, event or not, by the ids of the actors."""


@dataclass(frozen=True)
class Slow:
    """A vehicle on a lane that goes as in level of service F."""

    actor: int
    at: Vec


@dataclass
class Film:
    """One run, frame by frame.

    Attributes:
        bodies: by camera.
        doing: what is true by geometry, of people no event is about, too.
        slow: vehicles that crawl or stand on a lane.
    """

    layout: Layout
    seed: int
    truths: tuple[TrueEvent, ...] = ()
    bodies: list[dict[str, list[Body]]] = field(default_factory=list)
    doing: list[Doing] = field(default_factory=list)
    slow: list[list[Slow]] = field(default_factory=list)


def layout_of(name: str, seed: int, *, tuning: bool) -> Layout:
    """The layout as it is shipped; held out: a variant nobody has tuned anything on."""
    layout = load_layout(name)
    return layout if tuning else variant(layout, _HELD_OUT_VARIANT + seed)


def record(name: str, seed: int, *, tuning: bool) -> Film:
    """Lets a layout run."""
    layout = layout_of(name, seed, tuning=tuning)
    seed = seed if tuning else _HELD_OUT_SEED + seed
    sight, hour = Sight(layout), 8.0 + 11 * (seed % 5) / 5
    events = list(_events(layout, sight, seed))
    plan = Plan(layout, World(seed, 1.0, hour), seed, events)
    cameras = [CityCamera(layout, pole, sight) for pole in layout.cameras]
    film, truths = Film(layout, seed), _Truths(layout)
    for frame in range(round((_ENDS_S + _QUIET_S) * RATE)):
        actors = plan.at(frame / RATE).actors
        film.doing.append(truths.doing(actors))
        film.slow.append(list(truths.slow(actors)))
        film.bodies.append({camera.name: camera.bodies(actors) for camera in cameras})
    film.truths = plan.happened()
    return film


def _events(layout: Layout, sight: Sight, seed: int) -> Iterator[SceneEvent]:
    """One event of each kind the layout has a place for."""
    for kind, at in TIMES.items():
        event = SceneEvent(kind=kind, at=at, duration=30.0)
        try:
            place(event, layout, sight, seed)
        except ConfigurationError:
            continue
        yield event


class _Truths:
    """What is true by geometry at any time, told by nobody."""

    def __init__(self, layout: Layout) -> None:
        self._zones = [z.polygon for z in layout.zones if z.use is ZoneUse.FORBIDDEN]
        self._wires = [wire.line for wire in layout.tripwires]
        self._lanes = [(Path(lane.line), lane.width / 2 + 0.3) for lane in layout.lanes]
        self._speeds = [lane.speed for lane in layout.lanes]
        self._stops = [
            [Path(lane.line).project(*halt.at)[0] for halt in lane.halts] for lane in layout.lanes
        ]
        self._crossings = [
            (Path((w.line[0], w.line[-1])), w.width / 2 + 1.0)
            for w in layout.walks
            if w.kind is WalkKind.CROSSING
        ]
        self._spots: dict[int, Vec] = {}
        self._standing: dict[Vec, float | None] = {}

    def doing(self, actors: Iterable[Actor]) -> Doing:
        """Who intrudes, crosses a line or jaywalks."""
        found: dict[EventKind, set[int]] = {}
        for actor in actors:
            if actor.kind is not ActorKind.PERSON:
                continue
            spot, before = (actor.x, actor.y), self._spots.get(actor.id)
            self._spots[actor.id] = spot
            if any(inside(spot, zone) for zone in self._zones):
                found.setdefault(EventKind.INTRUSION, set()).add(actor.id)
            if before and any(cross_at(before, spot, *wire) is not None for wire in self._wires):
                found.setdefault(EventKind.LINE_CROSSING, set()).add(actor.id)
            if _on(spot, self._lanes) is not None and _on(spot, self._crossings) is None:
                found.setdefault(EventKind.JAYWALKING, set()).add(actor.id)
        return {kind: frozenset(who) for kind, who in found.items()}

    def slow(self, actors: Iterable[Actor]) -> Iterator[Slow]:
        """The vehicles that crawl or stand on a lane."""
        for actor in actors:
            if actor.kind in VEHICLES:
                limit = self._limit((actor.x, actor.y))
                if limit is not None and crawls(abs(actor.speed), limit):
                    yield Slow(actor.id, (actor.x, actor.y))

    def _limit(self, spot: Vec) -> float | None:
        """The speed of the lane a place is on, unless a signal is ahead of it on that lane.

        Kept, since most vehicles stand.
        """
        if spot not in self._standing:
            lane = _on(spot, self._lanes)
            if lane is not None:
                s = self._lanes[lane][0].project(*spot)[0]
                lane = None if any(s < stop for stop in self._stops[lane]) else lane
            self._standing[spot] = None if lane is None else self._speeds[lane]
        return self._standing[spot]


def _on(spot: Vec, paths: Sequence[tuple[Path, float]]) -> int | None:
    for number, (path, half) in enumerate(paths):
        s, off = path.project(*spot)
        if abs(off) < half and -0.5 < s < path.length + 0.5:
            return number
    return None
