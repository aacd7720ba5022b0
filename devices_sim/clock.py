"""The run's clock: seconds since it began, and the instants they stand for."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from smartopia.clock import utc_now


@dataclass(frozen=True, slots=True)
class RunClock:
    """Seconds of a run, which nobody can set, told as instants, which somebody can.

    Attributes:
        start: the instant that second 0 stands for.
        zero: when second 0 is or was, by `time.monotonic`.
        speed: seconds of the run in one second of life.
        own_time: the run tells instants of its own, not the present's.
    """

    start: datetime
    zero: float
    speed: float = 1.0
    own_time: bool = False

    @classmethod
    def beginning(
        cls, in_seconds: float = 0.0, *, start: datetime | None = None, speed: float = 1.0
    ) -> RunClock:
        """A clock whose second 0 is so many seconds (of life) from now.

        Args:
            in_seconds: seconds from now.
            start: what second 0 stands for, if not that moment.
            speed: seconds of the run in one of life; other than 1 only where `start` is given.
        """
        wait = timedelta(seconds=in_seconds)
        began = start or utc_now() + wait
        return cls(began, time.monotonic() + in_seconds, speed, start is not None)

    def now(self) -> float:
        """Seconds since the run began; negative before."""
        return (time.monotonic() - self.zero) * self.speed

    def wait(self, seconds: float) -> float:
        """Seconds of life until that second of the run; 0 if it is past."""
        return max(0.0, (seconds - self.now()) / self.speed)

    def instant(self, seconds: float) -> datetime:
        """The instant that so many seconds of the run stand for."""
        return self.start + timedelta(seconds=seconds)

    def told(self, seconds: float) -> datetime:
        """What a device's clock says then, where that is about now."""
        return self.instant(seconds) if self.own_time else utc_now()

    def played(self, seconds: float) -> datetime:
        """When, in life, that second of the run is played."""
        if not self.own_time:
            return self.instant(seconds)
        ahead = self.zero + seconds / self.speed - time.monotonic()
        return utc_now() + timedelta(seconds=ahead)

    def offset(self) -> float:
        """Seconds by which the machine's clock is ahead of this one: it was set, or suspended."""
        if self.own_time:
            return 0.0
        return (utc_now() - self.instant(self.now())).total_seconds()

    def set_anew(self) -> RunClock:
        """The same seconds, told by the machine's clock as it goes now."""
        return replace(self, start=self.start + timedelta(seconds=self.offset()))
