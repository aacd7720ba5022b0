"""Figures with how sure they are. Which interval is for what: docs/evaluation.md."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtr, stdtrit  # type: ignore[import-untyped]

Floats = NDArray[np.float64]

TOO_FEW = 30
"""Cases below which a figure is not said."""

LEAST_DAYS = 1.0
"""Camera days below which a figure by the day is not said."""

TAIL = 0.025
"""What an interval leaves out at each end: all are of 95 %."""

_Z = 1.959963984540054  # 95 % of a normal distribution lie within it
_STEPS = 512


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % interval.

    Attributes:
        value: NaN where there is no case.
        low, high: NaN where the cases cannot tell.
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


@dataclass(frozen=True, slots=True)
class PerDay:
    """How often something came, by camera and day.

    Attributes:
        value: NaN where nothing was watched.
        count: how often in all.
        days: camera days watched.
    """

    value: float
    low: float
    high: float
    count: int
    days: float

    @property
    def few(self) -> bool:
        """Whether too little was watched for it to be said."""
        return self.days < LEAST_DAYS


NOTHING = Figure(math.nan, math.nan, math.nan, 0)
"""A figure of no case."""


def wilson(hits: int, n: int) -> Figure:
    """A rate with its 95 % interval after Wilson (1927), which holds near 0 and 1, too."""
    if not n:
        return NOTHING
    rate, square = hits / n, _Z * _Z
    middle = (rate + square / (2 * n)) / (1 + square / n)
    reach = _Z / (1 + square / n) * math.sqrt(rate * (1 - rate) / n + square / (4 * n * n))
    low, high = max(0.0, middle - reach), min(1.0, middle + reach)
    return Figure(rate, min(low, rate), max(high, rate), n)


def poisson(count: int) -> tuple[float, float]:
    """The exact 95 % interval of a count's mean, after Garwood (1936)."""
    low = float(gammaincinv(count, TAIL)) if count else 0.0
    return low, float(gammaincinv(count + 1, 1 - TAIL))


def per_day(count: int, days: float) -> PerDay:
    """A count as a rate by camera and day, with its exact interval."""
    if days <= 0:
        return PerDay(math.nan, math.nan, math.nan, count, 0.0)
    low, high = poisson(count)
    return PerDay(count / days, low / days, high / days, count, days)


def weighted_poisson(weights: Floats, least: float) -> tuple[float, float]:
    """The 95 % interval of a sum of weights of cases that came by chance.

    After Fay and Feuer (1997): that of a gamma distribution with the sum's mean and variance,
    one more case allowed for at the upper end. Of equal weights it is the exact Poisson interval.

    Args:
        weights: of each case that came.
        least: the greatest weight a case that did not come could have had.
    """
    total, square = float(weights.sum()), float((weights**2).sum())
    low = square / total * gammaincinv(total**2 / square, TAIL) if total else 0.0
    most = max(least, float(weights.max(initial=0)))
    above, wide = total + most, square + most**2
    return float(low), float(wide / above * gammaincinv(above**2 / wide, 1 - TAIL))


@lru_cache(maxsize=256)
def cluster_draws(clusters: int, times: int, seed: int) -> Floats:
    """(times, clusters): how often each cluster is in each draw of a bootstrap; not to be changed.

    Whole clusters are drawn (Efron and Tibshirani, 1993, ch. 8): pictures or events of one camera
    are alike, and drawn one by one they would make figures look surer than they are.
    """
    random = np.random.default_rng(seed)
    draws = random.multinomial(clusters, np.full(clusters, 1 / clusters), times).astype(float)
    draws.flags.writeable = False
    return draws


def resamples(clusters: NDArray[np.intp], weights: Floats, times: int, seed: int) -> Floats:
    """Pictures drawn anew as whole clusters.

    Args:
        clusters: (pictures,): the number of each picture's cluster.
        weights: (pictures,): how often each counts; clusters that count nothing are not drawn.
        times: how many draws.
        seed: of the draws.

    Returns:
        (times, pictures): how often each picture counts in each draw.
    """
    drawn = np.unique(clusters[weights > 0])
    if not drawn.size:
        return np.zeros((times, len(clusters)))
    counts = np.zeros((times, int(clusters.max()) + 1))
    counts[:, drawn] = cluster_draws(len(drawn), times, seed)
    again: Floats = counts[:, clusters] * weights
    return again


def between(value: float, draws: Floats, n: int, clusters: int | None = None) -> Figure:
    """A value with the interval that 95 % of its draws lie in; draws without a value are NaN.

    Few clusters vary less among draws than they do in life. Hesterberg's expanded percentiles
    (2015) make up for that: wider by what a t distribution is wider than a normal one. Of a
    single cluster nothing can be said.

    Args:
        clusters: how many were drawn from; None takes them for many.
    """
    told = draws[~np.isnan(draws)]
    if math.isnan(value) or not told.size or clusters == 1:
        return Figure(value, math.nan, math.nan, n)
    tail = TAIL if clusters is None else _expanded(clusters)
    low, high = np.quantile(told, (tail, 1 - tail))
    return Figure(value, min(float(low), value), max(float(high), value), n)


@lru_cache(maxsize=1024)
def _expanded(clusters: int) -> float:
    if clusters < 2:
        return 0.0
    wide = math.sqrt(clusters / (clusters - 1)) * -stdtrit(clusters - 1, TAIL)
    return float(ndtr(-wide))


def quantile(values: Floats, clusters: NDArray[np.intp], share: float, draws: Floats) -> Figure:
    """A quantile with its interval by whole clusters: the least value that `share` do not exceed.

    Args:
        values: (cases,).
        clusters: (cases,): the number of each case's cluster.
        draws: (times, clusters): how often each is drawn.
    """
    if not len(values):
        return NOTHING
    ordered = np.sort(values)
    value = float(ordered[max(0, math.ceil(share * len(values)) - 1)])
    # Of many values the interval's ends are the nearest of some hundreds of them, evenly picked.
    steps = np.unique(ordered[np.linspace(0, len(ordered) - 1, _STEPS).round().astype(int)])
    table = np.zeros((draws.shape[1], len(steps)))
    np.add.at(table, (clusters, np.searchsorted(steps, values)), 1)
    # Not by BLAS: its threads wait for one another on a busy machine.
    weights = np.einsum("dk,ks->ds", draws, table)
    again = _quantiles(steps, weights, share)
    return between(value, again, len(values), len(np.unique(clusters)))


def _quantiles(values: Floats, weights: Floats, share: float) -> Floats:
    reached = np.cumsum(weights, axis=1)
    there = reached[:, -1]
    at = np.argmax(reached >= np.maximum(share * there, 1e-9)[:, None], axis=1)
    drawn: Floats = np.where(there > 0, values[at], math.nan)
    return drawn
