"""Rows as the API tells them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from control_center.views import (
    alert_view,
    image_view,
    report_view,
    thing_view,
    time_or_none,
    transition_view,
)
from devices_sim.check.report import judge
from tests.support.transcripts import transcript

NOW = datetime(2026, 6, 1, 9, tzinfo=timezone(timedelta(hours=9)))
TOLD = "2026-06-01T00:00:00.000000Z"
ALERT: dict[str, Any] = {
    "id": 4,
    "version": 2,
    "key": "river-level-alert:7",
    "rule": "river-level-alert",
    "rule_digest": "abc",
    "domain": "disaster",
    "severity": "Moderate",
    "urgency": "Expected",
    "certainty": "Observed",
    "title": "River above alert level",
    "description": "water_level 5.1 m",
    "guidance": "Close the riverside paths.",
    "source": "own",
    "acknowledged_by": None,
    "resolved_by": None,
    "disposition": None,
    "false_reason": None,
    "note": None,
    "occurrences": 2,
    "active": True,
    "onset": NOW,
    "raised_at": NOW,
    "cleared_at": None,
    "acknowledged_at": None,
    "resolved_at": None,
    "evidence": {"phenomenon_time": TOLD},
    "thing_id": 3,
    "site": "gimpo",
    "thing_name": "river-1",
    "thing_title": "Han river",
    "kind": "river-gauge",
    "latitude": 37.6,
    "longitude": 126.7,
    "clock": "live",
    "datastream_id": 7,
    "datastream_name": "level",
    "observed_property": "water_level",
    "unit": "m",
}
STREAM: dict[str, Any] = {
    "id": 7,
    "name": "level",
    "observed_property": "water_level",
    "unit": "m",
    "period_s": 1.0,
    "range_low": 0.0,
    "range_high": 12.0,
    "latest_time": "2026-06-01T09:00:00+09:00",
    "latest_result": 2.5,
    "latest_quality": 1,
}
THING: dict[str, Any] = {
    "id": 3,
    "site": "gimpo",
    "name": "river-1",
    "title": None,
    "kind": "river-gauge",
    "latitude": None,
    "longitude": None,
    "clock": "live",
    "state": "online",
    "state_note": None,
    "state_at": NOW,
    "last_seen": None,
    "datastreams": [STREAM],
    "frame_rate": None,
    "stage": "sandbox",
    "staged_at": None,
    "staged_by": None,
    "announce_digest": "d1",
    "check_at": None,
    "check_grade": None,
    "check_passed": None,
    "check_announce_digest": None,
    "refused_last_hour": None,
}
CHECKED = {
    "check_at": NOW,
    "check_grade": "B",
    "check_passed": True,
    "check_announce_digest": "d1",
}


def test_an_alert_is_told_with_its_device_and_datastream() -> None:
    told = alert_view(ALERT)
    assert (told["id"], told["version"], told["occurrences"], told["active"]) == (4, 2, 2, True)
    assert (told["onset"], told["raised_at"], told["cleared_at"]) == (TOLD, TOLD, None)
    assert told["phenomenon_time"] == TOLD
    assert told["thing"]["name"] == "river-1"
    assert told["thing"]["title"] == "Han river"
    assert told["datastream"] == {
        "id": 7,
        "name": "level",
        "observed_property": "water_level",
        "unit": "m",
    }
    json.dumps(told, allow_nan=False)


def test_an_alert_of_a_camera_has_no_datastream() -> None:
    none = dict.fromkeys(("datastream_id", "datastream_name", "observed_property", "unit"))
    assert alert_view(ALERT | none)["datastream"] is None


def test_an_alert_without_evidence_of_its_time_is_told_all_the_same() -> None:
    assert alert_view(ALERT | {"evidence": {}})["phenomenon_time"] is None


@pytest.mark.parametrize("instant", [None, NOW])
def test_a_time_is_told_in_utc_or_not_at_all(instant: datetime | None) -> None:
    assert time_or_none(instant) == (TOLD if instant else None)


def test_a_step_of_an_alert_says_what_happened_when_and_by_whom() -> None:
    row = {"id": 9, "kind": "acknowledged", "at": NOW, "actor": "kim", "note": "going there"}
    told = transition_view(row | {"phenomenon_time": None})
    assert told.items() >= (row | {"at": TOLD}).items()


def test_a_picture_is_told_without_its_pixels() -> None:
    row = {
        "id": 5,
        "taken_at": NOW,
        "width": 640,
        "height": 480,
        "boxes": [{"label": "person", "score": 0.9, "box": [1, 2, 3, 4]}],
        "zone": [[0, 0], [1, 0], [1, 1]],
        "detector": "yolo11n.pt",
        "jpeg": b"\xff\xd8",
    }
    told = image_view(row)
    assert told["url"] == "/api/v1/images/5"
    assert told["taken_at"] == TOLD
    assert "jpeg" not in told
    json.dumps(told)


def test_a_device_is_told_with_its_newest_values() -> None:
    told = thing_view(THING)
    assert (told["state"], told["state_at"], told["last_seen"]) == ("online", TOLD, None)
    assert told["frames"] is None
    (stream,) = told["datastreams"]
    assert stream["latest"] == {"time": TOLD, "result": 2.5, "quality": 1}
    assert (stream["range"], stream["period"]) == ([0, 12], 1)
    json.dumps(told, allow_nan=False)


def test_a_datastream_that_never_reported_has_no_newest_value() -> None:
    silent = STREAM | dict.fromkeys(("latest_time", "latest_result", "latest_quality"))
    (stream,) = thing_view(THING | {"datastreams": [silent]})["datastreams"]
    assert stream["latest"] is None


def test_a_range_that_was_not_announced_is_not_made_up() -> None:
    bare = STREAM | {"range_low": None, "range_high": None}
    (stream,) = thing_view(THING | {"datastreams": [bare]})["datastreams"]
    assert stream["range"] is None


def test_a_camera_is_told_with_its_rate_and_perhaps_no_datastreams() -> None:
    told = thing_view(THING | {"datastreams": None, "frame_rate": 5.0})
    assert told["frames"] == {"rate": 5}
    assert told["datastreams"] == []


def test_times_are_instants_again_for_a_reader() -> None:
    told = alert_view(ALERT)
    assert datetime.fromisoformat(told["onset"]) == NOW.astimezone(UTC)


def test_a_device_without_a_title_goes_by_its_name() -> None:
    assert thing_view(THING)["title"] == "river-1"
    assert alert_view(ALERT | {"thing_title": None})["thing"]["title"] == "river-1"


def test_a_device_is_told_with_its_stage_and_why_it_is_held_back() -> None:
    fresh = thing_view(THING)
    assert (fresh["stage"], fresh["check"]) == ("sandbox", None)
    assert "smartopia device check river-1" in fresh["held_back"]
    passed = thing_view(THING | CHECKED)
    assert passed["check"] == {"at": TOLD, "grade": "B", "passed": True, "current": True}
    assert passed["held_back"] is None
    failed = thing_view(THING | CHECKED | {"check_grade": "F", "check_passed": False})
    assert "grade F" in failed["held_back"]
    changed = thing_view(THING | CHECKED | {"announce_digest": "d2"})
    assert changed["check"]["current"] is False
    assert changed["held_back"] is not None


def test_refusals_are_told_with_what_to_do() -> None:
    at = NOW.isoformat()
    counted = [
        {"reason": "absurd_time", "count": 12, "at": at, "detail": "2 h ahead"},
        {"reason": "not_permitted", "count": 1, "at": at, "detail": "no"},
    ]
    told = thing_view(THING | {"refused_last_hour": counted})["refused_last_hour"]
    assert [(item["reason"], item["count"], item["at"]) for item in told] == [
        ("absurd_time", 12, TOLD),
        ("not_permitted", 1, TOLD),
    ]
    assert "clock" in told[0]["mend"]
    # The broker refuses for reasons of its own.
    assert told[1]["mend"] is None


@pytest.mark.parametrize("report", [{}, {"findings": None}, {"findings": [3, "x"]}])
def test_a_report_of_another_shape_is_no_error(report: dict[str, Any]) -> None:
    assert report_view(report) == []


def test_a_report_is_told_by_its_assertions() -> None:
    item = {"number": 7, "level": "MUST", "title": "is there", "outcome": "fail", "seen": "gone"}
    assert report_view({"findings": [item]}) == [item | {"number": "7", "mend": ""}]


def test_what_a_real_check_found_is_told_whole() -> None:
    report = judge(transcript(), "running")
    told = report_view(report.model_dump(mode="json"))
    assert [item["number"] for item in told] == [one.number for one in report.findings]
    assert {item["outcome"] for item in told} <= {"pass", "fail", "not tried", "note"}
    assert any(item["outcome"] == "pass" for item in told)
