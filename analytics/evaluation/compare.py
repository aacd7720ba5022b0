"""Which of two is better, on the same events or pictures: better, worse, or cannot tell.

What is found or not is paired event by event: McNemar's test, exact (1947; Agresti, 2013, 10.1).
It takes events as independent, and those of one camera are not: so it is `better` only where the
interval of the difference by whole cameras leaves out 0, too. F and mean precision are no sums of
cases; there that interval alone decides.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr  # type: ignore[import-untyped]

from analytics.evaluation.events import CameraKey
from analytics.evaluation.f_measure import f_value
from analytics.evaluation.intervals import (
    Figure,
    Floats,
    between,
    cluster_draws,
    resamples,
    wilson,
)
from analytics.evaluation.labelled import LabelledSet
from analytics.evaluation.matching import Matches, match
from analytics.evaluation.objects import mean_precision
from analytics.evaluation.pairing import (
    COUNTED,
    AlertVerdict,
    EventVerdict,
    Judged,
    JudgedAlert,
    JudgedEvent,
)
from analytics.evaluation.situation_score import clusters_of
from analytics.vision.model import Detection
from smartopia.seen import OPERATING_SCORE

RESAMPLES = 2000
OBJECT_RESAMPLES = 500
LEVEL = 0.05
"""Of two that are equal, this share is told apart, at most."""

_SEED = 1


class Verdict(StrEnum):
    """What can be said of the second, held against the first."""

    BETTER = "better"
    WORSE = "worse"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two held against each other.

    Attributes:
        measure: what is compared: `recall`, `reach`, `f1`, `false_per_day`, `map50` or `map50_95`.
        before, after: the first and the second.
        difference: the second less the first, with its interval by whole cameras.
        p: of McNemar's test; NaN where the measure has none.
        gained, lost: cases only the second found, and only the first; 0 where there are none.
        pairs: cases both were asked for.
        unpaired: cases only one of them was asked for, and that are left out.
        few: it rests on too few cases to be said.
    """

    measure: str
    verdict: Verdict
    before: Figure
    after: Figure
    difference: Figure
    p: float
    gained: int
    lost: int
    pairs: int
    unpaired: int = 0
    few: bool = False


def compare_found(
    before: NDArray[np.bool_],
    after: NDArray[np.bool_],
    clusters: NDArray[np.intp],
    *,
    measure: str = "recall",
    unpaired: int = 0,
) -> Comparison:
    """Compare what two found of the same cases.

    Args:
        before, after: (cases,): whether each found it.
        clusters: (cases,): the number of each case's camera.
    """
    gained, lost, pairs = int((after & ~before).sum()), int((before & ~after).sum()), len(before)
    p = mcnemar(gained, lost)
    sums = np.zeros((3, int(clusters.max(initial=-1)) + 1))
    for row, values in zip(sums, (before, after, np.ones(pairs)), strict=True):
        np.add.at(row, clusters, values)
    drawn = sums @ cluster_draws(max(1, sums.shape[1]), RESAMPLES, _SEED)[:, : sums.shape[1]].T
    again = (drawn[1] - drawn[0]) / np.maximum(drawn[2], 1)
    value = (gained - lost) / pairs if pairs else math.nan
    difference = between(value, again, pairs, len(np.unique(clusters)))
    return Comparison(
        measure=measure,
        verdict=_verdict(difference, p, few=difference.few),
        before=wilson(int(before.sum()), pairs),
        after=wilson(int(after.sum()), pairs),
        difference=difference,
        p=p,
        gained=gained,
        lost=lost,
        pairs=pairs,
        unpaired=unpaired,
        few=difference.few,
    )


def mcnemar(gained: int, lost: int) -> float:
    """How probable so uneven a split is of equals: the exact two-sided test."""
    return min(1.0, 2 * float(bdtr(min(gained, lost), gained + lost, 0.5)))


def compare_draws(
    measure: str,
    values: tuple[float, float],
    draws: tuple[Floats, Floats],
    n: int,
    clusters: int,
    *,
    lower_is_better: bool = False,
    few: bool | None = None,
    unpaired: int = 0,
) -> Comparison:
    """Compare two values by draws of the same cameras for both.

    Args:
        few: whether that is too few to say; None: by n.
    """
    before, after = (
        between(value, drawn, n, clusters) for value, drawn in zip(values, draws, strict=True)
    )
    difference = between(values[1] - values[0], draws[1] - draws[0], n, clusters)
    little = difference.few if few is None else few
    return Comparison(
        measure=measure,
        verdict=_verdict(difference, math.nan, lower_is_better=lower_is_better, few=little),
        before=before,
        after=after,
        difference=difference,
        p=math.nan,
        gained=0,
        lost=0,
        pairs=n,
        unpaired=unpaired,
        few=little,
    )


def _verdict(difference: Figure, p: float, *, few: bool, lower_is_better: bool = False) -> Verdict:
    if few or p >= LEVEL or not (difference.low > 0 or difference.high < 0):
        return Verdict.CANNOT_TELL
    return Verdict.BETTER if (difference.value > 0) != lower_is_better else Verdict.WORSE


def compare_events(before: Judged, after: Judged) -> dict[str, Comparison]:
    """Compare two systems on the same events: by recall, and by F1.

    Events that count for both are paired; others are left out, as `unpaired` says.
    """
    first, second = _counted(before), _counted(after)
    shared = sorted(first.keys() & second.keys())
    unpaired = len(first.keys() ^ second.keys())
    false = [
        [(one.alert.key, one.alert.raised) for one in judged.alerts if _is_false(one)]
        for judged in (before, after)
    ]
    cases = [(first[key].event.key, first[key].event.onset) for key in shared]
    numbers, clusters = clusters_of([*cases, *false[0], *false[1]])
    events = numbers[: len(cases)]
    found = [
        np.array([side[key].verdict is EventVerdict.FOUND for key in shared], bool)
        for side in (first, second)
    ]
    draws = cluster_draws(max(1, clusters), RESAMPLES, _SEED)[:, :clusters]
    values, drawn = [], []
    told = np.split(numbers[len(cases) :], [len(false[0])])
    for hit, wrong in zip(found, told, strict=True):
        table = np.stack(
            [np.bincount(some, minlength=clusters) for some in (events[hit], events[~hit], wrong)]
        ).astype(float)
        values.append(float(_f1(table.sum(axis=1))))
        drawn.append(_f1(table @ draws.T))
    return {
        "recall": compare_found(found[0], found[1], events, unpaired=unpaired),
        "f1": compare_draws(
            "f1",
            (values[0], values[1]),
            (drawn[0], drawn[1]),
            len(shared),
            clusters,
            unpaired=unpaired,
        ),
    }


def _f1(table: Floats) -> Floats:
    return f_value(table[0], table[1], table[2], 1.0)


def _counted(judged: Judged) -> dict[tuple[CameraKey, str, str], JudgedEvent]:
    return {
        (one.event.key, one.event.kind, one.event.id): one
        for one in judged.events
        if one.verdict in COUNTED
    }


def _is_false(one: JudgedAlert) -> bool:
    return one.verdict is AlertVerdict.FALSE


def compare_objects(
    labelled: LabelledSet,
    before: Sequence[Sequence[Detection]],
    after: Sequence[Sequence[Detection]],
    labels: Sequence[str],
    *,
    operating: tuple[float, float] = (OPERATING_SCORE, OPERATING_SCORE),
) -> dict[str, Comparison]:
    """Compare two detectors, thresholds or ways to prepare a picture, on the same pictures.

    Args:
        labelled: pictures and what is in them.
        before, after: what each found in each picture, down to low scores.
        labels: classes that are scored.
        operating: the operating threshold of each.
    """
    first, second = (match(labelled, found, labels) for found in (before, after))
    return compare_matches(labelled, first, second, labels, operating=operating)


def compare_matches(
    labelled: LabelledSet,
    before: Mapping[tuple[str, str], Matches],
    after: Mapping[tuple[str, str], Matches],
    labels: Sequence[str],
    *,
    operating: tuple[float, float],
) -> dict[str, Comparison]:
    """As `compare_objects`, of detections that were matched already."""
    names, clusters = np.unique([one.camera for one in labelled.pictures], return_inverse=True)
    sides = [[matched[label, "all"] for label in labels] for matched in (before, after)]
    pictures = np.concatenate([row.true_picture for row in sides[0]])
    found = [
        np.concatenate([row.found for row in rows]) >= least
        for rows, least in zip(sides, operating, strict=True)
    ]
    ones = np.ones(len(labelled.pictures))
    draws = resamples(clusters, ones, OBJECT_RESAMPLES, _SEED)
    values = [mean_precision(rows, ones) for rows in sides]
    drawn = [mean_precision(rows, draws) for rows in sides]
    means = {
        name: compare_draws(
            name,
            (float(values[0][i]), float(values[1][i])),
            (drawn[0][i], drawn[1][i]),
            len(pictures),
            len(names),
        )
        for i, name in enumerate(("map50", "map50_95"))
    }
    return {"recall": compare_found(found[0], found[1], clusters[pictures]), **means}
