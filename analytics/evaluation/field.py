"""Live operation, where nobody knows the truth: what operators said, made into figures.

Precision comes from what alerts turned out to be. Recall comes from the events no alert told of:
those reported, and those that spot checks stand for. Estimators and sources: docs/evaluation.md.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

import numpy as np

from analytics.evaluation.events import CameraKey
from analytics.evaluation.intervals import Figure, weighted_poisson, wilson
from smartopia.alarms.model import Disposition

CLIP = timedelta(seconds=10)
"""How long the moment of a spot check is."""

SAME_WITHIN = timedelta(minutes=5)
"""Told times of one missed event are no further apart."""

UNRESOLVED = "unresolved"


class Answer(StrEnum):
    """What an operator says of a moment without an alert."""

    NOTHING = "nothing"
    MISSED = "missed"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Disposed:
    """An alert; `disposition` is None while nobody has resolved it."""

    id: str
    situation: str
    site: str
    camera: str
    raised: datetime
    disposition: Disposition | None
    rule_digest: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class SpotCheck:
    """A moment without an alert that was drawn to be looked at.

    Attributes:
        begin: of its clip, which lasts CLIP.
        probability: with which each moment of its camera and hour was drawn.
        answer: None while nobody has looked.
        situation: what was missed.
        began_before: it went on already when the clip began, so that it is another moment's.
    """

    id: str
    site: str
    camera: str
    begin: datetime
    probability: float
    answer: Answer | None = None
    situation: str = ""
    began_before: bool = False


@dataclass(frozen=True, slots=True)
class MissReport:
    """What an operator reported of which there was no alert."""

    id: str
    situation: str
    site: str
    camera: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LiveScore:
    """What live operation tells of a part.

    Attributes:
        dispositions: how many alerts turned out what; `unresolved` are still open.
        precision: true, of true and false.
        precision_worst, precision_best: if all unresolved ones were false, or true.
        missed: events without an alert, as estimated; `n` are the checks answered.
        recall: events alerted, of those and the missed. NaN where no check found a miss that
            began in its clip: the interval then says what can be said.
        checks: answered; `unanswered` were not, or nothing could be told.
        hits: misses that began within the clip of a check.
        reports: misses reported, each once.
        chapman: missed events by capture and recapture, a check of `missed`; NaN without hits.
    """

    dispositions: Mapping[str, int]
    precision: Figure
    precision_worst: float
    precision_best: float
    missed: Figure
    recall: Figure
    checks: int
    unanswered: int
    hits: int
    reports: int
    chapman: float


@dataclass(frozen=True, slots=True)
class LiveScores:
    """All of live operation, and by situation, site and camera."""

    whole: LiveScore
    situations: Mapping[str, LiveScore]
    sites: Mapping[str, LiveScore]
    cameras: Mapping[CameraKey, LiveScore]


def score_live(
    alerts: Iterable[Disposed], checks: Iterable[SpotCheck], reports: Iterable[MissReport]
) -> LiveScores:
    """Precision and recall of live operation."""
    told, drawn, once = tuple(alerts), tuple(checks), _once(reports)
    kinds = {one.situation for one in told} | {one.situation for one in once}
    kinds |= {one.situation for one in drawn if one.answer is Answer.MISSED}

    def score_of(kind: str) -> LiveScore:
        return _score(
            [one for one in told if one.situation == kind],
            [_only(one, kind) for one in drawn],
            [one for one in once if one.situation == kind],
        )

    def by(key: Callable[[_Placed], _Key]) -> Mapping[_Key, LiveScore]:
        raised, looked, missed = _grouped(told, key), _grouped(drawn, key), _grouped(once, key)
        keys = raised.keys() | looked.keys() | missed.keys()
        return {
            one: _score(raised.get(one, ()), looked.get(one, ()), missed.get(one, ()))
            for one in sorted(keys)
        }

    return LiveScores(
        whole=_score(told, drawn, once),
        situations={kind: score_of(kind) for kind in sorted(kinds)},
        sites=by(lambda one: one.site),
        cameras=by(lambda one: CameraKey(one.site, one.camera)),
    )


class _Placed(Protocol):
    @property
    def site(self) -> str: ...

    @property
    def camera(self) -> str: ...


_Any = TypeVar("_Any", bound=_Placed)
_Key = TypeVar("_Key", str, CameraKey)


def _grouped(
    items: Iterable[_Any], key: Callable[[_Placed], _Key]
) -> Mapping[_Key, Sequence[_Any]]:
    groups: dict[_Key, list[_Any]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def _only(check: SpotCheck, kind: str) -> SpotCheck:
    """A check as one that asks for a single situation."""
    if check.answer is not Answer.MISSED or check.situation == kind:
        return check
    return SpotCheck(
        check.id, check.site, check.camera, check.begin, check.probability, Answer.NOTHING
    )


def _once(reports: Iterable[MissReport]) -> tuple[MissReport, ...]:
    """One report of each missed event: the first."""
    kept: dict[tuple[str, str, str], MissReport] = {}
    once = []
    for one in sorted(reports, key=lambda report: (report.at, report.id)):
        place = (one.site, one.camera, one.situation)
        if place not in kept or one.at - kept[place].at > SAME_WITHIN:
            kept[place] = one
            once.append(one)
    return tuple(once)


def _score(
    alerts: Sequence[Disposed], checks: Sequence[SpotCheck], reports: Sequence[MissReport]
) -> LiveScore:
    turned_out = Counter(one.disposition or UNRESOLVED for one in alerts)
    right, wrong = turned_out[Disposition.TRUE], turned_out[Disposition.FALSE]
    unresolved = turned_out[UNRESOLVED]
    precision = wilson(right, right + wrong)
    judged = right + wrong + unresolved
    answered = [one for one in checks if one.answer in {Answer.NOTHING, Answer.MISSED}]
    hits = [one for one in answered if one.answer is Answer.MISSED and not one.began_before]
    both = _reported(hits, reports)
    share = len(answered) / len(checks) if checks else math.nan
    missed = _missed(answered, hits, both, len(reports), share)
    return LiveScore(
        dispositions={str(key): turned_out[key] for key in sorted(turned_out)},
        precision=precision,
        precision_worst=right / judged if judged else math.nan,
        precision_best=(right + unresolved) / judged if judged else math.nan,
        missed=missed,
        recall=_recall(right, unresolved, precision, missed),
        checks=len(answered),
        unanswered=len(checks) - len(answered),
        hits=len(hits),
        reports=len(reports),
        chapman=_chapman(len(reports), len(hits), len(both)) if hits else math.nan,
    )


def _reported(hits: Iterable[SpotCheck], reports: Iterable[MissReport]) -> list[SpotCheck]:
    """The hits that somebody reported, too."""
    told: dict[tuple[str, str, str], list[datetime]] = defaultdict(list)
    for one in reports:
        told[one.site, one.camera, one.situation].append(one.at)
    return [
        hit
        for hit in hits
        if any(
            hit.begin - SAME_WITHIN <= at <= hit.begin + CLIP + SAME_WITHIN
            for at in told.get((hit.site, hit.camera, hit.situation), ())
        )
    ]


def _missed(
    answered: Sequence[SpotCheck],
    hits: Sequence[SpotCheck],
    both: Sequence[SpotCheck],
    reports: int,
    share: float,
) -> Figure:
    """The reported misses, and as many others as the hits nobody reported stand for.

    An event begins in one moment only. A hit in a moment that was drawn and answered with
    probability p stands for 1 / p of them (Horvitz and Thompson, 1952).
    """
    if not answered:
        return Figure(math.nan, float(reports), math.nan, 0)
    others = [one for one in hits if one not in both]
    weights = np.array([1 / (one.probability * share) for one in others])
    most = max(1 / (one.probability * share) for one in answered)
    low, high = weighted_poisson(weights, most)
    value = reports + float(weights.sum()) if hits else math.nan
    return Figure(value, reports + low, reports + high, len(answered))


def _recall(right: int, unresolved: int, precision: Figure, missed: Figure) -> Figure:
    """Events alerted, of all; what is unresolved is taken to be right as often as the rest."""

    def of(precise: float, lost: float) -> float:
        found = right + (unresolved * precise if unresolved else 0.0)
        return found / (found + lost) if found + lost > 0 else math.nan

    return Figure(
        of(precision.value, missed.value),
        of(precision.low, missed.high),
        of(precision.high, missed.low),
        missed.n,
    )


def _chapman(reported: int, hit: int, both: int) -> float:
    """How many there are of which two independent looks caught so many (Chapman, 1951)."""
    return (reported + 1) * (hit + 1) / (both + 1) - 1
