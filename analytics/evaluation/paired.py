"""What the same pictures lose under each graded condition."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.evaluation.events import Conditions
from analytics.evaluation.intervals import Figure, Floats, between, cluster_draws

RESAMPLES = 1000
_SEED = 1


@dataclass(frozen=True, slots=True)
class PictureOutcome:
    """What was found in one picture, as it is or under one condition.

    Attributes:
        picture: the same for all takes of what is one picture.
        conditions: put on it, with their grades; none is the picture as it is.
        hits, n: such as true objects found, of how many.
    """

    picture: str
    camera: str
    conditions: Conditions
    hits: float
    n: float


@dataclass(frozen=True, slots=True)
class PairedLoss:
    """What conditions take of a rate on the same pictures.

    Attributes:
        pictures: those seen both ways; others count nowhere.
        loss: clear less graded; it rests on the fewer cases of the two.
    """

    pictures: int
    clear: Figure
    graded: Figure
    loss: Figure


def paired_losses(outcomes: Iterable[PictureOutcome]) -> Mapping[Conditions, PairedLoss]:
    """The loss under each condition and grade, with intervals by whole cameras."""
    takes: dict[Conditions, dict[str, PictureOutcome]] = defaultdict(dict)
    for one in outcomes:
        takes[one.conditions][one.picture] = one
    clear = takes.pop((), {})
    return {
        conditions: _loss(
            [(clear[name], some[name]) for name in sorted(clear.keys() & some.keys())]
        )
        for conditions, some in sorted(takes.items())
    }


def _loss(pairs: Sequence[tuple[PictureOutcome, PictureOutcome]]) -> PairedLoss:
    cameras = sorted({before.camera for before, _ in pairs})
    table = np.zeros((4, len(cameras)))
    for before, after in pairs:
        at = cameras.index(before.camera)
        table[:, at] += (before.hits, before.n, after.hits, after.n)
    draws = cluster_draws(max(1, len(cameras)), RESAMPLES, _SEED)[:, : len(cameras)]
    clear, graded = _rates(table.sum(axis=1))
    drawn = _rates(table @ draws.T)
    n = int(table[1].sum()), int(table[3].sum())
    return PairedLoss(
        pictures=len(pairs),
        clear=between(float(clear), drawn[0], n[0], len(cameras)),
        graded=between(float(graded), drawn[1], n[1], len(cameras)),
        loss=between(float(clear - graded), drawn[0] - drawn[1], min(n), len(cameras)),
    )


def _rates(table: Floats) -> tuple[Floats, Floats]:
    nothing = np.full(table[0].shape, math.nan)
    return (
        np.divide(table[0], table[1], out=nothing.copy(), where=table[1] > 0),
        np.divide(table[2], table[3], out=nothing.copy(), where=table[3] > 0),
    )
