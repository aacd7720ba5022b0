"""How well situations are told: true events against alerts, part by part (issue 6).

The rules are those of `pairing`; what each figure means and where it is from: docs/evaluation.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo
from typing import Any, TypeVar

from analytics.evaluation.events import (
    CLEAR,
    CameraKey,
    RaisedAlert,
    TrueEvent,
    Watched,
    Windows,
)
from analytics.evaluation.f_measure import RECALL_BIAS
from analytics.evaluation.pairing import Judged, JudgedAlert, JudgedEvent, judge
from analytics.evaluation.sites import by_any_camera
from analytics.evaluation.situation_score import SituationScore, Tally

_HOUR = timedelta(hours=1)
_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class SituationScores:
    """All scores of some events and alerts.

    Attributes:
        judged: each event and alert with its verdict: the rows behind every figure.
        whole: an event counts once for each camera that looks at it.
        any_camera: an event counts once, found if any camera of its site found it.
        sites: the same by site.
        conditions: by name and grade; CLEAR has what is under none. What is under two is in both.
        hours: of the day, 0 to 23, in `zone`.
        models: by the weights that looked.
        rules: by situation and the digest of its rule.
        recall_bias: of `f_recall`.
    """

    judged: Judged
    zone: str
    recall_bias: float
    whole: SituationScore
    any_camera: SituationScore
    sites: Mapping[str, SituationScore]
    situations: Mapping[str, SituationScore]
    cameras: Mapping[CameraKey, SituationScore]
    conditions: Mapping[tuple[str, int], SituationScore]
    hours: Mapping[int, SituationScore]
    models: Mapping[str, SituationScore]
    rules: Mapping[tuple[str, str], SituationScore]


def score_situations(
    events: Iterable[TrueEvent],
    alerts: Iterable[RaisedAlert],
    watched: Iterable[Watched],
    *,
    windows: Windows | None = None,
    zone: tzinfo = UTC,
    recall_bias: float = RECALL_BIAS,
    covered: Iterable[Watched] | None = None,
) -> SituationScores:
    """Score alerts against what truly happened.

    Args:
        events: for each camera that looks at one, one.
        alerts: all that were raised, raised again included.
        watched: when which camera was watched.
        windows: when an alert is in time.
        zone: whose hours of the day.
        recall_bias: how many times as much as precision recall weighs in `f_recall`, i-LIDS' alpha.
        covered: the time the truth is known of; None: from the begin to the end of `watched`.
    """
    judged = judge(events, alerts, watched, windows, covered)
    merged = by_any_camera(judged)

    def score(judged: Judged, parts: _Parts) -> Mapping[Any, SituationScore]:
        tallies = _tallied(judged, parts)
        return {key: tallies[key].score(recall_bias) for key in sorted(tallies)}

    return SituationScores(
        judged=judged,
        zone=str(zone),
        recall_bias=recall_bias,
        whole=score(judged, _WHOLE)[""],
        any_camera=score(merged, _WHOLE)[""],
        sites=score(merged, _SITES),
        situations=score(judged, _situations(judged)),
        cameras=score(judged, _CAMERAS),
        conditions=score(judged, _CONDITIONS),
        hours=score(judged, _hours(zone)),
        models=score(judged, _MODELS),
        rules=score(judged, _RULES),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """A way to part a run: the keys of the parts that each thing is in, and seconds in each."""

    of_event: Callable[[JudgedEvent], Iterable[Any]]
    of_alert: Callable[[JudgedAlert], Iterable[Any]]
    of_span: Callable[[Watched], Iterable[tuple[Any, float]]]


def _tallied(judged: Judged, parts: _Parts) -> dict[Any, Tally]:
    tallies: dict[Any, Tally] = defaultdict(Tally)
    if parts is _WHOLE:
        tallies[""] = Tally()
    for event in judged.events:
        for key in parts.of_event(event):
            tallies[key].events.append(event)
    for alert in judged.alerts:
        for key in parts.of_alert(alert):
            tallies[key].alerts.append(alert)
    for span in judged.watched:
        for key, seconds in parts.of_span(span):
            tallies[key].seconds += seconds
    return tallies


def _seconds(span: Watched) -> float:
    return span.length.total_seconds()


def _each(keys: Iterable[_Key], span: Watched) -> Iterator[tuple[_Key, float]]:
    return ((key, _seconds(span)) for key in keys)


def _named(name: str) -> tuple[str, ...]:
    return (name,) if name else ()


def _model(one: JudgedAlert) -> str:
    return one.alert.model or (one.span.model if one.span else "")


_WHOLE = _Parts(lambda _: ("",), lambda _: ("",), lambda span: _each(("",), span))
_SITES = _Parts(
    lambda one: (one.event.site,), lambda one: (one.alert.site,), lambda s: _each((s.site,), s)
)
_CAMERAS = _Parts(
    lambda one: (one.event.key,), lambda one: (one.alert.key,), lambda s: _each((s.key,), s)
)
_CONDITIONS = _Parts(
    lambda one: one.event.conditions or (CLEAR,),
    lambda one: (one.span.conditions or (CLEAR,)) if one.span else (),
    lambda span: _each(span.conditions or (CLEAR,), span),
)
_MODELS = _Parts(
    lambda one: _named(one.model),
    lambda one: _named(_model(one)),
    lambda span: _each(_named(span.model), span),
)
_RULES = _Parts(
    lambda one: ((one.event.kind, one.rule_digest),) if one.rule_digest else (),
    lambda one: ((one.alert.situation, one.alert.rule_digest),) if one.alert.rule_digest else (),
    lambda span: _each(span.rules.items(), span),
)


def _situations(judged: Judged) -> _Parts:
    every = {one.event.kind for one in judged.events}
    every |= {one.alert.situation for one in judged.alerts}
    every |= {kind for span in judged.watched for kind in span.rules}
    return _Parts(
        lambda one: (one.event.kind,),
        lambda one: (one.alert.situation,),
        lambda span: _each(span.rules or every, span),
    )


def _hours(zone: tzinfo) -> _Parts:
    def of_span(span: Watched) -> Iterator[tuple[int, float]]:
        begin = span.begin.astimezone(zone)
        while begin < span.end:
            into = timedelta(
                minutes=begin.minute, seconds=begin.second, microseconds=begin.microsecond
            )
            # By the clock of UTC, or an hour put forward would count twice.
            end = min(span.end, begin.astimezone(UTC) + _HOUR - into)
            yield begin.hour, (end - begin).total_seconds()
            begin = end.astimezone(zone)

    return _Parts(
        lambda one: (one.event.onset.astimezone(zone).hour,),
        lambda one: (one.alert.raised.astimezone(zone).hour,),
        of_span,
    )
