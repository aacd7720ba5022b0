"""One rule, one datastream, one observation: pure.

A rule's memory of a datastream goes in with an observation, and comes out changed, with
what happened, if anything did. Time is the observations' own: the same observations give
the same alerts, live or replayed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from analytics.rules import window as windows
from analytics.rules.model import Rule, Statistic
from analytics.rules.window import Window

# Results that each stand for an interval leave no doubt: the next must follow on. Instants
# may come late or be lost now and then.
_GAP_INTERVALS = 1.5
_GAP_PERIODS = 3.0


class Phase(StrEnum):
    """Where a condition is: not there, there but not long enough, or alarming."""

    QUIET = "quiet"
    PENDING = "pending"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Memory:
    """What a rule remembers of a datastream.

    Attributes:
        since: when the condition began (pending, active).
        ending_since: when it stopped holding, while it is still active.
        last: time of the last observation taken into account.
    """

    phase: Phase = Phase.QUIET
    since: datetime | None = None
    ending_since: datetime | None = None
    last: datetime | None = None
    window: Window = ()

    def as_json(self) -> dict[str, Any]:
        """As it is kept in the database."""
        return {
            "phase": self.phase,
            "since": self.since.isoformat() if self.since else None,
            "ending_since": self.ending_since.isoformat() if self.ending_since else None,
            "last": self.last.isoformat() if self.last else None,
            "window": windows.as_json(self.window),
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> Memory:
        """From the database."""

        def instant(name: str) -> datetime | None:
            return datetime.fromisoformat(data[name]) if data[name] else None

        return Memory(
            Phase(data["phase"]),
            instant("since"),
            instant("ending_since"),
            instant("last"),
            windows.from_json(data["window"]),
        )


@dataclass(frozen=True, slots=True)
class Input:
    """An observation as a rule sees it.

    Attributes:
        interval: the span each result sums up; zero for an instant.
        period: how often results are due.
    """

    time: datetime
    result: float
    interval: timedelta
    period: timedelta

    @property
    def longest_gap(self) -> timedelta:
        """The longest pause after which a condition is still taken to have held."""
        if self.interval:
            return _GAP_INTERVALS * self.interval
        return _GAP_PERIODS * self.period


@dataclass(frozen=True, slots=True)
class Raised:
    """The condition has held long enough."""

    onset: datetime
    value: float
    held: timedelta


@dataclass(frozen=True, slots=True)
class Cleared:
    """The condition is over."""

    at: datetime
    value: float


Outcome = Raised | Cleared | None


def evaluate(rule: Rule, memory: Memory, seen: Input, zone: ZoneInfo) -> tuple[Memory, Outcome]:
    """Take one observation into account.

    One that is not newer than the last is left out: it is a duplicate or came late.
    """
    if memory.last is not None and seen.time <= memory.last:
        return memory, None
    gap = memory.last is not None and seen.time - memory.last > seen.longest_gap
    memory = replace(memory, last=seen.time)
    if gap and memory.phase is Phase.PENDING:
        # Nobody knows whether the condition held meanwhile: count anew.
        memory = replace(memory, phase=Phase.QUIET, since=None)
    value: float | None = seen.result
    if rule.statistic is not Statistic.LAST:
        window = windows.add(memory.window, seen, rule.window)
        memory = replace(memory, window=window)
        value = windows.value(window, seen, rule)
    if value is None:
        return memory, None
    holds = rule.raise_.holds(value) and _in_force(rule, seen.time, zone)
    if memory.phase is Phase.ACTIVE:
        return _while_active(rule, memory, seen, value)
    if not holds:
        return replace(memory, phase=Phase.QUIET, since=None), None
    if memory.phase is Phase.QUIET or memory.since is None:
        memory = replace(memory, phase=Phase.PENDING, since=seen.time)
    return _while_pending(rule, memory, seen, value)


def _while_pending(rule: Rule, memory: Memory, seen: Input, value: float) -> tuple[Memory, Outcome]:
    since = memory.since or seen.time
    # A value that stands for an hour has held for that hour.
    held = seen.time - since + max(seen.interval, rule.window)
    if held < rule.for_:
        return memory, None
    active = replace(memory, phase=Phase.ACTIVE, ending_since=None)
    return active, Raised(since, value, held)


def _while_active(rule: Rule, memory: Memory, seen: Input, value: float) -> tuple[Memory, Outcome]:
    over = rule.clear.holds(value) if rule.clear else not rule.raise_.holds(value)
    if not over:
        return replace(memory, ending_since=None), None
    ending = memory.ending_since or seen.time
    if seen.time - ending < rule.clear_for:
        return replace(memory, ending_since=ending), None
    quiet = replace(memory, phase=Phase.QUIET, since=None, ending_since=None)
    return quiet, Cleared(seen.time, value)


def _in_force(rule: Rule, time: datetime, zone: ZoneInfo) -> bool:
    if rule.hours is None:
        return True
    start, end = rule.hours
    hour = time.replace(tzinfo=time.tzinfo or UTC).astimezone(zone).hour
    return start <= hour < end if start < end else hour >= start or hour < end
