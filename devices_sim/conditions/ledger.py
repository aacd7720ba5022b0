"""Keeps the record of which conditions really were in force, from when to when."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from devices_sim.conditions.model import Span

Clock = Callable[[], float]
"""Seconds since the run began."""

Record = Callable[[Span], None]
"""Told of each span twice: when it takes hold, with an infinite end, and once it is over.

Both times `begin` is when it really took hold, in seconds of the run.
"""


def no_record(_span: Span) -> None:
    """For who keeps no record."""


class Ledger:
    """From when to when each span really was in force."""

    def __init__(self, spans: Iterable[Span], record: Record) -> None:
        # In the order of their begin, so that looking costs nothing however many are to come.
        self._coming = deque(sorted(enumerate(spans), key=lambda one: one[1].begin))
        self._on: list[tuple[int, Span]] = []
        self._record = record
        self._begun: dict[Span, float] = {}

    def in_force(self, now: float, also: Collection[Span] = ()) -> tuple[Span, ...]:
        """The spans in force now, and others that are too; what began or ended is told.

        `now` may only go forward.
        """
        while self._coming and self._coming[0][1].begin <= now:
            self._on.append(self._coming.popleft())
            self._on.sort(key=lambda one: one[0])
        self._on = [(order, span) for order, span in self._on if now < span.end]
        spans = (*(span for _, span in self._on), *also)
        for over in [span for span in self._begun if span not in spans]:
            self._end(over, now)
        for span in spans:
            if span not in self._begun:
                self._begun[span] = now
                self._record(replace(span, begin=now, end=math.inf))
        return spans

    def close(self, now: float) -> None:
        """All are over; no more comes."""
        for span in list(self._begun):
            self._end(span, now)

    def _end(self, span: Span, now: float) -> None:
        begin = self._begun.pop(span)
        self._record(replace(span, begin=begin, end=max(begin, min(span.end, now))))
