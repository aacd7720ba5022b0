"""One camera's frames in the order of their time, however many detectors answered: pure."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta

from smartopia.seen import Seen, Sighted

WAIT_S = 0.5
"""So long a frame waits for those before it."""

SET_BACK = timedelta(seconds=5)
"""A time further back than this is a clock that was set, not a frame that is late."""


class Order:
    """The frames of one camera that wait for those before them.

    A frame whose predecessor, by boot and seq, has gone does not wait at all.

    Attributes:
        late: frames that came when a later one had gone already.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, int, float, Sighted]] = []
        self._number = 0
        self._gone: Seen | None = None
        self.late = 0

    def put(self, sighted: Sighted, now: float) -> None:
        """Take in a frame that came at `now`, in seconds of any steady clock."""
        if self._is_late(sighted.seen):
            self.late += 1
            return
        self._number += 1
        heapq.heappush(self._waiting, (sighted.seen.time, self._number, now, sighted))

    def ready(self, now: float) -> Iterator[Sighted]:
        """The frames whose turn it is by now."""
        while self._waiting:
            _, _, came, sighted = self._waiting[0]
            if now - came < WAIT_S and not self._follows(sighted.seen):
                return
            heapq.heappop(self._waiting)
            if self._is_late(sighted.seen):  # the same frame, told twice
                self.late += 1
                continue
            self._gone = sighted.seen
            yield sighted

    def _follows(self, seen: Seen) -> bool:
        return self._gone is not None and _ahead(self._gone, seen) == 1

    def _is_late(self, seen: Seen) -> bool:
        gone = self._gone
        if gone is None or seen.time > gone.time:
            return False
        ahead = _ahead(gone, seen)
        return (ahead is not None and ahead <= 0) or gone.time - seen.time <= SET_BACK


def _ahead(gone: Seen, seen: Seen) -> int | None:
    """By how many frames one is ahead of another; None where they are not numbered alike."""
    if gone.boot != seen.boot or gone.seq is None or seen.seq is None:
        return None
    return seen.seq - gone.seq
