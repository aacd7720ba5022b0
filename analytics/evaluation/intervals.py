"""Rates and averages with how sure they are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TOO_FEW = 30
"""Cases below which a figure is not said."""

_Z = 1.959963984540054  # 95 % of a normal distribution lie within it


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure between 0 and 1 with its 95 % interval.

    Attributes:
        value: NaN where there is no case.
        n: cases it rests on: true objects of a recall or mean precision, detections of a precision.
    """

    value: float
    low: float
    high: float
    n: int

    @property
    def few(self) -> bool:
        """Whether it rests on too few cases to be said."""
        return self.n < TOO_FEW


def wilson(hits: int, n: int) -> Figure:
    """A rate with its 95 % interval after Wilson (1927), which holds near 0 and 1, too."""
    if not n:
        return Figure(math.nan, math.nan, math.nan, 0)
    rate, square = hits / n, _Z * _Z
    middle = (rate + square / (2 * n)) / (1 + square / n)
    reach = _Z / (1 + square / n) * math.sqrt(rate * (1 - rate) / n + square / (4 * n * n))
    low, high = max(0.0, middle - reach), min(1.0, middle + reach)
    return Figure(rate, min(low, rate), max(high, rate), n)


def resamples(
    clusters: NDArray[np.intp], weights: NDArray[np.float64], times: int, seed: int
) -> NDArray[np.float64]:
    """Pictures drawn anew as whole clusters, for a bootstrap (Efron and Tibshirani, 1993, ch. 8).

    Pictures of one camera are alike: drawn one by one they would make figures look surer than
    they are.

    Args:
        clusters: (pictures,): the number of each picture's cluster.
        weights: (pictures,): how often each counts; clusters that count nothing are not drawn.
        times: how many draws.
        seed: of the draws.

    Returns:
        (times, pictures): how often each picture counts in each draw.
    """
    drawn = np.unique(clusters[weights > 0])
    random = np.random.default_rng(seed)
    chosen = random.integers(0, len(drawn), (times, len(drawn)))
    counts = np.zeros((times, int(clusters.max(initial=0)) + 1))
    for row, picks in zip(counts, drawn[chosen], strict=True):
        np.add.at(row, picks, 1)
    again: NDArray[np.float64] = counts[:, clusters] * weights
    return again


def between(value: float, draws: NDArray[np.float64], n: int) -> Figure:
    """A value with the interval that 95 % of its draws lie in; draws without a value are NaN."""
    told = draws[~np.isnan(draws)]
    if math.isnan(value) or not told.size:
        return Figure(value, math.nan, math.nan, n)
    low, high = np.percentile(told, (2.5, 97.5))
    return Figure(value, float(low), float(high), n)
