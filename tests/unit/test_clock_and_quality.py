"""Instants in and out, and what a sensor can have measured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartopia.clock import from_rfc3339, rfc3339, utc_now
from smartopia.quality import FAIL, PASS, gross_range

MICROSECOND = timedelta(microseconds=1)
YEAR_1 = datetime(1, 1, 3, tzinfo=UTC)
# Of any year, but a day off the ends of time, where other zones have no instants.
INSTANTS = st.integers(0, (datetime(9999, 12, 29, tzinfo=UTC) - YEAR_1) // MICROSECOND).map(
    lambda micros: YEAR_1 + micros * MICROSECOND
)


@given(INSTANTS, st.integers(-14 * 60, 14 * 60))
def test_an_instant_survives_its_text_to_the_microsecond(instant: datetime, minutes: int) -> None:
    elsewhere = instant.astimezone(timezone(timedelta(minutes=minutes)))
    assert from_rfc3339(rfc3339(elsewhere)) == instant
    assert rfc3339(elsewhere) == rfc3339(instant)


def test_an_instant_is_told_in_utc() -> None:
    seoul = datetime(2026, 6, 1, 9, 0, 0, 5, tzinfo=timezone(timedelta(hours=9)))
    assert rfc3339(seoul) == "2026-06-01T00:00:00.000005Z"
    assert utc_now().tzinfo is UTC


@given(st.lists(INSTANTS, min_size=2, max_size=2))
def test_texts_sort_as_their_instants_do(instants: list[datetime]) -> None:
    assert sorted(instants) == [from_rfc3339(t) for t in sorted(map(rfc3339, instants))]


@pytest.mark.parametrize("text", ["2026-06-01T00:00:00", "2026-06-01", "", "now", "1780272000"])
def test_a_text_without_its_offset_is_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match=r"offset|Invalid"):
        from_rfc3339(text)


@pytest.mark.parametrize(
    ("result", "span", "flag"),
    [
        (5.0, (0.0, 10.0), PASS),
        (0.0, (0.0, 10.0), PASS),
        (10.0, (0.0, 10.0), PASS),
        (-0.001, (0.0, 10.0), FAIL),
        (10.001, (0.0, 10.0), FAIL),
        (1e300, None, PASS),
        (float("nan"), (0.0, 10.0), FAIL),
    ],
)
def test_what_a_sensor_cannot_measure_fails(
    result: float, span: tuple[float, float] | None, flag: int
) -> None:
    assert gross_range(result, span) == flag
