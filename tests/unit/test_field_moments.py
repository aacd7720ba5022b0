"""Moments to check are drawn evenly, at the known chance, and the same way again."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.vision.situations.registry import discover_situations
from control_center.field_summary import summarise
from control_center.moments import CLIP, HOUR, choose, clip_of, hour_of, shift_began
from control_center.situations import SITUATIONS
from smartopia.seen import Seen, Sighted

BEGIN = datetime(2026, 5, 4, 9, tzinfo=UTC)
SEOUL = ZoneInfo("Asia/Seoul")


@given(
    cameras=st.sets(st.integers(1, 10_000), max_size=40),
    per_shift=st.integers(0, 1000),
    seed=st.text(max_size=5),
)
def test_moments_are_windows_of_the_hour_each_at_most_once(
    cameras: set[int], per_shift: int, seed: str
) -> None:
    moments = choose(list(cameras), BEGIN, per_shift, seed)
    assert len({(m.thing, m.at) for m in moments}) == len(moments)
    for moment in moments:
        assert moment.thing in cameras
        assert BEGIN <= moment.at <= BEGIN + HOUR - CLIP
        assert (moment.at - BEGIN) % CLIP == timedelta(0)
        assert 0 < moment.probability <= 1
    assert [m.at for m in moments] == sorted(m.at for m in moments)
    wanted = min(per_shift / 8, 360 * len(cameras)) if cameras else 0
    assert abs(len(moments) - wanted) <= 1


def test_the_same_hour_is_drawn_the_same_way_whatever_the_order() -> None:
    assert choose([1, 2, 3], BEGIN, 12, "gimpo") == choose([3, 1, 2], BEGIN, 12, "gimpo")
    assert choose([1, 2, 3], BEGIN, 12, "gimpo") != choose([1, 2, 3], BEGIN, 12, "seoul")


@pytest.mark.parametrize(("n", "per_shift"), [(3, 24), (7, 12), (1, 80)])
def test_each_camera_and_window_has_the_chance_that_is_told(n: int, per_shift: int) -> None:
    """Over many hours, what was drawn is what the probability says, within four deviations."""
    hours = 3000
    cameras: Counter[int] = Counter()
    quarters: Counter[int] = Counter()
    probability = 0.0
    for hour in range(hours):
        for moment in choose(range(n), BEGIN + hour * HOUR, per_shift, "gimpo"):
            probability = moment.probability
            cameras[moment.thing] += 1
            quarters[moment.at.minute // 15] += 1
    assert probability == pytest.approx(per_shift / 8 / (360 * n))
    for counts, parts in ((cameras, n), (quarters, 4)):
        expected = hours * per_shift / 8 / parts
        for count in counts.values():
            assert abs(count - expected) < 4 * expected**0.5


def test_the_sample_gives_the_truth_back() -> None:
    """Events are counted by 1 / probability of the moments in which they begin."""
    began = {(camera, 17 * camera % 360) for camera in range(20)}
    estimates = []
    for hour in range(2000):
        at = BEGIN + hour * HOUR
        moments = choose(range(20), at, 160, "gimpo")
        hits = sum((m.thing, (m.at - at) // CLIP) in began for m in moments)
        estimates.append(hits / moments[0].probability if moments else 0.0)
    # 20 hits in 360 * 20 windows at 20 a draw: a deviation of about 84 for one hour.
    assert sum(estimates) / len(estimates) == pytest.approx(20, abs=4 * 84 / 2000**0.5)


def test_no_camera_or_no_wish_is_no_check() -> None:
    assert choose([], BEGIN, 12, "gimpo") == []
    assert choose([1], BEGIN, 0, "gimpo") == []


def _pictures(*seconds: float) -> list[Sighted]:
    return [
        Sighted(
            Seen(
                site="gimpo",
                device="cam-1",
                time=BEGIN + timedelta(seconds=s),
                width=64,
                height=48,
                detector="t@0",
                labels=("person",),
            ),
            b"jpeg",
        )
        for s in seconds
    ]


def test_a_clip_is_ten_pictures_of_the_last_ten_seconds() -> None:
    clip = clip_of(_pictures(*(n / 5 for n in range(61))))
    seconds = [(one.seen.time - BEGIN).total_seconds() for one in clip]
    assert (seconds[0], seconds[-1], len(seconds)) == (2.0, 12.0, 10)
    steps = {round(b - a, 1) for a, b in pairwise(seconds)}
    assert steps <= {1.0, 1.2}


@pytest.mark.parametrize("seconds", [(), (0.0,), (0.0, 30.0), (0.0, 30.0, 31.0)])
def test_too_few_pictures_are_no_clip(seconds: tuple[float, ...]) -> None:
    assert clip_of(_pictures(*seconds)) == []


@pytest.mark.parametrize(
    ("local", "began"),
    [
        ("2026-05-04T05:59:59", "2026-05-03T22:00:00"),
        ("2026-05-04T06:00:00", "2026-05-04T06:00:00"),
        ("2026-05-04T21:00:00", "2026-05-04T14:00:00"),
        ("2026-05-04T23:00:00", "2026-05-04T22:00:00"),
    ],
)
def test_a_shift_begins_at_6_14_and_22_of_the_site(local: str, began: str) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=SEOUL)
    wanted = datetime.fromisoformat(began).replace(tzinfo=SEOUL)
    assert shift_began(now.astimezone(UTC), SEOUL) == wanted


def test_an_hour_begins_at_its_first_minute() -> None:
    assert hour_of(BEGIN + timedelta(minutes=59, seconds=59)) == BEGIN


def test_every_situation_that_is_detected_can_be_said_to_be_missed() -> None:
    assert set(discover_situations()) | {"other"} == set(SITUATIONS)


def test_counts_are_put_together_by_situation() -> None:
    alerts: list[dict[str, Any]] = [
        {"situation": "loitering", "disposition": "true", "false_reason": None, "n": 3},
        {"situation": "loitering", "disposition": "false", "false_reason": "animal", "n": 2},
        {"situation": "loitering", "disposition": "false", "false_reason": None, "n": 1},
        {"situation": "crowd", "disposition": None, "false_reason": None, "n": 4},
    ]
    checks: list[dict[str, Any]] = [
        {"answer": "nothing", "situation": None, "n": 20},
        {"answer": "missed", "situation": "loitering", "n": 1},
        {"answer": None, "situation": None, "n": 2},
    ]
    told = summarise(alerts, checks, [{"situation": "fire", "n": 1}])
    by = {row["situation"]: row for row in told["situations"]}
    assert sorted(by) == ["crowd", "fire", "loitering"]
    loitering = by["loitering"]
    assert (loitering["alerts"], loitering["true"], loitering["false"]) == (6, 3, 3)
    assert loitering["false_reasons"] == {"animal": 2}
    assert (loitering["missed_in_checks"], by["fire"]["missed_reported"]) == (1, 1)
    assert by["crowd"]["unresolved"] == 4
    assert told["checks"] == {"nothing": 20, "missed": 1, "cannot_tell": 0, "unanswered": 2}
