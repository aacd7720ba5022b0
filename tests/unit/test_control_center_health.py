"""How the city is: what is missing is named, and what follows from it is not repeated."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from control_center.health import BACKLOG, EXPECTED, assess, newest_by_part
from smartopia.bus.health import Heartbeat, Problem, ProcessState

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def beat(part: str, age: float = 0.5, state: str = "ok", **more: Any) -> Heartbeat:
    return Heartbeat.model_validate(
        {
            "part": part,
            "instance": f"{part}-1",
            "pid": 7,
            "at": NOW - timedelta(seconds=age),
            "state": state,
            **more,
        }
    )


WELL = tuple(beat(part) for part in EXPECTED)


def health(
    beats: Iterable[Heartbeat],
    *,
    broker_up: bool = True,
    database_up: bool = True,
    backlog: dict[str, int] | None = None,
) -> dict[str, Any]:
    by_instance = {b.instance: b for b in beats}
    return assess(
        by_instance, NOW, broker_up=broker_up, database_up=database_up, backlog=backlog or {}
    )


def codes(told: dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem["code"], problem["part"]) for problem in told["problems"]]


def without(part: str, *others: Heartbeat) -> list[Heartbeat]:
    return [b for b in WELL if b.part != part] + list(others)


def test_a_city_whose_parts_all_report_is_well() -> None:
    told = health(WELL)
    assert (told["state"], told["problems"]) == ("ok", [])
    assert told["at"] == "2026-06-01T00:00:00.000000Z"
    assert [part["part"] for part in told["parts"]] == sorted(EXPECTED)
    assert {part["state"] for part in told["parts"]} == {"ok"}


@pytest.mark.parametrize(
    ("part", "means"),
    [
        ("ingest", "not stored"),
        ("analytics-rules", "no alerts are raised from sensors"),
        ("analytics-vision", "cameras are not watched"),
        ("analytics-situations", "no alerts are raised from what cameras see"),
    ],
)
def test_a_part_that_never_reported_is_named_with_what_it_means(part: str, means: str) -> None:
    told = health(without(part))
    assert told["state"] == "degraded"
    assert codes(told) == [("part_missing", part)]
    assert told["problems"][0]["severity"] == "critical"
    assert part in told["problems"][0]["text"]
    assert means in told["problems"][0]["text"]


def test_a_part_that_fell_silent_is_named() -> None:
    told = health(without("ingest", beat("ingest", age=4)))
    assert codes(told) == [("part_silent", "ingest")]
    (part,) = [part for part in told["parts"] if part["part"] == "ingest"]
    assert (part["state"], part["age_s"]) == ("missing", 4.0)


def test_a_part_that_is_a_little_late_is_well() -> None:
    assert health(without("ingest", beat("ingest", age=3)))["state"] == "ok"


def test_a_clock_ahead_is_not_shown_as_a_negative_age() -> None:
    told = health(without("ingest", beat("ingest", age=-2)))
    assert told["state"] == "ok"
    assert all(part["age_s"] >= 0 for part in told["parts"])


def test_a_part_nobody_expects_is_missed_once_it_was_there() -> None:
    assert codes(health([*WELL, beat("simulate", age=10)])) == [("part_silent", "simulate")]


def test_a_simulator_that_was_stopped_is_no_problem() -> None:
    told = health([*WELL, beat("simulate", age=30, state="stopped")])
    assert told["problems"] == []
    assert {part["part"]: part["state"] for part in told["parts"]}["simulate"] == "stopped"


def test_a_part_the_city_needs_is_a_problem_even_when_stopped_on_purpose() -> None:
    told = health(without("ingest", beat("ingest", age=10, state="stopped")))
    assert codes(told) == [("part_silent", "ingest")]


def test_what_a_part_says_of_itself_is_passed_on() -> None:
    reasons = (
        Problem(code="detector_missing", text="There is no detector; put it there."),
        Problem(code="database_lost", text="alerts cannot be stored"),
    )
    vision = beat("analytics-vision", state="degraded", reasons=reasons, counters={"frames_in": 5})
    told = health(without("analytics-vision", vision))
    assert codes(told) == [
        ("database_lost", "analytics-vision"),
        ("detector_missing", "analytics-vision"),
    ]
    assert {p["severity"] for p in told["problems"]} == {"warning"}
    assert "There is no detector; put it there." in [p["text"] for p in told["problems"]]
    (part,) = [part for part in told["parts"] if part["part"] == "analytics-vision"]
    assert part["state"] == "degraded"
    assert part["counters"] == {"frames_in": 5}
    assert [reason["code"] for reason in part["reasons"]] == ["detector_missing", "database_lost"]


def test_a_part_that_is_well_may_note_something() -> None:
    noting = beat("analytics-situations", notes=("cam-1: crowd: draw an area",))
    told = health(without("analytics-situations", noting))
    assert (told["state"], told["problems"]) == ("ok", [])
    (part,) = [part for part in told["parts"] if part["part"] == "analytics-situations"]
    assert part["notes"] == ["cam-1: crowd: draw an area"]


def test_reasons_of_a_part_that_fell_silent_are_old_news() -> None:
    old = beat("ingest", age=20, state="degraded", reasons=(Problem(code="disk", text="full"),))
    assert codes(health(without("ingest", old))) == [("part_silent", "ingest")]


def test_without_the_broker_nobody_can_report_and_nobody_is_blamed() -> None:
    told = health([], broker_up=False, backlog={"ingest": 10**6})
    assert codes(told) == [("broker_lost", "broker")]
    assert told["problems"][0]["severity"] == "critical"
    assert told["state"] == "degraded"


def test_a_lost_database_is_told_besides_what_parts_say() -> None:
    told = health(without("ingest"), database_up=False)
    assert codes(told) == [("database_lost", "database"), ("part_missing", "ingest")]


def test_both_servers_lost_are_both_told() -> None:
    told = health(WELL, broker_up=False, database_up=False)
    assert codes(told) == [("broker_lost", "broker"), ("database_lost", "database")]


def test_a_long_backlog_is_a_warning_with_its_length() -> None:
    assert health(WELL, backlog={"rules": BACKLOG})["problems"] == []
    told = health(WELL, backlog={"rules": BACKLOG + 1, "ingest": 3})
    assert codes(told) == [("backlog", "rules")]
    assert str(BACKLOG + 1) in told["problems"][0]["text"]
    assert told["backlog"] == [
        {"cursor": "ingest", "pending": 3},
        {"cursor": "rules", "pending": BACKLOG + 1},
    ]


def test_a_process_that_keeps_dying_is_told_with_why() -> None:
    processes = (
        ProcessState(
            name="ingest", pid=None, state="restarting", restarts=3, last_exit="was killed"
        ),
        ProcessState(name="postgres", pid=9, state="running"),
    )
    told = health([*WELL, beat("supervisor", processes=processes)])
    assert codes(told) == [("restarting", "ingest")]
    assert "was killed" in told["problems"][0]["text"]
    assert "3 times" in told["problems"][0]["text"]
    assert [process["name"] for process in told["processes"]] == ["ingest", "postgres"]


def test_the_gravest_problem_stands_first() -> None:
    reasons = (Problem(code="a", text="a"),)
    beats = [
        beat("analytics-rules", state="degraded", reasons=reasons),
        beat("ingest", age=9),
    ]
    told = health(beats, backlog={"rules": 10_000})
    grave = [problem["severity"] for problem in told["problems"]]
    assert grave == ["critical"] * 3 + ["warning"] * 2


def test_a_part_that_was_started_again_is_judged_by_its_newest_word() -> None:
    old, new = beat("ingest", age=30), beat("ingest").model_copy(update={"instance": "ingest-2"})
    for beats in ([old, new], [new, old]):
        assert newest_by_part(beats)["ingest"].instance == "ingest-2"
        assert health([*without("ingest"), *beats])["problems"] == []


def test_of_several_detectors_each_is_shown_and_one_that_is_ill_is_not_hidden_by_the_others() -> (
    None
):
    slow = (Problem(code="detector_slow", text="The detector looks at 2 of 8 frames a second"),)
    one = beat("analytics-vision", age=1.4, state="degraded", reasons=slow)
    other = beat("analytics-vision", age=0.1).model_copy(update={"instance": "analytics-vision-2"})
    third = one.model_copy(update={"instance": "analytics-vision-3"})
    for beats in ([one, other, third], [third, other, one]):
        told = health(without("analytics-vision", *beats))
        assert codes(told) == [("detector_slow", "analytics-vision")], "once"
        shown = [(p["instance"], p["state"]) for p in told["parts"] if p["part"] == one.part]
        assert shown == [
            ("analytics-vision-1", "degraded"),
            ("analytics-vision-2", "ok"),
            ("analytics-vision-3", "degraded"),
        ]


def test_of_several_those_that_are_gone_are_no_problem() -> None:
    gone = beat("analytics-vision", age=9, state="degraded")
    stopped = beat("analytics-vision", state="stopped")
    rest = [
        one.model_copy(update={"instance": f"analytics-vision-{number}"})
        for number, one in enumerate((gone, stopped, beat("analytics-vision")))
    ]
    told = health(without("analytics-vision", *rest))
    assert told["problems"] == []
    assert [p["state"] for p in told["parts"] if p["part"] == gone.part] == ["ok"]
