"""Where objects should be by now, from their last two looks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from analytics.vision.gate.expected import expect
from analytics.vision.model import Detection

T0 = datetime(2026, 6, 1, 3, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def walker(x: float, score: float = 0.9, label: str = "person") -> Detection:
    return Detection(label, score, (x, 100.0, x + 20.0, 160.0))


def test_who_walks_is_expected_farther_on() -> None:
    first = expect((), [walker(100)], T0)
    assert first[0].by(later(0.4)) == (100, 100, 120, 160), "no speed is known yet"
    second = expect(first, [walker(110)], later(0.4))
    assert second[0].by(later(0.8)) == pytest.approx((120, 100, 140, 160))
    assert second[0].by(later(60)) == second[0].by(later(1.4)), "not for ever"


def test_each_goes_with_the_nearest_of_its_own_kind() -> None:
    first = expect((), [walker(100), walker(150), walker(112, label="dog")], T0)
    after = expect(first, [walker(155), walker(105)], later(1))
    assert [one.speed for one in after] == [(5, 0), (5, 0)]


def test_what_appears_or_jumps_has_no_speed_and_what_is_unsure_is_not_expected() -> None:
    first = expect((), [walker(100)], T0)
    assert expect(first, [walker(400)], later(0.4))[0].speed is None
    assert expect(first, [walker(101, score=0.3)], later(0.4)) == ()
    assert expect(first, [walker(101)], T0)[0].speed is None, "two looks at one time"
