"""The figures of one part of the events and alerts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analytics.evaluation.events import CameraKey
from analytics.evaluation.f_measure import Outcomes, f_measure
from analytics.evaluation.intervals import (
    Figure,
    PerDay,
    cluster_draws,
    per_day,
    quantile,
    wilson,
)
from analytics.evaluation.pairing import (
    COUNTED,
    AlertVerdict,
    EventVerdict,
    JudgedAlert,
    JudgedEvent,
)

RESAMPLES = 1000

_SEED = 1
_DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class Counts:
    """What all figures of a part are made of.

    Attributes:
        found, late, missed: events that count; `late` ones were alerted after their window.
        unwatched, cut: events that do not.
        false, duplicates, late_alerts, ignored: alerts besides those that found an event.
    """

    found: int
    late: int
    missed: int
    unwatched: int
    cut: int
    false: int
    duplicates: int
    late_alerts: int
    ignored: int

    @property
    def events(self) -> int:
        """Those that count."""
        return self.found + self.late + self.missed

    @property
    def alerts(self) -> int:
        """Those that count: as many right ones as events found, and the false ones."""
        return self.found + self.false


@dataclass(frozen=True, slots=True)
class SituationScore:
    """How well a part of the events was told.

    Attributes:
        recall: events found, of those that count.
        reach: events found, of those that count and those nobody watched: what the city gets.
        precision: alerts that were right, of right and false ones.
        strict_precision: the same with late alerts as false ones, as i-LIDS has it.
        f1: harmonic mean of recall and precision.
        f_recall: the same, recall weighing more: F with a recall bias of RECALL_BIAS.
        false_per_day: false alerts by camera and day.
        delay, delay_p90: median and 90th percentile of the seconds from onset to alert, of all
            events that were alerted, late ones among them.
    """

    counts: Counts
    recall: Figure
    reach: Figure
    precision: Figure
    strict_precision: Figure
    f1: Figure
    f_recall: Figure
    false_per_day: PerDay
    delay: Figure
    delay_p90: Figure


@dataclass(slots=True)
class Tally:
    """The events, alerts and camera seconds of a part."""

    events: list[JudgedEvent] = field(default_factory=list)
    alerts: list[JudgedAlert] = field(default_factory=list)
    seconds: float = 0.0

    def score(self, recall_bias: float) -> SituationScore:
        """Its figures."""
        counts = self._counts()
        outcomes = self._outcomes()
        return SituationScore(
            counts=counts,
            recall=wilson(counts.found, counts.events),
            reach=wilson(counts.found, counts.events + counts.unwatched),
            precision=wilson(counts.found, counts.alerts),
            strict_precision=wilson(counts.found, counts.alerts + counts.late_alerts),
            f1=f_measure(outcomes, 1.0, RESAMPLES, _SEED),
            f_recall=f_measure(outcomes, recall_bias, RESAMPLES, _SEED),
            false_per_day=per_day(counts.false, self.seconds / _DAY_S),
            delay=self._delay(0.5),
            delay_p90=self._delay(0.9),
        )

    def _counts(self) -> Counts:
        events = Counter(one.verdict for one in self.events)
        alerts = Counter(one.verdict for one in self.alerts)
        return Counts(
            found=events[EventVerdict.FOUND],
            late=events[EventVerdict.LATE],
            missed=events[EventVerdict.MISSED],
            unwatched=events[EventVerdict.UNWATCHED],
            cut=events[EventVerdict.CUT],
            false=alerts[AlertVerdict.FALSE],
            duplicates=alerts[AlertVerdict.DUPLICATE],
            late_alerts=alerts[AlertVerdict.LATE],
            ignored=alerts[AlertVerdict.IGNORED],
        )

    def _outcomes(self) -> Outcomes:
        events = [one for one in self.events if one.verdict in COUNTED]
        false = [one for one in self.alerts if one.verdict is AlertVerdict.FALSE]
        numbers, clusters = clusters_of(
            [
                *((one.event.key, one.event.onset) for one in events),
                *((one.alert.key, one.alert.raised) for one in false),
            ]
        )
        table = np.zeros((3, clusters))
        rows = [int(one.verdict is not EventVerdict.FOUND) for one in events] + [2] * len(false)
        np.add.at(table, (np.array(rows, np.intp), numbers), 1)
        return Outcomes(*table)

    def _delay(self, share: float) -> Figure:
        told = [one for one in self.events if one.verdict in COUNTED and one.delay is not None]
        numbers, clusters = clusters_of([(one.event.key, one.event.onset) for one in told])
        delays = np.array([one.delay for one in told], float)
        return quantile(delays, numbers, share, cluster_draws(max(1, clusters), RESAMPLES, _SEED))


def clusters_of(cases: Sequence[tuple[CameraKey, datetime]]) -> tuple[NDArray[np.intp], int]:
    """The number of each case's cluster, and how many there are.

    A cluster is a camera; where there is but one, an hour of it.
    """
    if len({camera for camera, _ in cases}) > 1:
        keys = [f"{camera.site}/{camera.camera}" for camera, _ in cases]
    else:
        keys = [when.strftime("%F %H") for _, when in cases]
    numbers = {key: number for number, key in enumerate(sorted(set(keys)))}
    return np.array([numbers[key] for key in keys], np.intp), len(numbers)
