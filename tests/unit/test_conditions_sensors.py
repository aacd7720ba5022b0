"""Conditions of sensors: what a user would notice of each, by grade."""

from __future__ import annotations

import statistics
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from devices_sim.conditions.model import Moment, Reading, Sending
from devices_sim.conditions.registry import discover_conditions
from smartopia.contract.announce import DeviceClock
from smartopia.contract.times import check_time
from smartopia.errors import RefusedMessageError

SENSORS = discover_conditions().sensors
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RANGE = (0.0, 10.0)
GRADES = (1, 2, 3, 4, 5)


def reading(step: int, level: float = 2.0) -> Reading:
    return Reading(NOON + timedelta(seconds=step), {"level": level})


def moment(name: str, grade: int, step: int = 0, *, seed: int = 7) -> Moment:
    return Moment(
        condition=name,
        grade=grade,
        device="gauge-1",
        seed=seed,
        since=float(step),
        step=step,
        first=reading(0),
        ranges={"level": RANGE},
    )


def told(name: str, grade: int, steps: int, level: float = 2.0) -> list[list[Sending]]:
    """What a sensor sends for each reading of an even level."""
    condition = SENSORS[name]
    return [list(condition.apply(reading(n, level), moment(name, grade, n))) for n in range(steps)]


def levels(name: str, grade: int, steps: int, level: float = 2.0) -> list[float]:
    return [s.reading.results["level"] for sent in told(name, grade, steps, level) for s in sent]


def test_the_shipped_conditions_are_found() -> None:
    assert set(SENSORS) >= {
        "drift",
        "flat_line",
        "spike",
        "noise",
        "gap",
        "unit_error",
        "clock_skew",
        "duplicate",
        "reorder",
        "late_batch",
        "reconnect_storm",
    }


def test_drift_runs_away_faster_by_grade_and_ends_at_the_range() -> None:
    off = [levels("drift", grade, 61)[60] - 2.0 for grade in GRADES]
    assert off == sorted(off)
    assert off[0] == pytest.approx(0.02)
    assert off[-1] == pytest.approx(1.0)
    assert levels("drift", 5, 1)[0] == 2.0, "at its onset nothing is wrong"
    assert levels("drift", 5, 2000)[-1] == RANGE[1]


def test_flat_line_repeats_the_first_result() -> None:
    assert set(levels("flat_line", 5, 20, level=9.9)) == {2.0}
    for grade in GRADES:
        assert set(levels("flat_line", grade, 20, level=2.19)) == {2.0}
    leaps = [levels("flat_line", grade, 1, level=9.9)[0] for grade in GRADES]
    assert leaps == [9.8, 9.5, 9.5, 6.0, 2.0], "a harder push is needed by grade"


def test_spikes_are_more_and_higher_by_grade_and_over_with_the_next_result() -> None:
    by_grade = [[level for level in levels("spike", g, 2000) if level != 2.0] for g in GRADES]
    counts, heights = [len(s) for s in by_grade], [s[0] for s in by_grade]
    assert counts == sorted(counts)
    assert counts[0] == pytest.approx(20, abs=12)
    assert counts[4] == pytest.approx(400, abs=60)
    assert heights == [4.0, 6.0, 8.0, 10.0, 10.0]
    assert all(len(set(spikes)) == 1 for spikes in by_grade)


def test_a_spike_of_a_sensor_at_its_top_goes_down() -> None:
    high = replace(moment("spike", 5), first=reading(0, 9.0))
    results = {
        SENSORS["spike"].apply(reading(n, 9.0), replace(high, step=n))[0].reading.results["level"]
        for n in range(100)
    }
    assert results == {9.0, 0.0}


def test_noise_scatters_round_the_true_result_by_grade() -> None:
    samples = [levels("noise", grade, 1000, level=5.0) for grade in GRADES]
    deviations = [statistics.pstdev(sample) for sample in samples]
    assert deviations == pytest.approx([0.05, 0.1, 0.2, 0.5, 1.0], rel=0.1)
    assert statistics.mean(samples[4]) == pytest.approx(5.0, abs=0.15)


@pytest.mark.parametrize(("grade", "missing"), [(1, 1), (2, 3), (3, 5), (4, 8), (5, 10)])
def test_a_gap_leaves_out_so_many_of_each_ten_in_a_row(grade: int, missing: int) -> None:
    sent = [bool(s) for s in told("gap", grade, 200)]
    for ten in range(20):
        text = "".join(".x"[not there] for there in sent[10 * ten : 10 * ten + 10])
        assert text.count("x") == missing
        assert "x" * missing in text


def test_a_unit_error_multiplies_and_leaves_the_range() -> None:
    wrong = [levels("unit_error", grade, 1)[0] for grade in GRADES]
    assert wrong == pytest.approx([2.1872, 3.2186, 6.5616, 20, 2000])


@pytest.mark.parametrize("grade", GRADES)
def test_a_skewed_clock_is_believed_up_to_grade_3(grade: int) -> None:
    (sent,) = told("clock_skew", grade, 1)[0]
    assert sent.reading.results == {"level": 2.0}
    assert sent.reading.time != NOON
    if grade <= 3:
        check_time(sent.reading.time, NOON, DeviceClock.LIVE)
    else:
        with pytest.raises(RefusedMessageError, match="absurd_time"):
            check_time(sent.reading.time, NOON, DeviceClock.LIVE)


def test_duplicates_are_more_by_grade() -> None:
    sent = [sum(s[0].copies for s in told("duplicate", grade, 1000)) for grade in GRADES]
    assert sent[2:] == [2000, 3000, 10_000]
    assert 1050 < sent[0] < 1150 < sent[1] < 1400


def test_reordered_readings_are_overtaken_and_all_come() -> None:
    overtaken = []
    for grade in GRADES:
        sent = told("reorder", grade, 500)
        assert all(len(s) == 1 for s in sent)
        arrivals = [step + s[0].wait for step, s in enumerate(sent)]
        order = sorted(range(500), key=arrivals.__getitem__)
        overtaken.append(sum(a > b for a, b in pairwise(order)))
        assert max(s[0].wait for s in sent) <= (2, 3, 5, 10, 20)[grade - 1]
    assert overtaken[0] > 0
    assert overtaken[4] > 3 * overtaken[0]


@pytest.mark.parametrize(("grade", "held"), [(1, 5), (2, 15), (3, 60), (4, 300), (5, 1800)])
def test_a_late_batch_is_due_in_one_go(grade: int, held: int) -> None:
    sent = told("late_batch", grade, held)
    assert {step + s[0].wait for step, s in enumerate(sent)} == {held}


def test_a_late_batch_is_let_go_when_the_condition_ends() -> None:
    ending = replace(moment("late_batch", 5, 10), left=3.0)
    assert SENSORS["late_batch"].apply(reading(10), ending)[0].wait == 3.0


def test_a_reconnect_storm_cuts_more_often_by_grade() -> None:
    storm = SENSORS["reconnect_storm"]
    cuts = [sum(storm.cuts(moment(storm.name, g, n)) for n in range(60)) for g in GRADES]
    assert cuts == [1, 2, 6, 12, 30]
    assert levels("reconnect_storm", 5, 3) == [2.0, 2.0, 2.0]


@pytest.mark.parametrize("name", SENSORS)
def test_each_condition_keeps_the_datastreams_and_changes_no_reading_it_was_given(
    name: str,
) -> None:
    given = Reading(NOON, {"level": 2.0, "battery": 88.0})
    for grade in GRADES:
        for sent in SENSORS[name].apply(given, moment(name, grade, 3)):
            assert list(sent.reading.results) == ["level", "battery"]
            assert sent.wait >= 0
            assert sent.copies >= 1
    assert given.results == {"level": 2.0, "battery": 88.0}


def everything(seed: int) -> str:
    return repr(
        [
            condition.apply(reading(step), moment(name, grade, step, seed=seed))
            for name, condition in sorted(SENSORS.items())
            for grade in GRADES
            for step in range(30)
        ]
    )


def test_another_process_agrees_and_another_seed_does_not() -> None:
    code = "from tests.unit.test_conditions_sensors import everything; print(everything(7))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == everything(7)
    assert everything(7) != everything(8)
