"""A batch that takes far longer than batches take ends the process, and says so before."""

from __future__ import annotations

from analytics.vision.watchdog import LEAST_S, STATUS, Watchdog
from smartopia.bus.health import Reporter
from smartopia.clock import utc_now
from smartopia.metrics import Metrics
from smartopia.settings import Settings

TICK_S = 0.1


class Watched:
    """A watchdog, and what it did."""

    def __init__(self, usual_s: float) -> None:
        self.reporter = Reporter(Settings(), "analytics-vision", Metrics())
        self.ended: list[int] = []
        self.dog = Watchdog(self.reporter, usual_s, self.ended.append)

    def told(self) -> set[str]:
        return {reason.code for reason in self.reporter.beat(utc_now()).reasons}

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.dog.tick(TICK_S)


def test_a_batch_that_hangs_is_told_of_and_ends_the_process() -> None:
    watched = Watched(0.05)
    with watched.dog.batch(4):
        watched.wait(LEAST_S / 2 - 0.2)
        assert watched.told() == set()
        watched.wait(0.4)
        assert watched.told() == {"detector_hangs"}
        assert watched.ended == []
        watched.wait(LEAST_S / 2)
    assert watched.ended[0] == STATUS


def test_a_slow_batch_that_returns_is_taken_back() -> None:
    watched = Watched(0.05)
    with watched.dog.batch(4):
        watched.wait(LEAST_S - 0.2)
    watched.wait(TICK_S)
    assert (watched.told(), watched.ended) == (set(), [])
    with watched.dog.batch(4):
        watched.wait(LEAST_S - 0.2)
    assert watched.ended == [], "each batch has its own time"


def test_a_large_model_has_more_time_in_measure_of_its_usual_one() -> None:
    watched = Watched(1.0)
    with watched.dog.batch(4):
        watched.wait(20)
        assert watched.ended == []
        watched.wait(5)
        assert watched.ended


def test_while_there_is_nothing_to_do_nothing_hangs() -> None:
    watched = Watched(0.05)
    watched.wait(60)
    assert (watched.told(), watched.ended) == (set(), [])
