"""Watches the disk that the servers of a city write to."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

from smartopia.bus.health import Reporter

_EACH_S = 1.0
_LOW = 200_000_000


class DiskWatch:
    """Tells of a disk that is nearly full.

    A broker whose store failed does not mend by itself: it is started again once there is room.

    Args:
        folder: where the servers write.
        restart_broker: ends the broker, so that it is started again.
    """

    def __init__(self, folder: Path, restart_broker: Callable[[], None]) -> None:
        self._folder = folder
        self._restart_broker = restart_broker
        self._broker_failed = False

    def broker_failed(self) -> None:
        """The broker has said that it cannot write."""
        self._broker_failed = True

    async def run(self, reporter: Reporter) -> None:
        """Look each second, until cancelled."""
        while True:
            await asyncio.sleep(_EACH_S)
            self.look(reporter, shutil.disk_usage(self._folder).free)

    def look(self, reporter: Reporter, free: int) -> None:
        """Tell how it stands, with so many bytes free."""
        if free < _LOW:
            reporter.degraded(
                "disk_low",
                f"only {free / 1e6:.0f} MB are free for {self._folder}; make room, or messages "
                "will be refused",
            )
        else:
            reporter.recovered("disk_low")
        if not self._broker_failed:
            reporter.recovered("broker_cannot_write")
            return
        reporter.degraded(
            "broker_cannot_write",
            "the broker cannot write to its disk; devices keep what they send. It is started "
            "again when there is room",
        )
        if free >= _LOW:
            self._broker_failed = False
            self._restart_broker()
