"""A chapter's schedule holds all that touches it; the recorder keeps what really was."""

from __future__ import annotations

import math
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices_sim.cameras.scene.plan import EventKind
from devices_sim.cameras.scene.programme import Occurred, programme
from devices_sim.clock import RunClock
from devices_sim.conditions.model import Span
from devices_sim.truth.recorder import Recorder
from devices_sim.truth.schedule import DOMAINS, Chapter, Plan, schedule
from devices_sim.world.incident import Incident, IncidentKind
from devices_sim.world.place import Place
from smartopia.alarms.model import Domain
from smartopia.truth.canonical import digest
from smartopia.truth.model import Box, Frame, Schedule
from tests.support.scenes import loaded, yard
from tests.support.truth import BEGIN, RUN, at

CLOCK = RunClock(BEGIN, 0.0)
HALL = Place(37.63, 126.71)


def _incident(
    begin: float, duration: float, cycle: float | None = None, kind: str = "fire"
) -> Incident:
    return Incident(IncidentKind(kind), HALL, 200.0, begin, duration, 1.0, cycle)


def _schedule(
    number: int, *incidents: Incident, spans: tuple[Span, ...] = (), salt: str = "5" * 64
) -> Schedule:
    plan = Plan("city", "c" * 64, 7, incidents, spans)
    return schedule(plan, Chapter(RUN, number, number * 900, (number + 1) * 900), CLOCK, salt)


@pytest.mark.parametrize(
    ("begin", "end", "chapters"),
    [
        (0, 10, [0]),
        (890, 900, [0]),
        (899.9, 900.1, [0, 1]),
        (900, 901, [1]),
        (10, 2000, [0, 1, 2]),
    ],
)
def test_an_event_is_in_every_chapter_it_touches(
    begin: float, end: float, chapters: list[int]
) -> None:
    found = {n: _schedule(n, _incident(begin, end - begin)).events for n in range(4)}
    assert [n for n, events in found.items() if events] == chapters
    (event,) = found[chapters[0]]
    assert (event.id, event.kind, event.domain) == ("fire-0.0", "fire", Domain.DISASTER)
    assert event.begins_at == at(begin)
    assert event.ends_at == at(begin) + timedelta(seconds=end - begin)
    # It is the same event in each of them.
    assert {found[n][0] for n in chapters} == {event}


@given(
    begin=st.integers(0, 3000),
    duration=st.integers(1, 1200),
    cycle=st.integers(50, 2000),
    number=st.integers(0, 6),
)
def test_what_comes_again_is_there_each_time(
    begin: int, duration: int, cycle: int, number: int
) -> None:
    first, last = number * 900, (number + 1) * 900
    events = _schedule(number, _incident(begin, duration, cycle)).events
    turns = [
        turn
        for turn in range(200)
        if begin + turn * cycle < last and begin + turn * cycle + duration > first
    ]
    assert sorted(event.id for event in events) == sorted(f"fire-0.{turn}" for turn in turns)
    for event in events:
        turn = int(event.id.split(".")[1])
        assert event.begins_at == at(begin + turn * cycle)


def test_events_that_nobody_is_warned_of_have_no_domain() -> None:
    fire, heat = _schedule(0, _incident(1, 9), _incident(2, 9, kind="heatwave")).events
    assert (fire.domain, heat.domain) == (Domain.DISASTER, None)
    assert heat.id == "heatwave-1.0"


def test_of_every_kind_of_incident_it_is_said_whom_it_concerns() -> None:
    assert set(DOMAINS) == set(IncidentKind)


def test_conditions_are_scheduled_too_and_may_outlast_the_run() -> None:
    spans = (
        Span("river-1", "drift", 3, 60, 120),
        Span("cctv-1", "fog", 5),
        Span("river-1", "gap", 1, 900, 930),
    )
    drift, fog = _schedule(0, spans=spans).conditions
    assert (drift.device, drift.condition, drift.grade) == ("river-1", "drift", 3)
    assert (drift.begins_at, drift.ends_at) == (at(60), at(120))
    assert (fog.begins_at, fog.ends_at) == (at(0), None)
    assert [c.condition for c in _schedule(1, spans=spans).conditions] == ["fog", "gap"]


def test_the_same_plan_gives_the_same_digest_but_for_its_salt() -> None:
    one, same, salted = (
        digest(_schedule(0, _incident(1, 9), salt=salt * 64).as_json()) for salt in "556"
    )
    assert one == same != salted


def test_what_is_still_on_is_cut_in_two_at_the_end_of_a_chapter() -> None:
    recorder, fog = Recorder(), Span("cctv-1", "fog", 2, 100)
    recorder.applied(fog)
    recorder.applied(Span("river-1", "drift", 3, 60.2, 120))
    assert recorder.take(900).applied == (
        Span("river-1", "drift", 3, 60.2, 120),
        Span("cctv-1", "fog", 2, 100, 900),
    )
    assert recorder.take(1800).applied == (Span("cctv-1", "fog", 2, 900, 1800),)
    recorder.applied(Span("cctv-1", "fog", 2, 100, 1850))
    assert recorder.take(2700).applied == (Span("cctv-1", "fog", 2, 1800, 1850),)
    assert recorder.take(3600).applied == ()


def test_what_was_only_told_once_over_is_told_whole() -> None:
    recorder = Recorder()
    recorder.take(900)
    recorder.applied(Span("river-1", "drift", 3, 60, 1000))
    assert recorder.take(1800).applied == (Span("river-1", "drift", 3, 60, 1000),)


def test_counts_and_frames_begin_anew_with_each_chapter() -> None:
    recorder, box = Recorder(), Box(label="car", box=(0, 0, 9, 9))
    for _ in range(3):
        recorder.count("river-1", "observations")
    recorder.count("cctv-1", "frames", 5)
    recorder.frame("cctv-1", at(1), [box])
    taken = recorder.take(900)
    assert taken.counts == {"cctv-1": {"frames": 5}, "river-1": {"observations": 3}}
    frames = [Frame.model_validate_json(frame) for frame in taken.frames()]
    assert [(frame.device, frame.boxes) for frame in frames] == [("cctv-1", (box,))]
    again = recorder.take(1800)
    assert (again.counts, again.packed) == ({}, ())


def test_nothing_noted_from_another_thread_is_lost() -> None:
    recorder, sums = Recorder(), 0

    def note() -> None:
        for _ in range(2000):
            recorder.count("cctv-1", "frames")

    threads = [threading.Thread(target=note) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        sums += recorder.take(math.inf).counts.get("cctv-1", {}).get("frames", 0)
    assert sums + recorder.take(math.inf).counts.get("cctv-1", {}).get("frames", 0) == 8000


def test_the_clock_tells_how_far_the_machines_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = RunClock.beginning(2.0)
    assert clock.now() == pytest.approx(-2, abs=0.1)
    assert clock.offset() == pytest.approx(0, abs=0.1)
    later = RunClock(clock.start - timedelta(seconds=30), clock.zero)
    assert later.offset() == pytest.approx(30, abs=0.1)
    again = later.set_anew()
    assert again.offset() == pytest.approx(0, abs=0.1)
    assert again.now() == pytest.approx(later.now(), abs=0.1)


def _collapse(end: float | None) -> Occurred:
    place = Place(37.6, 126.7)
    return Occurred("a-collapse-0.0", EventKind.COLLAPSE, "a", 880, end, place, ("cam",), (7,))


def test_an_event_of_a_scene_is_told_in_each_chapter_it_is_on_in() -> None:
    recorder = Recorder()
    recorder.happened(_collapse(None))
    assert recorder.take(900).happened == (_collapse(None),)
    recorder.happened(_collapse(920))
    assert recorder.take(1800).happened == (_collapse(920),)
    recorder.happened(_collapse(920))
    assert recorder.take(2700).happened == (), "told again by a renderer that began anew"


def test_scene_events_are_scheduled_where_and_when_they_are_meant(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, yard("{kind: intrusion, at: 5, duration: 20}", "cycle: 60"))
    played = programme(scenario.scenes[0], scenario.seed, scenario.cycle)
    plan = Plan("yard", "c" * 64, 1, programmes=(played,))
    found = schedule(plan, Chapter(RUN, 1, 60, 120), CLOCK, "5" * 64).events
    assert [(event.id, event.domain) for event in found] == [("yard-intrusion-0.1", "crime")]
    assert (found[0].begins_at, found[0].ends_at) == (at(65), at(85))
    assert found[0].scene == "yard"
    assert abs(found[0].location.latitude - 37.6094) < 0.001
