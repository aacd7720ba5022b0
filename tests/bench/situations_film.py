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
from devices_sim.cameras.scene.plan.jams import held
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
_DRIVES_MPS = 1.0

Doing = Mapping[EventKind, frozenset[int]]
"""Who does what in a frame, event or not, by the ids of the actors."""


@dataclass(frozen=True)
class Slow:
    """A vehicle on a lane that goes as in level of service F, and does not rightly wait."""

    actor: int
    at: Vec


@dataclass
class Film:
    """One run, frame by frame.

    Attributes:
        bodies: by camera.
        doing: what is true by geometry, of people no event is about, too.
        slow: vehicles that crawl or stand on a lane, but for those that rightly wait.
        driving: the vehicles that drive.
    """

    layout: Layout
    seed: int
    truths: tuple[TrueEvent, ...] = ()
    bodies: list[dict[str, list[Body]]] = field(default_factory=list)
    doing: list[Doing] = field(default_factory=list)
    slow: list[list[Slow]] = field(default_factory=list)
    driving: list[frozenset[int]] = field(default_factory=list)


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
        crawling = held(plan._sim.traffic.vehicles.values())
        film.slow.append([Slow(one.id, one.pose()[:2]) for one in crawling])
        film.doing.append(truths.doing(actors))
        film.driving.append(frozenset(one.id for one in actors if abs(one.speed) > _DRIVES_MPS))
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
        self._crossings = [
            (Path((w.line[0], w.line[-1])), w.width / 2 + 1.0)
            for w in layout.walks
            if w.kind is WalkKind.CROSSING
        ]
        self._spots: dict[int, Vec] = {}

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


def _on(spot: Vec, paths: Sequence[tuple[Path, float]]) -> int | None:
    for number, (path, half) in enumerate(paths):
        s, off = path.project(*spot)
        if abs(off) < half and -0.5 < s < path.length + 0.5:
            return number
    return None
