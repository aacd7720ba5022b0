"""When a condition is an alert: the same observations give the same alerts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.rules.catalogue import load_rules
from analytics.rules.evaluate import Cleared, Input, Memory, Phase, Raised, evaluate
from analytics.rules.model import Rule
from analytics.rules.work import worth_keeping

SEOUL = ZoneInfo("Asia/Seoul")
T0 = datetime(2026, 3, 1, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
SHIPPED = {rule.id: rule for rule in load_rules(None)}
ADVISORY = SHIPPED["pm2-5-advisory"]
Series = Sequence[tuple[float, float]]
Told = list[tuple[float, str]]


def rule(**changes: Any) -> Rule:
    base = {
        "id": "river-high",
        "domain": "disaster",
        "title": "River high",
        "observed_property": "water_level",
        "raise": {"at_least": 5},
        "severity": "Moderate",
        "urgency": "Expected",
        "guidance": "Close the riverside paths.",
        "source": "own",
    }
    return Rule.model_validate(base | {name.removesuffix("_"): v for name, v in changes.items()})


def outcomes(
    of: Rule,
    series: Iterable[tuple[float, float]],
    *,
    unit: timedelta = SECOND,
    interval: timedelta = timedelta(0),
    memory: Memory | None = None,
    start: datetime = T0,
) -> list[tuple[float, Raised | Cleared]]:
    """What happened when; times are counted in units from the start, and results come each unit."""
    memory = memory or Memory()
    happened = []
    for at, result in series:
        seen = Input(start + at * unit, result, interval, unit)
        memory, outcome = evaluate(of, memory, seen, SEOUL)
        if outcome is not None:
            happened.append((at, outcome))
    return happened


def told(of: Rule, series: Iterable[tuple[float, float]], **more: Any) -> Told:
    return [(at, type(o).__name__.lower()) for at, o in outcomes(of, series, **more)]


def each(*results: float) -> list[tuple[float, float]]:
    return list(enumerate(results))


def test_a_value_past_the_limit_is_an_alert_at_once() -> None:
    assert told(rule(), each(4, 4.9, 5, 6, 7, 4)) == [(2, "raised"), (5, "cleared")]


def test_an_alert_says_when_it_began_and_what_was_seen() -> None:
    ((_, raised), (_, cleared)) = outcomes(rule(for_=3 * SECOND), each(1, 5, 6, 7, 8, 2))
    assert raised == Raised(onset=T0 + SECOND, value=8, held=3 * SECOND)
    assert cleared == Cleared(at=T0 + 5 * SECOND, value=2)


def test_hysteresis_keeps_a_value_that_wavers_from_flapping() -> None:
    wavering = each(*[5.2, 4.8] * 50, 4.4)
    assert told(rule(clear={"below": 4.5}), wavering) == [(0, "raised"), (100, "cleared")]
    assert len(told(rule(), wavering)) == 100, "without it, it flaps"


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_shipped_rule_raises_once_however_its_value_wavers(name: str) -> None:
    of = SHIPPED[name]
    assert of.clear is not None
    limit, clear = of.raise_.value, of.clear.value
    middle = (limit + clear) / 2
    away = clear + (clear - limit or -1)
    if of.window:
        unit, share = of.window / 10, (1 if of.statistic == "mean" else 0.1)
        past, between, gone = limit * 1.02 * share, middle * share, 0.0
    else:
        unit, share = SECOND, 1
        past, between, gone = limit + (limit - clear) * 0.01, middle, away
    held = [past] * 60
    over = [gone] * 90
    night = datetime(2026, 3, 1, 14, tzinfo=UTC)
    happened = told(
        of,
        each(*held, *[past, between] * 60, *over),
        unit=unit,
        interval=unit if of.window else timedelta(0),
        start=night,
    )
    assert [what for _, what in happened] == ["raised", "cleared"]
    assert happened[0][0] < 60
    assert happened[1][0] >= 180


def test_a_condition_must_hold_for_as_long_as_the_rule_says() -> None:
    of = rule(for_=5 * SECOND)
    assert told(of, each(5, 5, 5, 5, 5, 4, 5, 5, 5)) == []
    assert told(of, each(5, 5, 5, 5, 5, 5)) == [(5, "raised")]


def test_a_condition_must_be_over_for_as_long_as_the_rule_says() -> None:
    of = rule(clear_for=3 * SECOND)
    assert told(of, each(5, 4, 4, 4, 5, 4, 4, 4)) == [(0, "raised")]
    assert told(of, each(5, 4, 4, 4, 4)) == [(0, "raised"), (4, "cleared")]


def test_a_value_between_both_limits_ends_the_ending() -> None:
    of = rule(clear={"below": 4}, clear_for=3 * SECOND)
    assert told(of, each(5, 3, 3, 3, 4.5, 3, 3, 3)) == [(0, "raised")]


def test_nobody_knows_what_was_in_a_gap_so_it_counts_anew() -> None:
    of = rule(for_=10 * SECOND)
    assert told(of, [(0, 5), (1, 5), (30, 5), (31, 5)]) == []
    steady = [(t, 5.0) for t in range(30, 45)]
    assert told(of, [(0, 5), (1, 5), *steady]) == [(40, "raised")]


def test_a_result_or_two_may_be_lost() -> None:
    of = rule(for_=10 * SECOND)
    assert told(of, [(t, 5.0) for t in (0, 2, 3, 6, 8, 10)]) == [(10, "raised")]


def test_an_alert_outlives_a_gap() -> None:
    assert told(rule(), [(0, 5), (1000, 6), (5000, 4)]) == [(0, "raised"), (5000, "cleared")]


def test_after_a_gap_a_mean_counts_anew_too() -> None:
    before = [(t, 80.0) for t in range(61)]
    after = [(360 + t, 80.0) for t in range(200)]
    (raised,) = told(ADVISORY, [*before, *after], unit=MINUTE)
    alone = told(ADVISORY, [(t, 80.0) for t in range(200)], unit=MINUTE)
    assert raised[0] - 360 >= alone[0][0], "five hours without data have not been dusty"


def test_an_hourly_value_has_held_for_its_hour() -> None:
    of = rule(for_=2 * HOUR)
    assert told(of, each(5, 5), unit=HOUR, interval=HOUR) == [(1, "raised")]
    assert told(of, each(5, 4, 5, 4), unit=HOUR, interval=HOUR) == []
    assert told(of, each(5, 5, 5), unit=HOUR) == [(2, "raised")], "an instant is not an hour"


def test_a_mean_needs_most_of_its_window() -> None:
    of = rule(statistic="mean", window=HOUR)
    happened = told(of, [(t, 9.0) for t in range(60)], unit=MINUTE)
    assert [what for _, what in happened] == ["raised"]
    assert 40 <= happened[0][0] <= 50


def test_a_mean_is_of_its_window_only() -> None:
    of = rule(statistic="mean", window=10 * MINUTE, clear={"below": 4})
    series = each(*[0.0] * 20, *[8.0] * 20, *[0.0] * 20)
    happened = told(of, series, unit=MINUTE)
    assert [what for _, what in happened] == ["raised", "cleared"]
    # 7 of 10 at 8 make 5.6, 6 make 4.8; 5 of 10 make 4.0, 4 make 3.2.
    assert happened == [(26, "raised"), (45, "cleared")]


def test_a_peak_is_not_a_mean() -> None:
    of = rule(statistic="mean", window=10 * MINUTE)
    assert told(of, each(*[1.0] * 20, 30.0, *[1.0] * 20), unit=MINUTE) == []


def test_a_sum_is_of_all_that_fell_in_the_window() -> None:
    of = rule(statistic="sum", window=3 * HOUR, raise_={"at_least": 60}, clear={"below": 30})
    rain = each(10, 20, 20, 19, 21, 5, 3, 0)
    happened = outcomes(of, rain, unit=HOUR, interval=HOUR)
    assert [(at, type(o).__name__) for at, o in happened] == [(4, "Raised"), (6, "Cleared")]
    assert [o.value for _, o in happened] == [60, 29]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.integers(1, 12))
def test_sums_and_means_are_those_a_person_would_work_out(results: list[int], hours: int) -> None:
    for statistic in ("sum", "mean"):
        of = rule(statistic=statistic, window=hours * HOUR, raise_={"at_least": 20})
        expected: Told = []
        active = False
        for at in range(len(results)):
            window = results[max(0, at - hours + 1) : at + 1]
            if statistic == "mean" and len(window) < 0.75 * hours:
                continue
            now = sum(window) >= 20 * (1 if statistic == "sum" else len(window))
            if now != active:
                expected.append((at, "raised" if now else "cleared"))
            active = now
        series = each(*map(float, results))
        assert told(of, series, unit=HOUR, interval=HOUR) == expected


def test_fast_results_add_up_as_slow_ones_do() -> None:
    of = rule(statistic="sum", window=HOUR, raise_={"at_least": 60}, clear={"below": 30})
    second = outcomes(of, [(t, 1 / 60) for t in range(4000)], interval=SECOND)
    minute = outcomes(of, [(t, 1.0) for t in range(67)], unit=MINUTE, interval=MINUTE)
    assert len(second) == len(minute) == 1
    assert second[0][0] / 60 == pytest.approx(minute[0][0], abs=1.5)


def test_a_mean_is_one_however_fast_results_come() -> None:
    of = rule(statistic="mean", window=HOUR)
    assert told(of, [(t, 4.9) for t in range(5000)]) == []
    assert [what for _, what in told(of, [(t, 5.1) for t in range(5000)])] == ["raised"]


def test_a_windows_memory_stays_small_however_fast_results_come() -> None:
    of, memory = rule(statistic="mean", window=HOUR), Memory()
    for t in range(8000):
        seen = Input(T0 + t * SECOND, 1, SECOND, SECOND)
        memory, _ = evaluate(of, memory, seen, SEOUL)
    assert len(json.dumps(memory.as_json())) < 10_000


@pytest.mark.parametrize("back", [0, 1, 30])
def test_late_and_duplicate_observations_change_nothing(back: int) -> None:
    of, memory = rule(for_=5 * SECOND, statistic="mean", window=2 * SECOND), Memory()
    for t in range(31):
        memory, _ = evaluate(of, memory, Input(T0 + t * SECOND, 9, 0 * SECOND, SECOND), SEOUL)
    late = Input(T0 + (30 - back) * SECOND, 0, 0 * SECOND, SECOND)
    assert evaluate(of, memory, late, SEOUL) == (memory, None)


@pytest.mark.parametrize(
    ("hours", "local", "in_force"),
    [
        ([22, 6], 21, False),
        ([22, 6], 22, True),
        ([22, 6], 23, True),
        ([22, 6], 0, True),
        ([22, 6], 5, True),
        ([22, 6], 6, False),
        ([22, 6], 12, False),
        ([9, 18], 8, False),
        ([9, 18], 9, True),
        ([9, 18], 17, True),
        ([9, 18], 18, False),
        ([0, 0], 12, True),
    ],
)
def test_a_rule_is_in_force_in_its_local_hours(
    hours: list[int], local: int, in_force: bool
) -> None:
    of = rule(hours=hours)
    for minute in (0, 59):
        start = datetime(2026, 3, 1, local, minute, tzinfo=SEOUL).astimezone(UTC)
        assert bool(told(of, each(9), start=start)) == in_force


def test_motion_from_before_closing_counts_from_closing_on() -> None:
    of = rule(hours=[22, 6], for_=10 * MINUTE)
    start = datetime(2026, 3, 1, 21, 55, tzinfo=SEOUL)
    assert told(of, each(*[9.0] * 20), unit=MINUTE, start=start) == [(15, "raised")]


def test_an_alert_of_the_night_ends_when_its_cause_does() -> None:
    of = rule(hours=[22, 6])
    start = datetime(2026, 3, 2, 5, 58, tzinfo=SEOUL)
    happened = told(of, each(9, 9, 9, 9, 1), unit=MINUTE, start=start)
    assert happened == [(0, "raised"), (4, "cleared")]


STEPS = st.lists(
    st.tuples(st.sampled_from([-3, 0, 1, 1, 1, 1, 2, 4, 50]), st.integers(0, 10)),
    min_size=1,
    max_size=80,
)
RULES = st.sampled_from(
    [
        rule(),
        rule(clear={"below": 3}, for_=3 * SECOND, clear_for=4 * SECOND),
        rule(statistic="mean", window=8 * SECOND, clear={"below": 4}, for_=2 * SECOND),
        rule(statistic="sum", window=5 * SECOND, raise_={"at_least": 25}, clear_for=2 * SECOND),
        rule(raise_={"below": 3}, clear={"above": 5}, for_=2 * SECOND),
    ]
)


def at_times(steps: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
    at, series = 0, []
    for step, result in steps:
        at += step
        series.append((float(at), float(result)))
    return series


@given(of=RULES, steps=STEPS, cut=st.integers(0, 80))
def test_a_restart_at_any_moment_changes_nothing(
    of: Rule, steps: list[tuple[int, int]], cut: int
) -> None:
    memory = Memory()
    happened = []
    for index, (at, result) in enumerate(at_times(steps)):
        if index == cut:
            memory = Memory.from_json(json.loads(json.dumps(memory.as_json())))
        seen = Input(T0 + at * SECOND, result, 0 * SECOND, SECOND)
        memory, outcome = evaluate(of, memory, seen, SEOUL)
        if outcome is not None:
            happened.append((at, outcome))
    assert happened == outcomes(of, at_times(steps))


@given(of=RULES, steps=STEPS, cut=st.integers(0, 80))
def test_what_is_not_worth_keeping_is_not_missed_after_a_restart(
    of: Rule, steps: list[tuple[int, int]], cut: int
) -> None:
    series = at_times([(max(1, step), result) for step, result in steps])
    memory = kept = Memory()
    happened = []
    for index, (at, result) in enumerate(series):
        if index == cut:
            memory = kept
        seen = Input(T0 + at * SECOND, result, 0 * SECOND, SECOND)
        after, outcome = evaluate(of, memory, seen, SEOUL)
        if worth_keeping(of, memory, after):
            kept = after
        memory = after
        if outcome is not None:
            happened.append((at, outcome))
    assert happened == outcomes(of, series)


@pytest.mark.parametrize("cut", range(14))
def test_a_condition_that_was_on_its_way_is_not_set_back_by_a_restart(cut: int) -> None:
    of = rule(for_=12 * SECOND)
    memory = kept = Memory()
    for at in range(20):
        memory = kept if at == cut else memory
        after, outcome = evaluate(of, memory, Input(T0 + at * SECOND, 9, 0 * SECOND, SECOND), SEOUL)
        kept = after if worth_keeping(of, memory, after) else kept
        memory = after
        assert (outcome is not None) == (at == 12)


@given(of=RULES, steps=STEPS)
def test_alerts_are_raised_and_cleared_in_turn(of: Rule, steps: list[tuple[int, int]]) -> None:
    happened = [what for _, what in told(of, at_times(steps))]
    assert happened == ["raised", "cleared"] * (len(happened) // 2) + ["raised"] * (
        len(happened) % 2
    )


HOURS = st.lists(
    st.none() | st.sampled_from([10.0, 34.9, 35.0, 74.9, 75.0, 80.0, 120.0, 200.0]),
    max_size=200,
)


def advisory_hours(hourly: Sequence[float | None]) -> Told:
    """The advisory as the law has it: 75 or more for two hours on end; lifted under 35."""
    happened: Told = []
    on = False
    for hour, mean in enumerate(hourly):
        before = hourly[hour - 1] if hour else None
        if mean is None:
            continue
        if not on and mean >= 75 and before is not None and before >= 75:
            on = True
            happened.append((hour, "raised"))
        elif on and mean < 35:
            on = False
            happened.append((hour, "cleared"))
    return happened


@given(HOURS)
def test_pm2_5_advisories_are_those_of_the_law(hourly: list[float | None]) -> None:
    series = [(float(hour), mean) for hour, mean in enumerate(hourly) if mean is not None]
    assert told(ADVISORY, series, unit=HOUR, interval=HOUR) == advisory_hours(hourly)


def test_pm2_5_advisories_of_a_known_week() -> None:
    hourly = [40.0, 80, None, 80, 90, 60, 40, 34, 75, 75, None, None, 20]
    assert advisory_hours(hourly) == [(4, "raised"), (7, "cleared"), (9, "raised"), (12, "cleared")]
    series = [(float(hour), mean) for hour, mean in enumerate(hourly) if mean is not None]
    assert told(ADVISORY, series, unit=HOUR, interval=HOUR) == advisory_hours(hourly)


def test_a_new_memory_is_quiet() -> None:
    assert Memory().phase is Phase.QUIET
    assert Memory.from_json(Memory().as_json()) == Memory()
