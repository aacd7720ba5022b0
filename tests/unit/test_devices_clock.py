"""The run's clock: the present, or a time of its own, faster than life."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from devices_sim.clock import RunClock
from smartopia.clock import utc_now

START = datetime(2026, 7, 14, 11, tzinfo=UTC)
NEAR = timedelta(seconds=0.5)


def test_a_live_run_tells_the_present() -> None:
    clock = RunClock.beginning()
    assert abs(clock.told(clock.now()) - utc_now()) < NEAR
    assert abs(clock.instant(60) - utc_now() - timedelta(seconds=60)) < NEAR
    assert clock.played(60) == clock.instant(60)


def test_a_run_with_a_start_tells_its_own_time_at_its_own_speed() -> None:
    clock = RunClock.beginning(start=START, speed=3600)
    assert clock.told(7200) == START + timedelta(hours=2)
    assert clock.wait(7200) == pytest.approx(2, abs=0.1)
    assert abs(clock.played(7200) - utc_now() - timedelta(seconds=2)) < NEAR
    assert clock.offset() == 0


def test_a_second_that_is_past_is_not_waited_for() -> None:
    assert RunClock.beginning().wait(-5) == 0


def test_a_run_may_begin_later() -> None:
    clock = RunClock.beginning(10, start=START, speed=60)
    assert clock.now() == pytest.approx(-600, abs=10)
    assert clock.instant(0) == START
