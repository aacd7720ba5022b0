"""Reports on situations and on live operation, from files alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics.evaluation.intervals import TOO_FEW
from analytics.evaluation.report.export import Export
from analytics.evaluation.report.field import make_field_report
from analytics.evaluation.report.situations import ROW_COLUMNS, make_situations_report
from analytics.evaluation.report.verify import verify_report
from analytics.evaluation.report.words import counted, what_next
from analytics.evaluation.report.writing import write_report
from devices_sim.truth.files import write_truth
from smartopia.alarms.model import Domain
from smartopia.clock import rfc3339
from smartopia.contract.announce import Location
from smartopia.errors import ConfigurationError, TruthError
from smartopia.reports import Figure, Row, Table
from smartopia.truth.model import Happened, Schedule
from tests.support.reports import a_large_report
from tests.support.truth import a_record, a_schedule, a_seal, at, edit

PLACE = Location(latitude=37.6312, longitude=126.7142)


def an_alert(number: int, seconds: float, **more: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "situation": "intrusion",
        "site": "gimpo",
        "camera": "cctv-1",
        "raised": rfc3339(at(seconds)),
        "rule": "intrusion",
        "rule_digest": "b" * 64,
        "model": "m.onnx sha256:1",
        "disposition": None,
        **more,
    }


def a_run(
    folder: Path,
    alerts: list[dict[str, Any]],
    schedule: Schedule | None = None,
    begin: float = 0.0,
    cameras: int = 1,
    **more: Any,
) -> Path:
    """40 intrusions, every 20 s, of some cameras in turn, and what was told of them."""
    folder.mkdir()
    happened = tuple(
        Happened(
            id=f"e{number}",
            kind="intrusion",
            domain=Domain.CRIME,
            scene="yard",
            location=PLACE,
            cameras=(f"cctv-{1 + number % cameras}",),
            actors=(1,),
            onset=at(begin + 20 + 20 * number),
            end=at(begin + 32 + 20 * number),
        )
        for number in range(40)
    )
    schedule = schedule or a_schedule()
    counts = {f"cctv-{1 + number}": {"frames": 900} for number in range(cameras)}
    record = a_record(schedule, happened=happened, counts=counts, applied=())
    write_truth(folder, schedule, record)
    held = {
        "site": "gimpo",
        "since": rfc3339(schedule.begins_at),
        "until": rfc3339(schedule.ends_at),
        "alerts": alerts,
        "checks": [],
        "misses": [],
        "seals": [a_seal(schedule, record).model_dump(mode="json")],
        **more,
    }
    (folder / "alerts.json").write_text(json.dumps(held))
    return folder


def told(every: int, **more: Any) -> list[dict[str, Any]]:
    """An alert 3 s after each so-manieth intrusion."""
    return [an_alert(n, 23 + 20 * n, **more) for n in range(0, 40, every)]


def test_lab_and_field_are_scored_by_the_same_rules(tmp_path: Path) -> None:
    lab, field = a_run(tmp_path / "lab", told(1)), a_run(tmp_path / "field", told(2))
    report, rows = make_situations_report([lab], [field], ["x"], lambda _: None)
    assert report.whole.lab
    assert report.whole.field
    assert (report.whole.lab["recall"].value, report.whole.lab["recall"].n) == (1, 40)
    assert (report.whole.field["recall"].value, report.whole.field["recall"].n) == (0.5, 40)
    assert report.whole.field["delay"].value == 3
    assert [row[7] for row in rows if row[:2] == ["field", "event"]].count("missed") == 20
    page = write_report(tmp_path / "out", report, (), ROW_COLUMNS, rows)
    assert verify_report(page.with_name("report.json"), lambda _: None) == []


def test_the_headline_allows_for_other_cameras(tmp_path: Path) -> None:
    """Two of four cameras find nothing: of 40 events 20 are found, but not by chance."""
    seen = [
        an_alert(n, 23 + 20 * n, camera=f"cctv-{1 + n % 4}") for n in range(40) if n % 4 in (0, 1)
    ]
    lab = a_run(tmp_path / "lab", seen, cameras=4)
    field = a_run(tmp_path / "field", seen[::2], cameras=4)
    report, _ = make_situations_report([lab], [field], [], lambda _: None)
    assert report.whole.lab
    found = report.whole.lab["recall"]
    assert found.low is not None
    assert found.high is not None
    assert (found.value, found.n) == (0.5, 40)
    assert found.low < 0.2, "Wilson's interval begins at 0.35"
    assert found.high > 0.8
    assert "the intervals overlap" in report.glance[0]


def test_a_run_on_both_sides_is_said_first(tmp_path: Path) -> None:
    lab, field = a_run(tmp_path / "lab", told(1)), a_run(tmp_path / "field", told(2))
    same, _ = make_situations_report([lab], [lab], [], lambda _: None)
    assert (same.problems[0].kind, same.problems[0].side) == ("runs on both sides", None)
    other, _ = make_situations_report([lab], [field], [], lambda _: None)
    assert "runs on both sides" not in {one.kind for one in other.problems}


def test_false_alerts_by_day_can_be_counted_from_the_rows(tmp_path: Path) -> None:
    extra = [an_alert(90 + n, 33.5 + 20 * n) for n in range(5)]
    lab = a_run(tmp_path / "lab", told(1))
    field = a_run(tmp_path / "field", [*told(1), *extra])
    report, rows = make_situations_report([lab], [field], [], lambda _: None)
    assert report.whole.field
    seconds = sum(float(row[9]) for row in rows if row[:2] == ["field", "watched"])
    false = sum(row[:2] == ["field", "alert"] and row[7] == "false" for row in rows)
    told_of = report.whole.field["false_per_day"]
    assert (told_of.n, false) == (5, 5)
    assert told_of.value == pytest.approx(false * 86_400 / seconds)


def test_a_run_that_mixes_models_or_rules_says_so(tmp_path: Path) -> None:
    mixed = [*told(2), an_alert(99, 43, model="n.onnx sha256:2", rule_digest="c" * 64)]
    lab, field = a_run(tmp_path / "lab", told(1)), a_run(tmp_path / "field", mixed)
    report, _ = make_situations_report([lab], [field], [], lambda _: None)
    assert {(one.side, one.kind) for one in report.problems} >= {
        ("field", "mixed models"),
        ("field", "mixed rules"),
    }
    assert not any(one.side == "lab" and "mixed" in one.kind for one in report.problems)


def test_a_truth_that_was_changed_is_refused(tmp_path: Path) -> None:
    lab, field = a_run(tmp_path / "lab", told(1)), a_run(tmp_path / "field", told(2))
    truth = next(p for p in field.glob("*.json") if p.name != "alerts.json")
    edit(truth, lambda content: content["record"]["happened"].pop())
    with pytest.raises(TruthError, match="the record was changed after it was revealed"):
        make_situations_report([lab], [field], [], lambda _: None)


def test_alerts_of_less_time_than_the_truth_are_refused(tmp_path: Path) -> None:
    later = rfc3339(at(0) + timedelta(seconds=60))
    lab = a_run(tmp_path / "lab", told(1), since=later)
    with pytest.raises(ConfigurationError, match="export the alerts of all that time"):
        make_situations_report([lab], [lab], [], lambda _: None)


def test_live_operation_stands_beside_the_lab(tmp_path: Path) -> None:
    lab, field = a_run(tmp_path / "lab", told(1)), a_run(tmp_path / "field", told(2))
    report, rows = make_situations_report([lab], [field], [], lambda _: None)
    page = write_report(tmp_path / "out", report, (), ROW_COLUMNS, rows)
    disposed = [an_alert(n, 20 + n, disposition="true" if n % 4 else "false") for n in range(40)]
    held = json.loads((lab / "alerts.json").read_text()) | {"alerts": disposed}
    Export.model_validate(held)
    (tmp_path / "live.json").write_text(json.dumps(held))
    live, _ = make_field_report(tmp_path / "live.json", page.with_name("report.json"), [])
    assert live.whole.field
    assert live.whole.lab
    assert (live.whole.field["precision"].value, live.whole.field["precision"].n) == (0.75, 40)
    assert live.whole.lab["recall"] == report.whole.lab["recall"] if report.whole.lab else None
    alone, _ = make_field_report(tmp_path / "live.json", None, [])
    assert alone.whole.lab is None
    assert "not measured" in alone.sides[0].told


def spells(*edges: tuple[float, float], rules: tuple[str, ...] = ("intrusion",)) -> dict[str, Any]:
    """When the camera was watched, as it is exported."""
    return {
        "watched": [
            {
                "site": "gimpo",
                "camera": "cctv-1",
                "begin": rfc3339(at(begin)),
                "end": rfc3339(at(end)),
                "frames": 100,
                "model": "m.onnx sha256:1",
                "rules": dict.fromkeys(rules, "b" * 64),
            }
            for begin, end in edges
        ]
    }


def test_what_nobody_watched_is_said_first_and_is_no_miss(tmp_path: Path) -> None:
    dark = spells((0, 425)) | {"since": rfc3339(at(0))}
    lab, field = a_run(tmp_path / "lab", told(1)), a_run(tmp_path / "field", told(2), **dark)
    report, rows = make_situations_report([lab], [field], [], lambda _: None)
    assert report.whole.field
    assert (report.whole.field["recall"].value, report.whole.field["recall"].n) == (0.5, 20)
    assert (report.whole.field["reach"].value, report.whole.field["reach"].n) == (0.25, 40)
    problems = {(one.side, one.kind): one for one in report.problems}
    assert problems["field", "events nobody watched"].count == 19
    assert "10 others were missed though somebody watched" in (
        problems["field", "events nobody watched"].told
    )
    assert problems["field", "events at a gap"].count == 1
    assert problems["lab", "watched time unknown"].count == 1
    assert "0.1 of 0.2 camera hours watched for something" in report.sides[1].told
    verdicts = [row[7] for row in rows if row[:2] == ["field", "event"]]
    assert verdicts.count("unwatched") == 20


def test_a_camera_no_rule_could_tell_anything_on_was_not_watched(tmp_path: Path) -> None:
    idle = a_run(tmp_path / "field", [], **spells((0, 900), rules=()))
    lab = a_run(tmp_path / "lab", told(1), **spells((0, 900)))
    report, _ = make_situations_report([lab], [idle], [], lambda _: None)
    assert report.whole.field
    assert report.whole.field["recall"].n == 0
    assert report.whole.field["reach"].value == 0


def again(folder: Path, alerts: list[dict[str, Any]], **more: Any) -> Path:
    """The same scenario played an hour later, as another run."""
    hour = 3600.0
    schedule = a_schedule(
        run="20260301t125958z-0a1b2c3d",
        begins_at=at(hour),
        ends_at=at(hour + 900),
        played_from=at(hour),
        played_until=at(hour + 900),
    )
    late = [one | {"raised": rfc3339(at(hour + 23 + 20 * int(one["id"])))} for one in alerts]
    return a_run(folder, late, schedule, hour, **more)


def by_eight(numbers: range, **more: Any) -> list[dict[str, Any]]:
    """An alert 3 s after each of these intrusions, of eight cameras in turn."""
    return [an_alert(n, 23 + 20 * n, camera=f"cctv-{1 + n % 8}", **more) for n in numbers]


@pytest.mark.parametrize("replayed", [False, True])
def test_another_run_of_the_same_events_is_held_against_the_first(
    tmp_path: Path, replayed: bool
) -> None:
    lab = a_run(tmp_path / "lab", by_eight(range(40)), cameras=8)
    field = a_run(tmp_path / "field", told(4))
    fewer = by_eight(range(0, 40, 3), rule_digest="c" * 64)
    other = (again if replayed else a_run)(tmp_path / "other", fewer, cameras=8)
    report, rows = make_situations_report([lab], [field], [], lambda _: None, [other])
    losses = {one.measure: one for one in report.losses if one.name.startswith("lab")}
    assert set(losses) == {"recall", "f1", "false_per_day", "reach"}
    found = losses["recall"]
    assert (found.before.value, found.after.value, found.verdict) == (1, 0.35, "worse")
    assert found.p is not None
    assert found.p < 0.001
    assert "40 true events asked of both; 0 only the second found, 26 only the first" in found.told
    assert losses["f1"].verdict == "worse"
    assert losses["false_per_day"].verdict == "cannot tell"
    page = write_report(tmp_path / "out", report, (), ROW_COLUMNS, rows)
    assert "The same events, another run" in page.read_text()
    json_file = page.with_name("report.json")
    assert verify_report(json_file, lambda _: None) == []
    held = json.loads((other / "alerts.json").read_text())
    (other / "alerts.json").write_text(json.dumps(held | {"alerts": []}))
    assert any("data of" in line and "other" in line for line in verify_report(json_file, print))


def test_a_run_of_other_events_cannot_be_compared(tmp_path: Path) -> None:
    lab = a_run(tmp_path / "lab", told(1))
    other = a_run(tmp_path / "other", [], a_schedule(run="20260301t125958z-ffffffff", seed=8))
    with pytest.raises(ConfigurationError, match="has the events of no run of lab or field"):
        make_situations_report([lab], [lab], [], lambda _: None, [other])


def test_what_to_work_on_is_said_once_and_of_events_not_of_pictures() -> None:
    advice = [one for one in a_large_report(12, 3, compared=False).next if "Work on" in one]
    assert any(one.startswith("Work on the situation ") for one in advice)
    assert not any("picture" in one or "Work on the rule" in one for one in advice)


def test_a_row_says_what_it_is_counted_under(tmp_path: Path) -> None:
    lab = a_run(tmp_path / "lab", [*told(1), an_alert(99, 500)])
    report, rows = make_situations_report([lab], [lab], [], lambda _: None)
    found = [dict(zip(ROW_COLUMNS, row, strict=True)) for row in rows]
    alerts = [one for one in found if one["side"] == "lab" and one["what"] == "alert"]
    assert {one["model"] for one in alerts} == {"m.onnx sha256:1"}
    assert {one["rule"] for one in alerts} == {"b" * 64}
    counts = Counter(one["verdict"] for one in alerts)
    for verdict, count in counts.items():
        assert f"{count} {verdict}" in report.sides[0].told


def _part(name: str, found: int, n: int) -> Row:
    few = n < TOO_FEW
    figure = Figure(value=found / n, low=0.0, high=1.0, n=n, few=few)
    return Row(part=name, lab=None, field={"recall": figure})


def _advice(*tables: tuple[str, Sequence[Row]]) -> list[str]:
    report = a_large_report(12, 3, compared=False)
    parts = [
        Table(name=name, title="", told="", measures=("recall",), rows=tuple(rows))
        for name, rows in tables
    ]
    whole = _part("all", 40, 100)
    changed = report.model_copy(update={"tables": tuple(parts), "whole": whole, "gaps": ()})
    return [one for one in what_next(changed, "events") if one.startswith("Work on")]


def test_what_is_advised_finds_less_than_the_rest_and_is_told_by_counts_where_it_is_few() -> None:
    situations = [_part("collapse", 0, 20), _part("fire", 35, 60), _part("crowd", 0, 5)]
    hours = [_part("19", 40, 100), _part("20", 0, 1)]
    assert _advice(("situation", situations), ("hour", hours)) == [
        "Work on the situation collapse: it is 33 of 100 events the field misses, and 20 of 100 "
        "it has; of them 0 of 20 are found."
    ]


def test_of_too_few_it_is_said_how_many_of_how_many() -> None:
    some = _part("collapse", 0, 17).field
    assert some is not None
    assert counted(some["recall"]) == "too few to say: 0 of 17"
    many = _part("fire", 30, 60).field
    assert many is not None
    assert counted(many["recall"]) == "0.50 (0.00 to 1.00)"
    assert counted(None) == "-"
