"""What the shipped situations tell of a film, held against what is truly so in it."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from analytics.vision.situations.catalogue import load_situation_rules
from analytics.vision.situations.model import Look, Phase
from analytics.vision.situations.watch import Memory, step
from devices_sim.cameras.scene.plan import EventKind, TrueEvent
from devices_sim.cameras.scene.plan.jams import Jams
from devices_sim.cameras.scene.plan.sight import Sight
from tests.bench.situations_city import CityCamera, Tracker
from tests.bench.situations_film import RATE, Film

T0 = datetime(2026, 6, 1, 4, tzinfo=UTC)
LATEST_S, EARLY_S = 10.0, 2.0  # as the evaluator has it
_LIKE_S = 5.0  # so long after it did the like an actor excuses an alert
_AFTER_S = 5.0
_DRIVES_S = 4.0
TRACKERS = {
    "perfect, 5/s": (1, 0.0, 0.0, 0.0),
    "noisy, 5/s": (1, 2.0, 0.1, 0.05),
    "noisy, 1/s": (5, 2.0, 0.1, 0.05),
}
"""By name: each how manieth frame, jitter (px), share missed, new ids a second."""


@dataclass
class Outcome:
    """What became of the events and alerts of one kind."""

    delays: list[float] = field(default_factory=list)
    missed: int = 0
    false: int = 0
    excused: int = 0

    @property
    def events(self) -> int:
        return len(self.delays) + self.missed

    @property
    def recall(self) -> float:
        return len(self.delays) / self.events if self.events else math.nan

    @property
    def precision(self) -> float:
        raised = len(self.delays) + self.false
        return len(self.delays) / raised if raised else math.nan

    @property
    def f1(self) -> float:
        both = 2 * len(self.delays)
        return both / (both + self.missed + self.false) if self.events else math.nan

    def add(self, other: Outcome) -> None:
        self.delays += other.delays
        self.missed += other.missed
        self.false += other.false
        self.excused += other.excused


@dataclass
class Result:
    """One film: outcomes by tracker and kind, hours of camera, processor time of its looks."""

    outcomes: dict[str, dict[str, Outcome]]
    hours: float
    notes: list[str] = field(default_factory=list)
    looks: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class _Alert:
    kind: EventKind
    at: float
    who: frozenset[int]
    words: str


@dataclass(frozen=True)
class _Window:
    """An event as one camera has it: its onset there, None where it sees too little of it."""

    truth: TrueEvent
    who: frozenset[int]
    onset: float | None

    def like(self, alert: _Alert) -> bool:
        """Whether an alert tells of this event's own actors, while it is true."""
        end = math.inf if self.truth.end is None else self.truth.end + _AFTER_S
        same = alert.kind is self.truth.kind and bool(alert.who & self.who)
        return same and self.truth.onset - EARLY_S <= alert.at <= end


def judge(film: Film) -> Result:
    """What is told of a film, camera by camera and tracker by tracker."""
    sight, cameras = Sight(film.layout), film.layout.cameras
    result = Result({}, len(film.bodies) / RATE * len(cameras) / 3600)
    for how, (every, jitter, missed, switches) in TRACKERS.items():
        outcomes: dict[str, Outcome] = defaultdict(Outcome)
        for number, pole in enumerate(cameras):
            camera = CityCamera(film.layout, pole, sight)
            windows = _windows(film, camera)
            tracker = Tracker(film.seed * 7 + number, jitter, missed, switches)
            alerts = _alerts(film, camera, tracker, every, result)
            notes = _score(film, windows, alerts, outcomes)
            where = f"{film.layout.name}/{film.seed} {camera.name} {how}"
            result.notes += [f"{where}: {note}" for note in notes]
        result.outcomes[how] = dict(outcomes)
    return result


def _alerts(
    film: Film, camera: CityCamera, tracker: Tracker, every: int, result: Result
) -> list[_Alert]:
    """What is raised on a camera, and by whom."""
    rules = [rule.model_copy(update={"enabled": True}) for rule in load_situation_rules()]
    memory, alerts = Memory(), []
    for frame in range(0, len(film.bodies), every):
        now, bodies = frame / RATE, film.bodies[frame][camera.name]
        look = Look(T0 + timedelta(seconds=now), camera.size, tracker.tracks(bodies, now))
        begin = time.process_time()
        memory, told = step(rules, camera.view, memory, look)
        result.seconds += time.process_time() - begin
        result.looks += 1
        for one in told:
            if one.signal.phase is Phase.RAISED:
                who = frozenset(tracker.owners[track] for track in one.signal.tracks)
                kind = EventKind(one.signal.situation)
                alerts.append(_Alert(kind, now, who, one.signal.words))
    return alerts


def _windows(film: Film, camera: CityCamera) -> list[_Window]:
    near: dict[int, set[int]] = defaultdict(set)
    for frame, bodies in enumerate(film.bodies):
        for body in bodies[camera.name]:
            if body.depth < camera.reach:
                near[body.actor].add(frame)
    least = {rule.situation: rule.tuned.size_px for rule in load_situation_rules()}
    seen = {size: _seen(film, camera, size) for size in set(least.values())}
    found = list(_jams(film, near))
    for truth in film.truths:
        who = frozenset(truth.actors)
        if truth.kind is EventKind.WRONG_WAY:
            found.append(_Window(truth, who, _drives(film, truth, near)))
        elif truth.kind is not EventKind.CONGESTION:
            found.append(_Window(truth, who, _onset(truth, seen[least[truth.kind]])))
    return found


def _seen(film: Film, camera: CityCamera, least: float) -> dict[int, set[int]]:
    """In which frames a camera sees an actor as large as that, by its id."""
    seen: dict[int, set[int]] = defaultdict(set)
    for frame, bodies in enumerate(film.bodies):
        for body in bodies[camera.name]:
            x1, y1, x2, y2 = body.box
            if max(x2 - x1, y2 - y1) >= least:
                seen[body.actor].add(frame)
    return seen


def _jams(film: Film, seen: Mapping[int, set[int]] | None = None) -> Iterator[_Window]:
    """The jams of those vehicles a camera sees; of all, if none is given."""
    jams = Jams()
    for frame, slow in enumerate(film.slow):
        shown = [one for one in slow if seen is None or frame in seen[one.actor]]
        jams.see(frame / RATE, [(one.actor, one.at) for one in shown])
    for one in jams.found:
        actors = tuple(one.actors)
        truth = TrueEvent(EventKind.CONGESTION, one.onset, one.end, actors, *one.at)
        yield _Window(truth, frozenset(actors), one.onset)


def _drives(film: Film, truth: TrueEvent, near: dict[int, set[int]]) -> float | None:
    """When a camera begins to see a vehicle drive for some seconds, where its ways are drawn."""
    end, run = truth.end if truth.end is not None else truth.onset + 30, 0
    for frame in range(round(truth.onset * RATE), min(len(film.driving), round(end * RATE))):
        who = truth.actors[0]
        run = run + 1 if frame in near[who] and who in film.driving[frame] else 0
        if run >= _DRIVES_S * RATE:
            return (frame - run + 1) / RATE
    return None


_NEEDED = {
    EventKind.LOITERING: (-62.0, 1.0),
    EventKind.LINE_CROSSING: (-2.5, 2.0),
    EventKind.JAYWALKING: (-1.0, 8.0),
}
"""From when to when an event must be seen, seconds from its onset."""


def _onset(truth: TrueEvent, seen: dict[int, set[int]]) -> float | None:
    """When an event begins for a camera; None where it does not see enough of it."""
    kind, actors = truth.kind, truth.actors
    end = truth.end if truth.end is not None else truth.onset + 30
    begin, stop = _NEEDED.get(kind, (0.0, 8.0))
    stop = min(stop, max(1.0, end - truth.onset))
    frames = range(round((truth.onset + begin) * RATE), round((truth.onset + stop) * RATE))

    def shown(actor: int) -> bool:
        return sum(frame in seen[actor] for frame in frames) >= 0.8 * len(frames)

    if kind is EventKind.CROWD:
        return truth.onset if sum(map(shown, actors)) >= 10 else None
    needed = {EventKind.ABANDONMENT: actors[1:2], EventKind.FIRE: actors[1:2]}
    needed[EventKind.FIGHTING] = actors[:2]
    return truth.onset if all(map(shown, needed.get(kind, actors[:1]))) else None


def _score(
    film: Film,
    windows: Sequence[_Window],
    alerts: Sequence[_Alert],
    outcomes: dict[str, Outcome],
) -> list[str]:
    """Counts hits, misses and false alerts; tells of the latter two in words."""
    notes, used = [], set()
    elsewhere = list(_jams(film))
    for window in windows:
        onset = window.onset
        if onset is None:
            continue
        hit = next(
            (
                i
                for i, alert in enumerate(alerts)
                if i not in used
                and alert.kind is window.truth.kind
                and alert.who & window.who
                and min(onset, window.truth.onset) - EARLY_S <= alert.at <= onset + LATEST_S
            ),
            None,
        )
        if hit is None:
            outcomes[window.truth.kind].missed += 1
            notes.append(f"MISSED {window.truth.kind} at {onset:.1f} of {sorted(window.who)[:4]}")
        else:
            used.add(hit)
            # It may be told before a camera sees so much of it that it has to be.
            outcomes[window.truth.kind].delays.append(round(max(0, alerts[hit].at - onset), 2))
    for i, alert in enumerate(alerts):
        if i in used:
            continue
        unseen = any(window.onset is None and window.like(alert) for window in windows)
        if unseen or _did_the_like(film, alert) or any(jam.like(alert) for jam in elsewhere):
            outcomes[alert.kind].excused += 1
        else:
            outcomes[alert.kind].false += 1
            notes.append(f"FALSE {alert.kind} at {alert.at:.1f} of {sorted(alert.who)[:4]}")
    return notes


def _did_the_like(film: Film, alert: _Alert) -> bool:
    """Whether one the alert is about truly did it just then, though no event says so."""
    last = round(alert.at * RATE)
    frames = film.doing[max(0, last - round(_LIKE_S * RATE)) : last + 1]
    return any(alert.who & doing.get(alert.kind, frozenset()) for doing in frames)
