"""Ends the process whose detector hangs, so that its supervisor starts another."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from smartopia.bus.health import Reporter

log = logging.getLogger(__name__)

# So much longer than usual it hangs; less than LEAST_S is no hang however quick it usually is.
_TIMES = 6.0
LEAST_S, _MOST_S = 2.4, 60.0
_TICK_S = 0.1
_FRESH = 0.1
STATUS = 70
"""The exit status of a process that ended itself: EX_SOFTWARE of sysexits.h."""

_HANGS = "detector_hangs"


class Watchdog:
    """Watches how long each batch takes.

    A thread that is stuck within a model's runtime can neither be interrupted nor left: it has
    the model, and a core. Only the end of its process ends it.

    Args:
        usual_s: seconds that a picture usually takes.
        end: ends the process.
    """

    def __init__(
        self, reporter: Reporter, usual_s: float, end: Callable[[int], object] = os._exit
    ) -> None:
        self._reporter = reporter
        self._usual_s = usual_s
        self._end = end
        self._pictures = 0
        self._busy_s = 0.0

    @contextmanager
    def batch(self, pictures: int) -> Iterator[None]:
        """From here to the end of the block, so many pictures are looked at."""
        self._pictures, self._busy_s = pictures, 0.0
        began = time.monotonic()
        try:
            yield
        finally:
            self._pictures = 0
            took = (time.monotonic() - began) / pictures
            self._usual_s += _FRESH * (took - self._usual_s)

    @property
    def limit_s(self) -> float:
        """How long the present batch may take."""
        return min(max(_TIMES * self._usual_s * self._pictures, LEAST_S), _MOST_S)

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await asyncio.sleep(_TICK_S)
            self.tick(_TICK_S)

    def tick(self, seconds: float) -> None:
        """Take so many seconds into account.

        These are its own ticks, not the clock's: while the whole process is held up, by a
        debugger or for want of a processor, no thread of it can be blamed.
        """
        if not self._pictures:
            self._reporter.recovered(_HANGS)
            return
        self._busy_s += seconds
        if self._busy_s < self.limit_s / 2:
            return
        text = f"the detector has not returned from {self._pictures} pictures"
        # Told before the end, for a heartbeat to carry it; the last line of the log is shown, too.
        self._reporter.degraded(_HANGS, f"{text}; its process is replaced if it stays so")
        if self._busy_s >= self.limit_s:
            log.critical("%s for %.1f s: it hangs; this process ends", text, self._busy_s)
            self._end(STATUS)
