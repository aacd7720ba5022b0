"""A disk that fills up is told of, and a broker that could not write is started again."""

from __future__ import annotations

from pathlib import Path

from smartopia.bus.health import Reporter
from smartopia.cli.disk import DiskWatch
from smartopia.clock import utc_now
from smartopia.metrics import Metrics
from smartopia.settings import Settings

FULL, ROOM = 5_000_000, 900_000_000


class Watched:
    """A disk watch, and what came of it."""

    def __init__(self) -> None:
        self.restarts = 0
        self.watch = DiskWatch(Path("/var/city"), self._restart)
        self._reporter = Reporter(Settings(), "supervisor", Metrics())

    def _restart(self) -> None:
        self.restarts += 1

    def told(self, free: int) -> list[str]:
        self.watch.look(self._reporter, free)
        return [problem.code for problem in self._reporter.beat(utc_now()).reasons]


def test_a_disk_that_is_nearly_full_is_told_until_there_is_room() -> None:
    watched = Watched()
    assert watched.told(ROOM) == []
    assert watched.told(FULL) == ["disk_low"]
    assert watched.told(ROOM) == []
    assert watched.restarts == 0


def test_a_broker_that_could_not_write_is_started_again_once_when_there_is_room() -> None:
    watched = Watched()
    watched.watch.broker_failed()
    assert watched.told(FULL) == ["disk_low", "broker_cannot_write"]
    assert watched.restarts == 0
    assert watched.told(ROOM) == ["broker_cannot_write"]
    assert watched.told(ROOM) == []
    assert watched.restarts == 1
