"""Situations scored against answers worked out by hand, in any order of what is told."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, permutations
from zoneinfo import ZoneInfo

import pytest

from analytics.evaluation.events import (
    CLEAR,
    CameraKey,
    Conditions,
    RaisedAlert,
    TrueEvent,
    Watched,
    Window,
    Windows,
)
from analytics.evaluation.in_time import match_in_time
from analytics.evaluation.pairing import AlertVerdict, EventVerdict, Judged, judge
from analytics.evaluation.situations import score_situations

T0 = datetime(2026, 6, 1, 12, tzinfo=UTC)
INTRUSION, FIRE = "intrusion", "fire"


def after(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def an_event(
    name: str,
    onset: float,
    end: float | None = None,
    *,
    kind: str = INTRUSION,
    camera: str = "west",
    conditions: Conditions = (),
) -> TrueEvent:
    over = None if end is None else after(end)
    return TrueEvent(name, kind, "gate", camera, after(onset), over, conditions)


def an_alert(
    name: str, raised: float, *, kind: str = INTRUSION, camera: str = "west"
) -> RaisedAlert:
    return RaisedAlert(name, kind, "gate", camera, after(raised), "r", "digest", "model")


def watched(
    begin: float = -1000, end: float = 10_000, camera: str = "west", conditions: Conditions = ()
) -> Watched:
    return Watched("gate", camera, after(begin), after(end), conditions, "model")


def verdicts(judged: Judged) -> tuple[dict[str, str], dict[str, str]]:
    return (
        {f"{one.event.camera}/{one.event.id}": one.verdict.value for one in judged.events},
        {one.alert.id: one.verdict.value for one in judged.alerts},
    )


def of(
    events: Sequence[TrueEvent], alerts: Sequence[RaisedAlert], *spans: Watched
) -> tuple[dict[str, str], dict[str, str]]:
    return verdicts(judge(events, alerts, spans or (watched(),)))


@pytest.mark.parametrize(
    ("raised", "event", "alert"),
    [
        (-2.001, "missed", "false"),
        (-2, "found", "right"),
        (10, "found", "right"),
        (10.001, "late", "late"),
        (60, "late", "late"),
        (60.001, "missed", "false"),
    ],
)
def test_an_alert_is_right_from_2_s_before_the_onset_to_10_s_after_it(
    raised: float, event: str, alert: str
) -> None:
    assert of([an_event("e", 0, 60)], [an_alert("a", raised)]) == (
        {"west/e": event},
        {"a": alert},
    )


def test_a_short_event_may_be_told_until_its_window_closes() -> None:
    assert of([an_event("e", 0, 1)], [an_alert("a", 9)])[1] == {"a": "right"}


def test_each_kind_can_have_its_own_window() -> None:
    windows = Windows(by_kind={FIRE: Window(late=timedelta(seconds=30))})
    events = [an_event("e", 0, 60, kind=FIRE), an_event("i", 0, 60)]
    alerts = [an_alert("a", 25, kind=FIRE), an_alert("b", 25)]
    told = verdicts(judge(events, alerts, [watched()], windows))
    assert told == ({"west/e": "found", "west/i": "late"}, {"a": "right", "b": "late"})


def test_one_more_alert_of_a_found_event_is_a_duplicate() -> None:
    told = of(
        [an_event("e", 0, 60)], [an_alert(n, t) for n, t in zip("abc", (4, 3, 50), strict=True)]
    )
    assert told == ({"west/e": "found"}, {"b": "right", "a": "duplicate", "c": "duplicate"})


def test_another_kind_or_camera_finds_nothing() -> None:
    alerts = [an_alert("a", 1, kind=FIRE), an_alert("b", 1, camera="east")]
    told = of([an_event("e", 0, 60)], alerts, watched(), watched(camera="east"))
    assert told == ({"west/e": "missed"}, {"a": "false", "b": "false"})


def test_an_event_the_run_cuts_counts_nowhere_and_nor_does_its_alert() -> None:
    events = [an_event("first", -999, -900), an_event("last", 9_995)]
    told = of(events, [an_alert("a", -998), an_alert("b", 9_996)])
    assert told == (
        {"west/first": "cut", "west/last": "cut"},
        {"a": "ignored", "b": "ignored"},
    )


def test_what_a_camera_sees_too_far_off_is_no_miss_of_it_and_its_alert_is_not_false() -> None:
    asked, far = an_event("e", 0, 60), an_event("e", 0, 60, camera="east")
    spans = watched(), watched(camera="east")
    events = [asked, replace(far, asked=False)]
    alerts = [an_alert("a", 3), an_alert("b", 4, camera="east"), an_alert("c", 99, camera="east")]
    scores = score_situations(events, alerts, spans)
    assert verdicts(scores.judged) == (
        {"west/e": "found", "east/e": "far"},
        {"a": "right", "b": "ignored", "c": "false"},
    )
    assert (scores.whole.recall.n, scores.whole.reach.n) == (1, 1)


def test_an_event_in_a_gap_is_nobodys_miss_but_the_systems() -> None:
    spans = watched(end=5), watched(begin=8)
    events = [an_event("e", 0, 60), an_event("f", 100, 160)]
    scores = score_situations(events, [an_alert("a", 4), an_alert("b", 101)], spans)
    assert verdicts(scores.judged) == (
        {"west/e": "unwatched", "west/f": "found"},
        {"a": "ignored", "b": "right"},
    )
    whole = scores.whole
    assert (whole.recall.value, whole.recall.n) == (1, 1)
    assert (whole.reach.value, whole.reach.n) == (0.5, 2)


def test_spans_that_touch_leave_no_gap() -> None:
    spans = watched(end=5), watched(begin=5, conditions=(("rain", 2),))
    assert of([an_event("e", 0, 60)], [], *spans)[0] == {"west/e": "missed"}


def test_a_kind_no_rule_watches_for_is_unwatched() -> None:
    span = Watched("gate", "west", after(-99), after(99), rules={FIRE: "d"})
    assert of([an_event("e", 0, 9)], [], span)[0] == {"west/e": "unwatched"}


def test_a_camera_that_was_never_watched_leaves_its_events_unwatched() -> None:
    told = of([an_event("e", 0, 60, camera="east")], [])
    assert told[0] == {"east/e": "unwatched"}


def test_overlapping_events_need_an_alert_each() -> None:
    events = [an_event("e", 0, 60), an_event("f", 5, 60)]
    assert of(events, [an_alert("a", 6)]) == (
        {"west/e": "missed", "west/f": "found"},
        {"a": "right"},
    )
    both = of(events, [an_alert("a", 6), an_alert("b", 9)])
    assert both == ({"west/e": "found", "west/f": "found"}, {"a": "right", "b": "right"})


def test_taking_the_nearest_first_would_find_fewer() -> None:
    # The alert at 9 is nearest to f, but e has none other.
    events = [an_event("e", 0, 20), an_event("f", 8, 20)]
    alerts = [an_alert("a", 9), an_alert("b", 17)]
    assert set(of(events, alerts)[0].values()) == {"found"}


def test_a_site_has_found_what_any_of_its_cameras_found() -> None:
    events = [
        an_event(name, at, at + 60, camera=c)
        for name, at in (("e", 0), ("f", 100))
        for c in ("east", "west")
    ]
    alerts = [an_alert("a", 5, camera="east"), an_alert("b", 3), an_alert("c", 130)]
    spans = watched(), watched(camera="east")
    scores = score_situations(events, alerts, spans)
    whole, site = scores.whole.counts, scores.any_camera.counts
    assert (whole.found, whole.late, whole.missed) == (2, 1, 1)
    assert (site.found, site.late, site.missed, site.duplicates) == (1, 1, 0, 1)
    assert scores.sites["gate"].delay.n == 2
    assert scores.any_camera == scores.sites["gate"]


def a_day() -> tuple[list[TrueEvent], list[RaisedAlert], list[Watched]]:
    """Ten events on two cameras of which six are found, two late; four false alerts."""
    rain = (("rain", 3),)
    events = [
        an_event(f"e{i}", 600 * i, 600 * i + 60, camera=c, conditions=rain if c == "east" else ())
        for i in range(5)
        for c in ("west", "east")
    ]
    alerts = [
        *(an_alert(f"w{i}", 600 * i + 1 + i) for i in range(5)),
        an_alert("x0", 4, camera="east"),
        *(an_alert(f"x{i}", 600 * i + 20, camera="east") for i in (1, 2)),
        *(an_alert(f"n{i}", 600 * i + 300) for i in range(4)),
        an_alert("again", 30),
    ]
    spans = [watched(-3600, 39_600), watched(-3600, 39_600, "east", rain)]
    return events, alerts, spans


def test_figures_are_those_worked_out_by_hand() -> None:
    whole = score_situations(*a_day()).whole
    counts = whole.counts
    assert (counts.found, counts.late, counts.missed, counts.false) == (6, 2, 2, 4)
    assert (counts.duplicates, counts.late_alerts) == (1, 2)
    assert (whole.recall.value, whole.precision.value) == (0.6, 0.6)
    assert whole.strict_precision.value == 0.5
    assert whole.f1.value == pytest.approx(0.6)
    assert whole.false_per_day.value == 4 / 1.0
    # Garwood (1936): 4 events, 1.090 to 10.242.
    assert (whole.false_per_day.low, whole.false_per_day.high) == pytest.approx(
        (1.0899, 10.2416), abs=1e-4
    )
    assert (whole.delay.value, whole.delay_p90.value, whole.delay.n) == (4, 20, 8)


def test_parts_are_scored_on_their_own() -> None:
    scores = score_situations(*a_day(), zone=ZoneInfo("Asia/Seoul"))
    assert scores.cameras[CameraKey("gate", "west")].recall.value == 1
    assert scores.conditions[CLEAR].recall.value == 1
    rain = scores.conditions["rain", 3]
    assert (rain.recall.value, rain.counts.false, rain.false_per_day.days) == (0.2, 0, 0.5)
    assert list(scores.hours) == list(range(20, 24)) + list(range(8)) or len(scores.hours) == 12
    assert scores.hours[21].counts.events == 10
    assert sum(one.false_per_day.days for one in scores.hours.values()) == pytest.approx(1)
    assert list(scores.models) == ["model"]
    assert scores.rules[INTRUSION, "digest"].counts.false == 4


def test_recall_weighs_more_in_the_recall_biased_f() -> None:
    events = [an_event(f"e{i}", 100 * i, 100 * i + 60) for i in range(4)]
    alerts = [an_alert("a", 1), an_alert("b", 101)]
    whole = score_situations(events, alerts, [watched()], recall_bias=4).whole
    # R = 1/2, P = 1: 5 * 0.5 / (0.5 + 4 * 1) and F1 = 2/3.
    assert whole.f_recall.value == pytest.approx(5 * 0.5 / (0.5 + 4))
    assert whole.f1.value == pytest.approx(2 / 3)


def test_nothing_at_all_says_nothing() -> None:
    whole = score_situations([], [], []).whole
    assert math.isnan(whole.recall.value)
    assert math.isnan(whole.f1.value)
    assert math.isnan(whole.false_per_day.value)
    assert whole.recall.few
    assert whole.false_per_day.few


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_what_is_told_changes_nothing(seed: int) -> None:
    draw = random.Random(seed)
    events, alerts, spans = a_mess(draw)
    first = judge(events, alerts, spans)
    for _ in range(5):
        draw.shuffle(events)
        draw.shuffle(alerts)
        draw.shuffle(spans)
        assert judge(events, alerts, spans) == first


def test_the_order_changes_no_figure() -> None:
    draw = random.Random(3)
    events, alerts, spans = a_mess(draw)
    first = score_situations(events, alerts, spans)
    for some in (events, alerts, spans):
        some.reverse()
    assert str(score_situations(events, alerts, spans)) == str(first)


def a_mess(draw: random.Random) -> tuple[list[TrueEvent], list[RaisedAlert], list[Watched]]:
    """Events and alerts in heaps, many at the same second."""
    events = [
        an_event(str(i), at, draw.choice([None, at + draw.randrange(40)]), camera=draw.choice("ab"))
        for i in range(20)
        for at in (draw.randrange(120),)
    ]
    alerts = [an_alert(str(i), draw.randrange(130), camera=draw.choice("ab")) for i in range(25)]
    spans = [watched(-5, 60, "a"), watched(50, 140, "a"), watched(-20, 200, "b")]
    return events, alerts, spans


@pytest.mark.parametrize("seed", range(40))
def test_no_other_pairs_are_more_or_sooner(seed: int) -> None:
    draw = random.Random(seed)
    onsets = sorted(draw.randrange(30) for _ in range(draw.randrange(1, 5)))
    raised = sorted(draw.randrange(40) for _ in range(draw.randrange(1, 5)))
    pairs = match_in_time([after(t) for t in onsets], [after(t) for t in raised], Window())
    delays = [raised[alert] - onsets[event] for event, alert in pairs.items()]
    assert len(set(pairs.values())) == len(pairs)
    assert all(-2 <= delay <= 10 for delay in delays)
    assert (len(pairs), -sum(delays)) == best_by_trying(onsets, raised)


def best_by_trying(onsets: Sequence[int], raised: Sequence[int]) -> tuple[int, int]:
    best = (0, 0)
    for count in range(1, min(len(onsets), len(raised)) + 1):
        for some in combinations(onsets, count):
            for mine in permutations(raised, count):
                delays = [told - true for true, told in zip(some, mine, strict=True)]
                if all(-2 <= delay <= 10 for delay in delays):
                    best = max(best, (count, -sum(delays)))
    return best


def test_each_verdict_is_counted_once() -> None:
    judged = judge(*a_mess(random.Random(1)))
    assert len(judged.events) == 20
    assert len(judged.alerts) == 25
    found = sum(one.verdict is EventVerdict.FOUND for one in judged.events)
    assert found == sum(one.verdict is AlertVerdict.RIGHT for one in judged.alerts)
