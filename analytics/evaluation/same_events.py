"""Two runs of the same events: what one tells better than the other.

Both are held against each other over the time both watched, for what both watched for: else the
one that looked away would be spared its misses and its false alerts. `reach` alone counts that
against it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from analytics.evaluation.compare import (
    RESAMPLES,
    Comparison,
    compare_draws,
    compare_events,
    compare_found,
)
from analytics.evaluation.events import CameraKey, RaisedAlert, TrueEvent, Watched
from analytics.evaluation.intervals import LEAST_DAYS, cluster_draws
from analytics.evaluation.pairing import AlertVerdict, EventVerdict, Judged, judge
from analytics.evaluation.situation_score import clusters_of
from analytics.evaluation.watched import shared_time

_NOWHERE = frozenset({EventVerdict.CUT, EventVerdict.FAR})

SAME_WITHIN = timedelta(seconds=1)
"""Onsets of one event, by the begin of its run, are no further apart when it is played again."""

_SEED = 1
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Take:
    """A run: what was true, told and watched.

    Attributes:
        begin: when it begins; times of two takes are held against each other from there on.
        covered: the time the truth is known of.
    """

    begin: datetime
    events: tuple[TrueEvent, ...]
    alerts: tuple[RaisedAlert, ...]
    covered: tuple[Watched, ...]
    watched: tuple[Watched, ...]

    def judged(self, watched: Iterable[Watched], covered: Iterable[Watched]) -> Judged:
        """Its events and alerts over this time."""
        return judge(self.events, self.alerts, watched, covered=covered)

    def beginning(self, begin: datetime) -> Take:
        """The same at another time."""
        by = begin - self.begin
        return Take(
            begin=begin,
            events=tuple(
                replace(one, onset=one.onset + by, end=one.end and one.end + by)
                for one in self.events
            ),
            alerts=tuple(replace(one, raised=one.raised + by) for one in self.alerts),
            covered=_moved(self.covered, by),
            watched=_moved(self.watched, by),
        )


def _moved(spans: Iterable[Watched], by: timedelta) -> tuple[Watched, ...]:
    return tuple(replace(one, begin=one.begin + by, end=one.end + by) for one in spans)


def together(takes: Sequence[Take]) -> Take:
    """Several runs as one."""
    return Take(
        begin=min(take.begin for take in takes),
        events=tuple(one for take in takes for one in take.events),
        alerts=tuple(one for take in takes for one in take.alerts),
        covered=tuple(one for take in takes for one in take.covered),
        watched=tuple(one for take in takes for one in take.watched),
    )


def compare_runs(pairs: Iterable[tuple[Take, Take]]) -> dict[str, Comparison]:
    """Compare two systems by runs of the same events, each pair a first and a second one.

    A second run may have the very truth of the first, or be the same play at another time: its
    events are known by camera, kind and time from the run's begin.

    Returns:
        By measure: recall, f1, false_per_day, and reach.
    """
    both = [(one, two.beginning(one.begin)) for one, two in pairs]
    first = together([one for one, _ in both])
    second = together([two for _, two in both])
    second = replace(second, events=_named_alike(first.events, second.events))
    covered = shared_time(first.covered, second.covered)
    common = shared_time(first.watched, second.watched)
    before, after = (one.judged(common, covered) for one in (first, second))
    whole = [one.judged(one.watched, covered) for one in (first, second)]
    return {
        **compare_events(before, after),
        "false_per_day": _false_per_day(before, after),
        "reach": _reach(*whole),
    }


def _named_alike(first: Iterable[TrueEvent], second: Iterable[TrueEvent]) -> tuple[TrueEvent, ...]:
    """The second's events, under the ids the first has for them; others keep their own."""
    known: defaultdict[tuple[CameraKey, str], list[TrueEvent]] = defaultdict(list)
    for one in first:
        known[one.key, one.kind].append(one)
    named = []
    for one in second:
        group = known[one.key, one.kind]
        near = min(group, key=lambda other: abs(other.onset - one.onset), default=None)
        if near is not None and abs(near.onset - one.onset) <= SAME_WITHIN:
            group.remove(near)
            named.append(replace(one, id=near.id))
        else:
            named.append(one)
    return tuple(named)


def _false_per_day(before: Judged, after: Judged) -> Comparison:
    """False alerts by camera and day, whole cameras drawn."""
    cameras = {key: number for number, key in enumerate(sorted({s.key for s in before.watched}))}
    table = np.zeros((3, max(1, len(cameras))))
    for span in before.watched:
        table[2, cameras[span.key]] += span.length / _DAY
    for row, judged in zip(table, (before, after), strict=False):
        for one in judged.alerts:
            if one.verdict is AlertVerdict.FALSE:
                row[cameras[one.alert.key]] += 1
    sums = table.sum(axis=1)
    drawn = table @ cluster_draws(table.shape[1], RESAMPLES, _SEED).T
    days, again = max(float(sums[2]), 1e-9), np.maximum(drawn[2], 1e-9)
    return compare_draws(
        "false_per_day",
        (float(sums[0]) / days, float(sums[1]) / days),
        (drawn[0] / again, drawn[1] / again),
        int(sums[0] + sums[1]),
        len(cameras),
        lower_is_better=True,
        few=float(sums[2]) < LEAST_DAYS,
    )


def _reach(before: Judged, after: Judged) -> Comparison:
    """What either found of all events, those nobody watched among them."""
    sides = [
        {(one.event.key, one.event.kind, one.event.id): one for one in judged.events}
        for judged in (before, after)
    ]
    both = sorted(sides[0].keys() & sides[1].keys())
    shared = [key for key in both if all(side[key].verdict not in _NOWHERE for side in sides)]
    found = [
        np.array([side[key].verdict is EventVerdict.FOUND for key in shared], bool)
        for side in sides
    ]
    events = [sides[0][key].event for key in shared]
    clusters, _ = clusters_of([(one.key, one.onset) for one in events])
    return compare_found(found[0], found[1], clusters, measure="reach")
