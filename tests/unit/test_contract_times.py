"""Which times are believed, and which units."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from smartopia.contract.announce import DeviceClock
from smartopia.contract.properties import PROPERTIES, check_unit
from smartopia.contract.times import check_time
from smartopia.errors import Reason, RefusedMessageError

ARRIVED = datetime(2026, 6, 1, 12, tzinfo=UTC)
LIVE, REPLAY = DeviceClock.LIVE, DeviceClock.REPLAY


@pytest.mark.parametrize(
    ("off", "clock"),
    [
        (timedelta(0), LIVE),
        (timedelta(minutes=5), LIVE),
        (timedelta(days=-30), LIVE),
        (timedelta(days=-31), REPLAY),
        (timedelta(days=-365 * 50), REPLAY),
    ],
)
def test_a_time_a_working_clock_tells_is_believed(off: timedelta, clock: DeviceClock) -> None:
    check_time(ARRIVED + off, ARRIVED, clock)


@pytest.mark.parametrize(
    ("time", "clock", "words"),
    [
        (ARRIVED + timedelta(minutes=5, seconds=1), LIVE, "301 s ahead"),
        (ARRIVED + timedelta(days=2), REPLAY, "2.0 days ahead"),
        (ARRIVED - timedelta(days=30, seconds=1), LIVE, "30.0 days in the past"),
        (ARRIVED - timedelta(days=365), LIVE, '"clock": "replay"'),
        (datetime(1970, 1, 1, tzinfo=UTC), REPLAY, "1970-01-01T00:00:00+00:00"),
        (datetime.min.replace(tzinfo=UTC), LIVE, "0001-01-01"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), REPLAY, "0001-01-01"),
        (datetime.max.replace(tzinfo=UTC), LIVE, "9999-12-31"),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))), REPLAY, "9999-12-31"),
    ],
)
def test_an_absurd_time_is_refused_with_how_far_off_it_is(
    time: datetime, clock: DeviceClock, words: str
) -> None:
    with pytest.raises(RefusedMessageError) as refused:
        check_time(time, ARRIVED, clock)
    assert refused.value.reason is Reason.ABSURD_TIME
    assert words in refused.value.detail
    assert "set the device's clock" in refused.value.detail


@pytest.mark.parametrize("name", list(PROPERTIES))
def test_a_known_property_has_one_unit(name: str) -> None:
    check_unit(name, PROPERTIES[name].unit)
    with pytest.raises(RefusedMessageError) as refused:
        check_unit(name, "furlong")
    assert refused.value.reason is Reason.WRONG_UNIT
    assert name in refused.value.detail
    assert PROPERTIES[name].unit in refused.value.detail
    assert "'furlong'" in refused.value.detail


def test_units_are_told_apart_by_case() -> None:
    with pytest.raises(RefusedMessageError):
        check_unit("temperature", "cel")


def test_an_unknown_property_may_have_any_unit() -> None:
    check_unit("pollen", "furlong")
