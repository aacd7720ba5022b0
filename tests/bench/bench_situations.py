"""How well situations are told, on the rendered city's true tracks: no detector, no pictures.

    python -m tests.bench.bench_situations [--seeds 4] [--jobs 2] [--layouts street,...] [-v]

A run of a layout lets one event of each kind happen after another, then nothing for some
minutes. Each camera's view is drawn as an operator would, and each trackers' boxes are told to
all shipped situations. An alert is right if it comes within 10 s of the onset (and not more than
half a second before), once per event and camera; anything else raised is false. An event counts
for a camera that sees those it is about (boxes of 12 px or more, not hidden) in four fifths of
the time it takes to tell it.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

from analytics.vision.situations.catalogue import load_situation_rules
from analytics.vision.situations.model import Look, Phase
from analytics.vision.situations.watch import Memory, step
from devices_sim.cameras.scene.actors import Actor, ActorKind
from devices_sim.cameras.scene.layout import Layout, WalkKind, ZoneUse
from devices_sim.cameras.scene.layout_files import load_layout, shipped_layouts
from devices_sim.cameras.scene.plan import EventKind, Plan, SceneEvent, TrueEvent
from devices_sim.cameras.scene.plan.geometry import Path, cross_at, distance, inside
from devices_sim.cameras.scene.plan.placing import place
from devices_sim.cameras.scene.plan.sight import Sight
from devices_sim.world.world import World
from smartopia.errors import ConfigurationError
from tests.bench.situations_city import Body, CityCamera, Tracker

T0 = datetime(2026, 6, 1, 4, tzinfo=UTC)
RATE = 5
TIMES = {
    EventKind.COLLAPSE: 60.0,
    EventKind.INTRUSION: 130.0,
    EventKind.LOITERING: 230.0,
    EventKind.ABANDONMENT: 300.0,
    EventKind.LINE_CROSSING: 370.0,
    EventKind.JAYWALKING: 430.0,
    EventKind.FIRE: 490.0,
    EventKind.CROWD: 570.0,
    EventKind.FIGHTING: 640.0,
    EventKind.ILLEGAL_PARKING: 720.0,
    EventKind.WRONG_WAY: 900.0,
    EventKind.CONGESTION: 1010.0,
}
QUIET_S = 300.0
LATEST_S, EARLY_S, EXCUSES_S = 10.0, 0.5, 4.0
NEEDS_A_MODEL = {EventKind.FIRE, EventKind.FIGHTING}
TRACKERS = {
    "perfect, 5/s": (1, 0.0, 0.0, 0.0),
    "noisy, 5/s": (1, 2.0, 0.1, 0.05),
    "perfect, 2/s": (2.5, 0.0, 0.0, 0.0),
    "noisy, 2/s": (2.5, 2.0, 0.1, 0.05),
}


@dataclass(frozen=True)
class Alert:
    """What was raised, when, and by whose boxes."""

    kind: EventKind
    at: float
    who: tuple[int, ...]
    words: str


@dataclass
class Outcome:
    """What became of the events and alerts of one kind."""

    delays: list[float] = field(default_factory=list)
    missed: int = 0
    false: int = 0
    excused: int = 0

    @property
    def recall(self) -> float:
        events = len(self.delays) + self.missed
        return len(self.delays) / events if events else math.nan

    @property
    def precision(self) -> float:
        raised = len(self.delays) + self.false
        return len(self.delays) / raised if raised else math.nan

    @property
    def f1(self) -> float:
        both = 2 * len(self.delays)
        return both / (both + self.missed + self.false) if both else 0.0

    def add(self, other: Outcome) -> None:
        self.delays += other.delays
        self.missed += other.missed
        self.false += other.false
        self.excused += other.excused


@dataclass
class Result:
    """One run: outcomes by tracker and kind, hours of camera, processor time per look."""

    outcomes: dict[tuple[str, EventKind], Outcome]
    hours: float
    notes: list[str]
    looks: int
    seconds: float


class Truths:
    """What is true by geometry at any time, told by nobody: excuses alerts no event explains."""

    def __init__(self, layout: Layout) -> None:
        self._zones = [z.polygon for z in layout.zones if z.use is ZoneUse.FORBIDDEN]
        self._wires = [wire.line for wire in layout.tripwires]
        self._lanes = [(Path(lane.line), lane.width / 2 + 0.3) for lane in layout.lanes]
        self._crossings = [
            (Path((w.line[0], w.line[-1])), w.width / 2 + 1.0)
            for w in layout.walks
            if w.kind is WalkKind.CROSSING
        ]
        self._spots: dict[int, tuple[float, float]] = {}
        self.last: dict[EventKind, float] = {}

    def see(self, actors: Iterable[Actor], now: float) -> frozenset[EventKind]:
        """What has been true within the last seconds."""
        for actor in actors:
            if actor.kind is not ActorKind.PERSON:
                continue
            spot, before = (actor.x, actor.y), self._spots.get(actor.id)
            self._spots[actor.id] = spot
            if any(inside(spot, zone) for zone in self._zones):
                self.last[EventKind.INTRUSION] = now
            if before and any(cross_at(before, spot, *wire) is not None for wire in self._wires):
                self.last[EventKind.LINE_CROSSING] = now
            if self._near(spot, self._lanes) and not self._near(spot, self._crossings):
                self.last[EventKind.JAYWALKING] = now
        return frozenset(kind for kind, last in self.last.items() if now - last <= EXCUSES_S)

    @staticmethod
    def _near(spot: tuple[float, float], paths: Sequence[tuple[Path, float]]) -> bool:
        for path, half in paths:
            s, off = path.project(*spot)
            if abs(off) < half and -0.5 < s < path.length + 0.5:
                return True
        return False


def events_for(layout: Layout, seed: int) -> list[SceneEvent]:
    """One event of each kind the layout has a place for."""
    sight = Sight(layout)
    found = []
    for kind, at in TIMES.items():
        event = SceneEvent(kind=kind, at=at, duration=30.0)
        try:
            place(event, layout, sight, seed)
        except ConfigurationError:
            continue
        found.append(event)
    return found


@dataclass
class Film:
    """A run of a layout: what a perfect detector finds in each frame, and what is true.

    Attributes:
        bodies: by frame and camera.
        excuses: by frame, what is true by geometry.
        slow: by frame, vehicles that crawl or stand: id and place.
    """

    name: str
    seed: int
    truths: tuple[TrueEvent, ...] = ()
    bodies: list[dict[str, list[Body]]] = field(default_factory=list)
    excuses: list[frozenset[EventKind]] = field(default_factory=list)
    slow: list[list[tuple[int, float, float]]] = field(default_factory=list)


def record(name: str, seed: int) -> Film:
    """Lets a layout run."""
    layout = load_layout(name)
    hour = 8.0 + 11 * (seed % 5) / 5
    plan = Plan(layout, World(seed, 1.0, hour), seed, events_for(layout, seed))
    sight = Sight(layout)
    cameras = [CityCamera(layout, pole, sight) for pole in layout.cameras]
    film, truths = Film(name, seed), Truths(layout)
    for frame in range(int((max(TIMES.values()) + 100 + QUIET_S) * RATE)):
        now = frame / RATE
        actors = plan.at(now).actors
        film.excuses.append(truths.see(actors, now))
        film.slow.append(
            [(a.id, a.x, a.y) for a in actors if a.kind in VEHICLES and abs(a.speed) < 1.92]
        )
        film.bodies.append({camera.name: camera.bodies(actors) for camera in cameras})
    film.truths = plan.happened()
    return film


def run(name: str, seed: int) -> Result:
    """One run of a layout, recorded and judged."""
    return judge(record(name, seed))


def judge(film: Film) -> Result:
    """What the situations tell of a film, camera by camera and tracker by tracker."""
    layout = load_layout(film.name)
    sight = Sight(layout)
    hours = len(film.bodies) / RATE * len(layout.cameras) / 3600
    result = Result(defaultdict(Outcome), hours, [], 0, 0.0)
    for number, pole in enumerate(layout.cameras):
        camera = CityCamera(layout, pole, sight)
        seen: dict[int, set[int]] = defaultdict(set)
        for frame, bodies in enumerate(film.bodies):
            for body in bodies[pole.name]:
                seen[body.actor].add(frame)
        windows = [(truth, _onset(truth, seen, film.slow)) for truth in film.truths]
        for how, (every, jitter, missed, switches) in TRACKERS.items():
            tracker = Tracker(film.seed * 7 + number, jitter, missed, switches)
            alerts = _alerts(film, camera, tracker, every, result)
            _score(result, f"{film.name}/{film.seed} {pole.name}", how, windows, alerts)
    return result


def _alerts(
    film: Film, camera: CityCamera, tracker: Tracker, every: float, result: Result
) -> list[tuple[Alert, bool]]:
    """What is raised on a camera, and whether geometry excuses it."""
    rules = [rule.model_copy(update={"enabled": True}) for rule in load_situation_rules()]
    memory, alerts = Memory(), []
    for frame, shown in enumerate(film.bodies):
        if int((frame + 1) / every) == int(frame / every):
            continue
        now, bodies = frame / RATE, shown[camera.name]
        look = Look(T0 + timedelta(seconds=now), camera.size, tracker.tracks(bodies, now))
        begin = time.process_time()
        memory, told = step(rules, camera.view, memory, look)
        result.seconds += time.process_time() - begin
        result.looks += 1
        for one in told:
            if one.signal.phase is Phase.RAISED:
                kind = EventKind(one.signal.situation)
                box = tuple(round(edge) for edge in one.signal.boxes[0])
                who = tuple(b.actor for b in bodies if _same(b.box, box))
                alert = Alert(kind, now, who, f"{one.signal.words} {box}")
                alerts.append((alert, kind in film.excuses[frame]))
    return alerts


VEHICLES = {ActorKind.CAR, ActorKind.BUS, ActorKind.TRUCK, ActorKind.MOTORCYCLE}


def _same(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return sum(abs(x - y) for x, y in zip(a, b, strict=True)) < 14


def _onset(
    truth: TrueEvent, seen: dict[int, set[int]], slow: list[list[tuple[int, float, float]]]
) -> float | None:
    """When an event begins for a camera; None where it does not see enough of it."""
    kind, actors = truth.kind, truth.actors
    end = truth.end if truth.end is not None else truth.onset + 30
    begin, stop = _NEEDED.get(kind, (0.0, 8.0))
    stop = min(stop, max(1.0, end - truth.onset))
    frames = range(round((truth.onset + begin) * RATE), round((truth.onset + stop) * RATE))

    def shown(actor: int) -> bool:
        return sum(frame in seen[actor] for frame in frames) >= 0.8 * len(frames)

    if kind is EventKind.WRONG_WAY:
        whole = range(round(truth.onset * RATE), round(end * RATE))
        times = [frame for frame in whole if frame in seen[actors[0]]]
        return times[0] / RATE if len(times) >= 4 * RATE else None
    if kind is EventKind.CONGESTION:
        jams = [
            sum(
                frame in seen[ident] and distance((x, y), (truth.x, truth.y)) < 25
                for ident, x, y in slow[frame]
            )
            for frame in frames
        ]
        return truth.onset if sum(jam >= 3 for jam in jams) >= 0.8 * len(jams) else None
    if kind is EventKind.CROWD:
        return truth.onset if sum(map(shown, actors)) >= 10 else None
    needed = {EventKind.ABANDONMENT: actors[1:2], EventKind.FIRE: actors[1:2]}
    needed[EventKind.FIGHTING] = actors[:2]
    return truth.onset if all(map(shown, needed.get(kind, actors[:1]))) else None


_NEEDED = {
    EventKind.LOITERING: (-62.0, 1.0),
    EventKind.LINE_CROSSING: (-2.5, 2.0),
    EventKind.JAYWALKING: (-1.0, 8.0),
}
"""From when to when an event must be seen, seconds from its onset."""


def _score(
    result: Result,
    where: str,
    how: str,
    windows: Sequence[tuple[TrueEvent, float | None]],
    alerts: Sequence[tuple[Alert, bool]],
) -> None:
    used: set[int] = set()
    for truth, onset in windows:
        if onset is None:
            continue
        outcome = result.outcomes[how, truth.kind]
        hits = [
            i
            for i, (alert, _) in enumerate(alerts)
            if i not in used
            and alert.kind is truth.kind
            and onset - EARLY_S <= alert.at <= onset + LATEST_S
        ]
        if hits:
            used.add(hits[0])
            outcome.delays.append(alerts[hits[0]][0].at - onset)
        else:
            outcome.missed += 1
            result.notes.append(f"{where} {how}: MISSED {truth.kind} at {onset:.1f} {truth}")
    for i, (alert, excused) in enumerate(alerts):
        if i in used:
            continue
        unseen = any(
            onset is None
            and truth.kind is alert.kind
            and truth.onset - EARLY_S <= alert.at <= (truth.end or math.inf) + 5
            for truth, onset in windows
        )
        if unseen or excused:
            result.outcomes[how, alert.kind].excused += 1
        else:
            result.outcomes[how, alert.kind].false += 1
            result.notes.append(f"{where} {how}: FALSE {alert.kind} at {alert.at:.1f} {alert}")


def main() -> None:
    """Runs all and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--layouts", default=",".join(shipped_layouts()))
    parser.add_argument("-v", "--verbose", action="store_true")
    args = parser.parse_args()
    names = args.layouts.split(",")
    tasks = [(n, args.first + s) for s in range(args.seeds) for n in names]
    with ProcessPoolExecutor(args.jobs, get_context("spawn")) as crew:
        results = list(crew.map(run, *zip(*tasks, strict=True)))
    total: dict[tuple[str, EventKind], Outcome] = defaultdict(Outcome)
    for result in results:
        for key, outcome in result.outcomes.items():
            total[key].add(outcome)
        if args.verbose:
            print("\n".join(result.notes))
    hours = sum(result.hours for result in results)
    _print(total, hours)
    looks, spent = sum(r.looks for r in results), sum(r.seconds for r in results)
    print(f"{hours:.1f} camera-hours; {1e6 * spent / looks:.0f} us of processor a look")


def _print(total: dict[tuple[str, EventKind], Outcome], hours: float) -> None:
    for how in TRACKERS:
        print(
            f"\n{how}\n\n| situation | n | recall | precision | F1 | delay s | false/h | excused |"
        )
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        for kind in TIMES:
            one = total[how, kind]
            delay = statistics.median(one.delays) if one.delays else math.nan
            extra = "*" if kind in NEEDS_A_MODEL else ""
            print(
                f"| {kind}{extra} | {len(one.delays) + one.missed} | {one.recall:.2f} "
                f"| {one.precision:.2f} | {one.f1:.2f} | {delay:.1f} "
                f"| {one.false / hours:.2f} | {one.excused} |"
            )


if __name__ == "__main__":
    main()
