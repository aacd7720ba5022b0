"""Tells when a detector is too slow for its cameras, so that it leaves frames out."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from itertools import pairwise

from smartopia.bus.health import Reporter
from smartopia.metrics import Metrics

LEAST, ENOUGH = 0.75, 0.9
"""It is too slow below `LEAST` of the frames, and not any more from `ENOUGH` of them on."""

CALM_S = 10.0
"""It has kept up for so long before that is believed."""

_WINDOW_S = 3.0
_LOOK_S = 0.5
# What comes all at once, after a broker was away, is left out all at once: that is no shortfall.
_OFTEN = 3
_FEWEST = 4
_PROBLEM = "detector_slow"


@dataclass(frozen=True, slots=True)
class _Count:
    """How many frames had come, and how many of them were not looked at, at some time."""

    at: float
    came: int
    left_out: int


class Shortfall:
    """Keeps the service degraded while its detector leaves out frames.

    With several detectors each gets its share of the frames, and judges by that.
    """

    def __init__(self, reporter: Reporter, metrics: Metrics) -> None:
        self._reporter = reporter
        self._metrics = metrics
        self._counts: deque[_Count] = deque()
        self._slow = False
        self._calm_since: float | None = None

    async def run(self) -> None:
        """Judge until cancelled."""
        while True:
            self.look(time.monotonic())
            await asyncio.sleep(_LOOK_S)

    def look(self, now: float) -> None:
        """Judge by what was counted in the last seconds. `now`: seconds of a steady clock."""
        counters = self._metrics.counters
        came = counters["frames_in"] - counters["frames_refused"]
        self._counts.append(_Count(now, came, counters["frames_dropped"]))
        while len(self._counts) > 2 and self._counts[1].at <= now - _WINDOW_S:
            self._counts.popleft()
        first, last = self._counts[0], self._counts[-1]
        came, left_out = last.came - first.came, last.left_out - first.left_out
        share = 1.0 if came < _FEWEST else 1 - left_out / came
        often = sum(a.left_out < b.left_out for a, b in pairwise(self._counts)) >= _OFTEN
        if often and share < (ENOUGH if self._slow else LEAST):
            self._slow, self._calm_since = True, None
            seconds = last.at - first.at
            self._reporter.degraded(_PROBLEM, _words((came - left_out) / seconds, came / seconds))
        elif self._slow:
            self._calm_since = now if self._calm_since is None else self._calm_since
            if now - self._calm_since >= CALM_S:
                self._slow = False
                self._reporter.recovered(_PROBLEM)


def _words(looked: float, came: float) -> str:
    return (
        f"The detector looks at {max(looked, 0):.2g} of {came:.2g} frames a second, and what "
        "happens in the others is not seen: start a detector on one more machine, or have the "
        "cameras send fewer frames"
    )
