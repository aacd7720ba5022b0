"""Sums and means over a moving window, kept in at most a hundred buckets: pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from analytics.rules.model import Rule, Statistic

if TYPE_CHECKING:
    from analytics.rules.evaluate import Input

_BUCKETS = 100
_COVERAGE = 0.75

# (time of the first result, sum, count) of each bucket, oldest first.
Bucket = tuple[datetime, float, int]
Window = tuple[Bucket, ...]


def add(window: Window, seen: Input, span: timedelta) -> Window:
    """The window with one more result, and without what has left it."""
    kept = tuple(bucket for bucket in window if bucket[0] > seen.time - span)
    if kept and seen.time - kept[-1][0] < span / _BUCKETS:
        start, total, count = kept[-1]
        return (*kept[:-1], (start, total + seen.result, count + 1))
    return (*kept, (seen.time, seen.result, 1))


def value(window: Window, seen: Input, rule: Rule) -> float | None:
    """The rule's statistic; None for a mean of a window that is mostly not there."""
    total = sum(bucket[1] for bucket in window)
    if rule.statistic is Statistic.SUM:
        return total
    count = sum(bucket[2] for bucket in window)
    covered = count * max(seen.interval, min(seen.period, rule.window))
    if covered < _COVERAGE * rule.window:
        return None
    return total / count


def as_json(window: Window) -> list[list[Any]]:
    """As it is kept in the database."""
    return [[start.isoformat(), total, count] for start, total, count in window]


def from_json(data: list[list[Any]]) -> Window:
    """From the database."""
    return tuple((datetime.fromisoformat(start), total, count) for start, total, count in data)
