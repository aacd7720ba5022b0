"""Intervals hold the truth as often as they say, in 1,000 runs of which the truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from analytics.evaluation.f_measure import Outcomes, f_measure, f_value
from analytics.evaluation.intervals import (
    Figure,
    between,
    cluster_draws,
    per_day,
    poisson,
    quantile,
    weighted_poisson,
    wilson,
)

RUNS = 1000
DRAWS = 400


def coverage(figures: list[tuple[float, float]], truth: float) -> float:
    return sum(low <= truth <= high for low, high in figures) / len(figures)


def ends(figure: Figure) -> tuple[float, float]:
    return figure.low, figure.high


@pytest.mark.parametrize(("rate", "n"), [(0.9, 40), (0.6, 100), (0.97, 300)])
def test_wilsons_interval_holds_the_rate(rate: float, n: int) -> None:
    hits = np.random.default_rng(1).binomial(n, rate, RUNS)
    assert 0.925 <= coverage([ends(wilson(int(k), n)) for k in hits], rate) <= 0.985


@pytest.mark.parametrize("mean", [0.5, 3, 25])
def test_the_exact_interval_of_a_count_holds_its_mean_at_least_as_often(mean: float) -> None:
    counts = np.random.default_rng(2).poisson(mean, RUNS)
    assert coverage([poisson(int(k)) for k in counts], mean) >= 0.94


def test_the_exact_interval_is_the_published_one() -> None:
    # Garwood (1936), as in Ulm (1990): 0: 0 to 3.69, 10: 4.80 to 18.39.
    assert poisson(0) == pytest.approx((0, 3.6889), abs=1e-4)
    assert poisson(10) == pytest.approx((4.7954, 18.3904), abs=1e-4)


def test_a_rate_by_the_day_is_not_said_of_less_than_a_day() -> None:
    assert per_day(0, 0.9).few
    assert not per_day(0, 1).few
    assert per_day(0, 10).high == pytest.approx(0.36889, abs=1e-5)
    assert math.isnan(per_day(3, 0).value)


def test_equal_weights_give_the_exact_interval() -> None:
    assert weighted_poisson(np.full(7, 2.0), 2) == pytest.approx(
        tuple(2 * end for end in poisson(7)), rel=1e-9
    )


def test_the_interval_of_a_weighted_sum_holds_its_mean() -> None:
    random, weights = np.random.default_rng(3), np.array([5.0, 20, 60])
    means = np.array([6.0, 3, 0.5])
    drawn = random.poisson(means, (RUNS, 3))
    told = [weighted_poisson(np.repeat(weights, row), 60) for row in drawn]
    assert coverage(told, float(weights @ means)) >= 0.94


def cameras(random: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Found, missed and false by camera; some cameras are far better than others."""
    rate = random.beta(6, 2, (RUNS, count))
    events = random.poisson(12, (RUNS, count))
    found = random.binomial(events, rate)
    false = random.poisson(random.gamma(2, 1.5, (RUNS, count)))
    return np.stack([found, events - found, false], axis=1).astype(float)


@pytest.mark.parametrize("count", [8, 25])
@pytest.mark.parametrize("bias", [1.0, 4.0])
def test_the_interval_of_f_by_cameras_holds_it(count: int, bias: float) -> None:
    runs = cameras(np.random.default_rng(4), count)
    # Of all cameras there could be: 12 events each, found at 3/4, and 3 false alerts.
    truth = float(f_value(np.array(9.0), np.array(3.0), np.array(3.0), bias))
    told = [ends(f_measure(Outcomes(*run), bias, DRAWS, 1)) for run in runs]
    assert 0.92 <= coverage(told, truth) <= 0.985


def test_drawing_events_one_by_one_would_look_too_sure() -> None:
    runs = cameras(np.random.default_rng(4), 25)
    truth = 9 / 12
    told = [ends(wilson(int(run[0].sum()), int(run[:2].sum()))) for run in runs]
    assert coverage(told, truth) < 0.9


def test_few_cameras_make_a_wider_interval_and_one_makes_none() -> None:
    draws = np.linspace(0, 1, 1001)
    few, many = between(0.5, draws, 99, 4), between(0.5, draws, 99, 400)
    assert few.low < many.low < 0.027
    assert math.isnan(between(0.5, draws, 99, 1).low)


def test_f_without_a_fault_is_not_sure_of_it() -> None:
    clean = Outcomes(np.array([10.0, 10]), np.zeros(2), np.zeros(2))
    figure = f_measure(clean, 1.0, DRAWS, 1)
    assert (figure.value, figure.high) == (1, 1)
    assert figure.low == pytest.approx(wilson(20, 20).low)
    nothing = f_measure(Outcomes(np.zeros(2), np.array([3.0, 2]), np.zeros(2)), 1.0, DRAWS, 1)
    assert (nothing.value, nothing.low) == (0, 0)
    assert nothing.high > 0.3


def test_the_interval_of_a_median_holds_it() -> None:
    random = np.random.default_rng(5)
    draws, clusters = cluster_draws(20, DRAWS, 1), np.repeat(np.arange(20), 8)
    told = []
    for _ in range(RUNS):
        levels = random.normal(0, 0.3, 20)
        told.append(
            ends(quantile(random.exponential(4, 160) + levels[clusters], clusters, 0.5, draws))
        )
    many = random.exponential(4, 10**6) + random.normal(0, 0.3, 10**6)
    assert 0.92 <= coverage(told, float(np.median(many))) <= 0.985


def test_a_quantile_is_the_least_value_so_many_do_not_exceed() -> None:
    values, clusters = np.array([5.0, 1, 2, 4, 3]), np.zeros(5, np.intp)
    draws = np.ones((1, 1))
    assert quantile(values, clusters, 0.5, draws).value == 3
    assert quantile(values, clusters, 0.9, draws).value == 5
