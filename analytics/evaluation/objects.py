"""How well objects are found: mean precision, recall and precision, part by part (issue 6)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array  # type: ignore[import-untyped]

from analytics.evaluation.intervals import Figure, between, resamples, wilson
from analytics.evaluation.labelled import LabelledPicture, LabelledSet
from analytics.evaluation.matching import SIZES, Flags, Floats, Indices, Matches, match
from analytics.vision.model import Detection
from smartopia.seen import OPERATING_SCORE

RESAMPLES, PART_RESAMPLES = 200, 100
"""Draws of the bootstrap: for mAP50 of all objects, and for a part of them or mAP50-95."""

_SEED = 1
_RECALLS = np.linspace(0, 1, 101)
_HALF = 0


@dataclass(frozen=True, slots=True)
class Score:
    """How well a part of the objects was found.

    Attributes:
        pictures: how many there are of it.
        map50, map50_95: precision averaged over recalls and classes, at overlap 0.50 and over
            0.50 to 0.95, as COCO has it. Only the whole has an interval of the latter.
        recall, precision: at the operating threshold and overlap 0.50, all classes together.
    """

    pictures: int
    map50: Figure
    map50_95: Figure
    recall: Figure
    precision: Figure


@dataclass(frozen=True, slots=True)
class ObjectScores:
    """All scores of a detector on a set of pictures.

    Attributes:
        cameras: how many places and poles they are from.
        operating: the operating threshold.
        conditions: by condition and grade; `none` with grade 0 has the pictures without any.
    """

    pictures: int
    cameras: int
    operating: float
    whole: Score
    classes: Mapping[str, Score]
    sizes: Mapping[str, Score]
    conditions: Mapping[tuple[str, int], Score]
    layouts: Mapping[str, Score]


def score_objects(
    labelled: LabelledSet,
    detections: Sequence[Sequence[Detection]],
    labels: Sequence[str],
    *,
    operating: float = OPERATING_SCORE,
    matches: Mapping[tuple[str, str], Matches] | None = None,
) -> ObjectScores:
    """Score detections.

    Args:
        labelled: pictures and what is in them.
        detections: of each picture, down to low scores: mean precision is over all of them.
        labels: classes that are scored: those both the detector and the pictures have.
        operating: the operating threshold.
        matches: of `match`, where they are known already.
    """
    pictures = labelled.pictures
    names, clusters = np.unique([p.camera for p in pictures], return_inverse=True)
    matches = match(labelled, detections, labels) if matches is None else matches
    scorer = _Scorer(matches, labels, clusters, operating)
    graded = sorted({graded for p in pictures for graded in (p.conditions or (("none", 0),))})
    return ObjectScores(
        pictures=len(pictures),
        cameras=len(names),
        operating=operating,
        whole=scorer.score(every=True),
        classes={label: scorer.score(labels=(label,)) for label in labels},
        sizes={size: scorer.score(size=size) for size in SIZES if size != "all"},
        conditions={one: scorer.score(_those(pictures, _under(one))) for one in graded},
        layouts={
            layout: scorer.score(_those(pictures, _in(layout)))
            for layout in sorted({p.layout for p in pictures} - {""})
        },
    )


def average_precision(matches: Matches, weights: Floats) -> Floats:
    """Precision averaged over 101 recalls, at each overlap: COCO's, with weighted pictures.

    Args:
        matches: of one class and size.
        weights: (..., pictures): how often each picture counts.

    Returns:
        (..., overlaps): NaN where no object is asked for.
    """
    draws = weights.reshape(-1, weights.shape[-1])
    there = draws[:, matches.true_picture].sum(axis=1)
    averages = np.stack(
        [
            _averages(matches.picture, right, wrong, draws, there)
            for right, wrong in zip(
                matches.counted & matches.hit, matches.counted & ~matches.hit, strict=True
            )
        ],
        axis=-1,
    )
    return averages.reshape(*weights.shape[:-1], len(matches.hit))


def _averages(picture: Indices, right: Flags, wrong: Flags, draws: Floats, there: Floats) -> Floats:
    """At one overlap, (draws,). Only where something is right does recall rise and precision peak.

    So what is wrong is but counted between one right detection and the next.
    """
    hits, misses = np.flatnonzero(right), np.flatnonzero(wrong)
    rows = np.searchsorted(misses, np.append(hits, len(right)))  # wrong ones before each hit
    wrongs = csr_array(
        (np.ones(len(misses)), picture[misses], np.insert(rows, 0, 0)),
        shape=(len(hits) + 1, draws.shape[1]),
    )
    falls = np.cumsum((wrongs @ draws.T).T, axis=1)[:, : len(hits)]
    rises = np.cumsum(draws[:, picture[hits]], axis=1)
    precision = rises / (rises + falls + np.spacing(1))
    best = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    asked = np.where(there > 0, there, math.nan)
    # How many of the 101 recalls each hit is the first to reach; beyond the last precision is 0.
    reached = np.searchsorted(_RECALLS, rises / asked[:, None], side="right")
    steps = np.diff(reached, axis=1, prepend=0)
    averages: Floats = (best * steps).sum(axis=1) / len(_RECALLS)
    return np.where(there > 0, averages, math.nan)


def mean_precision(rows: Sequence[Matches], weights: Floats) -> tuple[Floats, Floats]:
    """Average precision over classes at overlap 0.50, and over all overlaps of `rows`.

    Args:
        rows: matches of each class.
        weights: (..., pictures): how often each picture counts.

    Returns:
        Two of (...): NaN where no object is asked for.
    """
    each = np.stack([average_precision(row, weights) for row in rows])
    told = ~np.isnan(each)
    known = np.where(told, each, 0)

    def mean(some: tuple[Any, ...]) -> Floats:
        over = (0, -1) if known[some].ndim == each.ndim else 0
        there = told[some].sum(axis=over)
        total: Floats = known[some].sum(axis=over)
        return np.where(there > 0, total / np.maximum(there, 1), math.nan)

    return mean((..., _HALF)), mean((...,))


class _Scorer:
    def __init__(
        self,
        matches: Mapping[tuple[str, str], Matches],
        labels: Sequence[str],
        clusters: Indices,
        operating: float,
    ) -> None:
        self._matches, self._labels = matches, labels
        self._clusters, self._operating = clusters, operating

    def score(
        self,
        which: Flags | None = None,
        *,
        labels: Sequence[str] | None = None,
        size: str = "all",
        every: bool = False,
    ) -> Score:
        """The score of some pictures (all), classes (all) and of objects of a size (any).

        `every` is for the whole: more draws, and the interval over all overlaps, too.
        """
        chosen = np.ones(len(self._clusters), bool) if which is None else which
        rows = [self._matches[label, size].of(chosen) for label in labels or self._labels]
        n = sum(len(row.true_picture) for row in rows)
        weights = chosen.astype(float)
        half, mean = mean_precision(rows, weights)
        times = RESAMPLES if every else PART_RESAMPLES
        draws = resamples(self._clusters, weights, times, _SEED)
        again, _ = mean_precision([row.at_half() for row in rows], draws)
        # Ten overlaps take ten times as long; of a part the first says enough.
        spread = mean_precision(rows, draws[:PART_RESAMPLES])[1] if every else np.zeros(0)
        clusters = len(np.unique(self._clusters[chosen]))
        recall, precision = self._rates(rows)
        return Score(
            pictures=int(chosen.sum()),
            map50=between(float(half), again, n, clusters),
            map50_95=between(float(mean), spread, n, clusters),
            recall=recall,
            precision=precision,
        )

    def _rates(self, rows: Sequence[Matches]) -> tuple[Figure, Figure]:
        there = found = told = right = 0
        for row in rows:
            there += len(row.found)
            found += int((row.found >= self._operating).sum())
            counts = (row.score >= self._operating) & row.counted[_HALF]
            told += int(counts.sum())
            right += int((counts & row.hit[_HALF]).sum())
        return wilson(found, there), wilson(right, told)


def _those(pictures: Iterable[LabelledPicture], which: Callable[[LabelledPicture], bool]) -> Flags:
    return np.array([which(picture) for picture in pictures], bool)


def _under(condition: tuple[str, int]) -> Callable[[LabelledPicture], bool]:
    return lambda picture: condition in (picture.conditions or (("none", 0),))


def _in(layout: str) -> Callable[[LabelledPicture], bool]:
    return lambda picture: picture.layout == layout
