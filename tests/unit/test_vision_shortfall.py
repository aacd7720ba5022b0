"""A detector that leaves out frames says so soon, and takes it back when it has kept up a while."""

from __future__ import annotations

import pytest

from analytics.vision.shortfall import CALM_S, Shortfall
from smartopia.bus.health import Reporter
from smartopia.clock import utc_now
from smartopia.metrics import Metrics
from smartopia.settings import Settings

# A heartbeat may be a second old, and so may what the control center makes of it.
SAID_WITHIN_S = 5.0 - 2 * 1.0
STEP_S = 0.5


class Judged:
    """A detector whose frames are counted, and what is said of it."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        self.reporter = Reporter(Settings(), "analytics-vision", self.metrics)
        self.shortfall = Shortfall(self.reporter, self.metrics)
        self.now = 100.0
        self._parts = {"frames_in": 0.0, "frames_dropped": 0.0, "frames_refused": 0.0}

    def go_on(self, seconds: float, came: float, left_out: float = 0, refused: float = 0) -> None:
        """So many frames a second for so long."""
        rates = {"frames_in": came + refused, "frames_dropped": left_out, "frames_refused": refused}
        for _ in range(round(seconds / STEP_S)):
            self.now += STEP_S
            for name, rate in rates.items():
                self._parts[name] += rate * STEP_S
                self.metrics.counters[name] = int(self._parts[name])
            self.shortfall.look(self.now)

    def said(self) -> str:
        return " ".join(reason.text for reason in self.reporter.beat(utc_now()).reasons)


def test_a_detector_that_looks_at_two_of_eight_frames_says_so_and_what_to_do() -> None:
    judged = Judged()
    judged.go_on(20, came=8)
    assert judged.said() == ""
    judged.go_on(SAID_WITHIN_S, came=8, left_out=6)
    assert "The detector looks at" in judged.said()
    judged.go_on(3, came=8, left_out=6)
    assert "looks at 2 of 8 frames a second" in judged.said()
    assert "one more machine" in judged.said()
    assert judged.reporter.beat(utc_now()).state == "degraded"


def test_from_the_first_frames_on() -> None:
    judged = Judged()
    judged.go_on(SAID_WITHIN_S, came=8, left_out=6)
    assert "of 8 frames a second" in judged.said()


@pytest.mark.parametrize("left_out", [0.0, 1.0, 1.9])
def test_a_few_frames_left_out_are_none_of_the_operators_worries(left_out: float) -> None:
    judged = Judged()
    judged.go_on(60, came=8, left_out=left_out)
    assert judged.said() == ""


def test_a_backlog_that_comes_all_at_once_is_no_shortfall() -> None:
    judged = Judged()
    judged.go_on(5, came=8)
    judged.go_on(0.5, came=80, left_out=76)
    judged.go_on(10, came=8)
    assert judged.said() == ""


def test_it_is_taken_back_once_it_has_kept_up_for_a_while() -> None:
    judged = Judged()
    judged.go_on(5, came=8, left_out=6)
    judged.go_on(CALM_S, came=8)
    assert judged.said(), "not at once: what flaps is not believed"
    judged.go_on(5, came=8)
    assert judged.said() == ""


def test_what_is_a_little_better_is_still_too_slow() -> None:
    judged = Judged()
    judged.go_on(5, came=8, left_out=6)
    judged.go_on(60, came=8, left_out=1.5)
    assert "looks at 6." in judged.said()


def test_cameras_that_stop_take_it_back() -> None:
    judged = Judged()
    judged.go_on(5, came=8, left_out=6)
    judged.go_on(CALM_S + 5, came=0)
    assert judged.said() == ""


def test_frames_that_are_refused_were_none() -> None:
    judged = Judged()
    judged.go_on(20, came=2, refused=20)
    assert judged.said() == ""
    judged.go_on(5, came=4, left_out=3, refused=20)
    assert "of 4 frames" in judged.said()
