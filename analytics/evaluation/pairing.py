"""Which alert is of which true event: the rules of docs/evaluation.md, to the letter.

Nothing depends on the order in which events, alerts and spans are given.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any, TypeVar

from analytics.evaluation.events import RaisedAlert, TrueEvent, Watched, Window, Windows
from analytics.evaluation.in_time import match_in_time

_Item = TypeVar("_Item")
_Key = TypeVar("_Key", bound=Hashable)
_Edges = tuple[datetime, datetime]


class EventVerdict(StrEnum):
    """What became of a true event.

    FOUND: an alert came in its window. LATE: one came only later, while it went on: a miss.
    MISSED: none came. UNWATCHED: a gap in watching touches its window, or no rule watched for
    its kind: no miss of the rules, but one of the system. CUT: its window reaches out of the time
    the truth is known of, or over the begin or end of all that was watched where that is not
    told: counts nowhere. FAR: the camera sees its place, but too small to be asked: counts nowhere.
    """

    FOUND = "found"
    LATE = "late"
    MISSED = "missed"
    UNWATCHED = "unwatched"
    CUT = "cut"
    FAR = "far"


COUNTED = frozenset({EventVerdict.FOUND, EventVerdict.LATE, EventVerdict.MISSED})
"""Verdicts of events that a recall rests on."""


class AlertVerdict(StrEnum):
    """What an alert is.

    RIGHT: it found an event. DUPLICATE: one more of a found event. LATE: of an event that goes
    on, too late. IGNORED: of an event that is cut, unwatched or far, or at a time that was not
    watched. FALSE: of nothing.
    """

    RIGHT = "right"
    DUPLICATE = "duplicate"
    LATE = "late"
    IGNORED = "ignored"
    FALSE = "false"


@dataclass(frozen=True, slots=True)
class JudgedEvent:
    """A true event and what became of it.

    Attributes:
        alert: id of what found it, or of the first late one.
        delay: seconds from its onset to that alert; negative before it.
        model, rule_digest: what watched for it at its onset; empty where nothing did.
    """

    event: TrueEvent
    verdict: EventVerdict
    alert: str | None = None
    delay: float | None = None
    model: str = ""
    rule_digest: str = ""


@dataclass(frozen=True, slots=True)
class JudgedAlert:
    """An alert and what it is.

    Attributes:
        event: id of the event it is of; None of what is false, or outside of what was watched.
        span: what was watched when it was raised; None outside of it.
    """

    alert: RaisedAlert
    verdict: AlertVerdict
    event: str | None = None
    span: Watched | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """All events and alerts with their verdicts, in the order of time, and what was watched."""

    events: tuple[JudgedEvent, ...]
    alerts: tuple[JudgedAlert, ...]
    watched: tuple[Watched, ...]


def judge(
    events: Iterable[TrueEvent],
    alerts: Iterable[RaisedAlert],
    watched: Iterable[Watched],
    windows: Windows | None = None,
    covered: Iterable[Watched] | None = None,
) -> Judged:
    """Say of each event whether it was found, and of each alert whether it was right.

    Args:
        covered: the time the truth is known of; None: from the begin to the end of `watched`.
    """
    chosen = windows or Windows()
    spans = tuple(watched)
    edges = (min(s.begin for s in spans), max(s.end for s in spans)) if spans else None
    known = _by(() if covered is None else covered, lambda one: one.key)
    limits = {key: _Time(some, None) for key, some in known.items()}
    time = {
        key: _Time(some, edges, limits.get(key))
        for key, some in _by(spans, lambda one: one.key).items()
    }
    told = _by(alerts, lambda one: (one.key, one.situation))
    true = _by(events, lambda one: (one.key, one.kind))
    judged_events: list[JudgedEvent] = []
    judged_alerts: list[JudgedAlert] = []
    for key, kind in sorted(told.keys() | true.keys()):
        group = _Kind(
            sorted(true.get((key, kind), ()), key=_event_order),
            sorted(told.get((key, kind), ()), key=_alert_order),
            time.get(key) or _Time((), edges, limits.get(key)),
            chosen.of(kind),
        )
        found, raised = group.judged()
        judged_events += found
        judged_alerts += raised
    return Judged(
        tuple(sorted(judged_events, key=lambda one: (one.event.onset, *_event_order(one.event)))),
        tuple(sorted(judged_alerts, key=lambda one: _alert_order(one.alert))),
        tuple(span for key in sorted(time) for span in time[key].spans),
    )


def _event_order(event: TrueEvent) -> tuple[Any, ...]:
    return (event.onset, event.id, event.kind, event.key, str(event.end), event.conditions)


def _alert_order(alert: RaisedAlert) -> tuple[Any, ...]:
    return (alert.raised, alert.id, alert.situation, alert.key, alert.rule_digest, alert.model)


class _Time:
    """The time a camera was watched, without overlaps, and where what is known of it ends.

    Args:
        edges: of the whole run.
        covered: the time the truth is known of; None where it is from edge to edge.
    """

    def __init__(
        self, spans: Iterable[Watched], edges: _Edges | None, covered: _Time | None = None
    ) -> None:
        self._edges = edges
        self._covered = covered
        self.spans: list[Watched] = []
        for span in sorted(spans, key=_span_order):
            begin = max(span.begin, self.spans[-1].end) if self.spans else span.begin
            if span.end > begin:
                self.spans.append(replace(span, begin=begin))
        self._begins = [span.begin for span in self.spans]

    def at(self, when: datetime) -> Watched | None:
        """The span of a moment; its ends belong to it."""
        index = bisect_right(self._begins, when) - 1
        return self.spans[index] if index >= 0 and when <= self.spans[index].end else None

    def cuts(self, begin: datetime, end: datetime) -> bool:
        """Whether a window reaches over an edge of what is known."""
        if self._covered is not None:
            return not self._covered.whole(begin, end, "")
        return self._edges is not None and (begin < self._edges[0] or end > self._edges[1])

    def whole(self, begin: datetime, end: datetime, kind: str) -> bool:
        """Whether a window was watched for a kind without a gap."""
        reached = begin
        for span in self.spans[max(0, bisect_right(self._begins, begin) - 1) :]:
            if span.begin > reached or (span.rules and kind not in span.rules):
                return False
            reached = max(reached, span.end)
            if reached >= end:
                return True
        return False


def _span_order(span: Watched) -> tuple[Any, ...]:
    rules = sorted(span.rules.items())
    return (span.begin, span.end, span.conditions, span.model, rules)


class _Kind:
    """Events and alerts of one camera and kind, each in order."""

    def __init__(
        self,
        events: Sequence[TrueEvent],
        alerts: Sequence[RaisedAlert],
        time: _Time,
        window: Window,
    ) -> None:
        self._events, self._alerts, self._time, self._window = events, alerts, time, window
        self._spans = [time.at(alert.raised) for alert in alerts]
        # Whether an event counts is settled before any alert is looked at.
        self._standing = [self._stands(event) for event in events]
        counted = [i for i, one in enumerate(self._standing) if one is EventVerdict.MISSED]
        heard = [i for i, span in enumerate(self._spans) if span is not None]
        pairs = match_in_time(
            [events[i].onset for i in counted], [alerts[i].raised for i in heard], window
        )
        self._finder = {counted[event]: heard[alert] for event, alert in pairs.items()}

    def judged(self) -> tuple[list[JudgedEvent], list[JudgedAlert]]:
        """All of them with their verdicts."""
        alerts = self._judged_alerts()
        late = self._first_late(alerts)
        return [self._judged_event(i, late) for i in range(len(self._events))], alerts

    def _stands(self, event: TrueEvent) -> EventVerdict:
        """Whether an event counts; MISSED until an alert is found for it."""
        if not event.asked:
            return EventVerdict.FAR
        begin, end = event.onset - self._window.early, event.onset + self._window.late
        if self._time.cuts(begin, end):
            return EventVerdict.CUT
        if not self._time.whole(begin, end, event.kind):
            return EventVerdict.UNWATCHED
        return EventVerdict.MISSED

    def _judged_event(self, number: int, late: Mapping[int, int]) -> JudgedEvent:
        event, verdict = self._events[number], self._standing[number]
        span = self._time.at(event.onset)
        model, rule = (span.model, span.rules.get(event.kind, "")) if span else ("", "")
        by = self._finder.get(number, late.get(number))
        if by is None:
            return JudgedEvent(event, verdict, model=model, rule_digest=rule)
        verdict = EventVerdict.FOUND if number in self._finder else EventVerdict.LATE
        alert = self._alerts[by]
        delay = (alert.raised - event.onset).total_seconds()
        return JudgedEvent(event, verdict, alert.id, delay, model, rule)

    def _judged_alerts(self) -> list[JudgedAlert]:
        found = {alert: event for event, alert in self._finder.items()}
        judged = []
        for number, (alert, span) in enumerate(zip(self._alerts, self._spans, strict=True)):
            verdict, event = (
                (AlertVerdict.RIGHT, found[number])
                if number in found
                else self._left_over(alert, span)
            )
            told = None if event is None else self._events[event].id
            judged.append(JudgedAlert(alert, verdict, told, span))
        return judged

    def _left_over(
        self, alert: RaisedAlert, span: Watched | None
    ) -> tuple[AlertVerdict, int | None]:
        """What an alert is that found nothing, by the events that are on while it comes."""
        if span is None:
            return AlertVerdict.IGNORED, None
        around = [i for i in range(len(self._events)) if self._during(i, alert.raised)]
        found = [i for i in around if i in self._finder]
        idle = [i for i in around if self._standing[i] is not EventVerdict.MISSED]
        for verdict, fitting in (
            (AlertVerdict.DUPLICATE, found),
            (AlertVerdict.IGNORED, idle),
            (AlertVerdict.LATE, around),
        ):
            if fitting:
                return verdict, fitting[-1]  # the one that began last
        return AlertVerdict.FALSE, None

    def _during(self, number: int, when: datetime) -> bool:
        event = self._events[number]
        if when < event.onset - self._window.early:
            return False
        return event.end is None or when <= max(event.end, event.onset + self._window.late)

    def _first_late(self, judged: Sequence[JudgedAlert]) -> dict[int, int]:
        """By missed event, the first alert that came late during it."""
        late = [n for n, one in enumerate(judged) if one.verdict is AlertVerdict.LATE]
        first: dict[int, int] = {}
        for i, standing in enumerate(self._standing):
            if i not in self._finder and standing is EventVerdict.MISSED:
                during = (n for n in late if self._during(i, judged[n].alert.raised))
                first.update((i, n) for n in islice(during, 1))
        return first


def _by(items: Iterable[_Item], key: Callable[[_Item], _Key]) -> dict[_Key, list[_Item]]:
    groups: dict[_Key, list[_Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups
