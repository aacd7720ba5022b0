"""What opened chapters say of situations, whatever order they are given in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analytics.evaluation.events import Watched
from analytics.evaluation.situations import score_situations
from analytics.evaluation.truth_events import true_run
from analytics.evaluation.watched import without_gaps
from smartopia.alarms.model import Domain
from smartopia.contract.announce import Location
from smartopia.truth.model import Applied, Happened, Record, Schedule, Seal
from smartopia.truth.open import Truth

T0 = datetime(2026, 6, 1, 12, tzinfo=UTC)
RUN, DIGEST = "20260601t120000z-0a1b2c3d", "0" * 64
SITUATIONS = {"intrusion", "fire", "camera_frozen"}


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def a_chapter(number: int, **record: Any) -> Truth:
    begin, end = at(15 * number), at(15 * number + 15)
    schedule = Schedule(
        run=RUN, chapter=number, scenario="s", scenario_digest=DIGEST, seed=1,
        begins_at=begin, ends_at=end, played_from=begin, played_until=end,
        salt=DIGEST, events=(), conditions=(),
    )  # fmt: skip
    told = Record(
        run=RUN, chapter=number, schedule_digest=DIGEST, ended_at=end, sealed_at=begin,
        clock_offset=0, counts={"west": {"frames": 9}, "thermometer": {"observations": 9}},
        **{"applied": (), **record},
    )  # fmt: skip
    seal = Seal(run=RUN, chapter=number, digest=DIGEST, begins_at=begin, ends_at=end, sealed_at=T0)
    return Truth(schedule, told, seal)


def happened(
    name: str, onset: float, end: float | None, *cameras: str, kind: str = "intrusion"
) -> Happened:
    return Happened(
        id=name, kind=kind, domain=Domain.CRIME, scene="gate", cameras=cameras or ("west",),
        location=Location(latitude=37, longitude=127), actors=(1,), onset=at(onset),
        end=None if end is None else at(end),
    )  # fmt: skip


def test_a_camera_that_sees_an_event_far_off_is_not_asked_for_it() -> None:
    one = happened("e", 2, 3, "west").model_copy(update={"far": ("east",)})
    east, west = true_run([a_chapter(0, happened=(one,))], "city", SITUATIONS).events
    assert (east.camera, east.asked) == ("east", False)
    assert (west.camera, west.asked) == ("west", True)


def applied(condition: str, grade: int, begin: float, end: float) -> Applied:
    return Applied(
        device="west", condition=condition, grade=grade, begins_at=at(begin), ends_at=at(end)
    )


def test_an_event_is_one_for_each_camera_under_the_conditions_at_its_onset() -> None:
    fog = applied("fog", 3, 1, 5), applied("fog", 2, 0, 9), applied("rain", 1, 6, 9)
    chapter = a_chapter(0, happened=(happened("e", 2, 3, "west", "east"),), applied=fog)
    east, west = true_run([chapter], "city", SITUATIONS).events
    assert (east.camera, east.conditions) == ("east", ())
    assert (west.id, west.kind, west.site) == (f"{RUN}/e", "intrusion", "city")
    assert (west.onset, west.end, west.conditions) == (at(2), at(3), (("fog", 3),))


def test_an_event_that_reaches_into_the_next_chapter_is_one() -> None:
    chapters = [
        a_chapter(0, happened=(happened("e", 14, None),)),
        a_chapter(1, happened=(happened("e", 14, 17),)),
    ]
    for some in (chapters, chapters[::-1]):
        (event,) = true_run(some, "city", SITUATIONS).events
        assert (event.onset, event.end) == (at(14), at(17))


def test_what_no_situation_tells_is_counted_apart() -> None:
    chapter = a_chapter(0, happened=(happened("a", 1, 2, kind="accident"), happened("e", 2, 3)))
    run = true_run([chapter], "city", SITUATIONS)
    assert [one.kind for one in run.events] == ["intrusion"]
    assert run.untold == {"accident": 1}


def test_a_fault_of_the_camera_is_an_event_of_its_own() -> None:
    chapters = [
        a_chapter(0, applied=(applied("frozen", 5, 10, 15), applied("frozen", 1, 1, 2))),
        a_chapter(1, applied=(applied("frozen", 5, 15, 20),)),
    ]
    (event,) = true_run(chapters, "city", SITUATIONS).events
    assert (event.kind, event.onset, event.end) == ("camera_frozen", at(10), at(20))


def test_what_is_covered_is_parted_where_conditions_change() -> None:
    run = true_run([a_chapter(0, applied=(applied("rain", 2, 5, 30),))], "city", SITUATIONS)
    assert [(one.camera, one.begin, one.end, one.conditions) for one in run.covered] == [
        ("west", at(0), at(5), ()),
        ("west", at(5), at(15), (("rain", 2),)),
    ]


def test_only_what_both_truth_and_platform_know_of_is_scored() -> None:
    run = true_run([a_chapter(0, happened=(happened("e", 7, 8),))], "city", SITUATIONS)
    seen = [
        Watched("city", "west", at(-5), at(6), model="m", rules={"intrusion": "d"}),
        Watched("city", "west", at(6.5), at(20), model="m", rules={"intrusion": "d"}),
    ]
    spans = without_gaps(run.covered, seen)
    assert [(one.begin, one.end, one.model) for one in spans] == [
        (at(0), at(6), "m"),
        (at(6.5), at(15), "m"),
    ]
    score = score_situations(run.events, [], spans).whole
    assert score.counts.missed == 1
    assert score.false_per_day.days == pytest.approx(14.5 / 1440)
