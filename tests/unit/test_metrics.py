"""Counters and latencies are honest to a tenth and can be added up."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartopia.metrics import Latencies, Metrics

SECONDS = st.lists(st.floats(0.0005, 3600), min_size=1, max_size=50)


def of(seconds: list[float]) -> Latencies:
    latencies = Latencies()
    for second in seconds:
        latencies.observe(second)
    return latencies


def test_nothing_measured_is_not_zero() -> None:
    assert Latencies().quantile(0.5) is None
    summary = Latencies().summary()
    assert summary == {"n": 0, "p50_s": None, "p95_s": None, "p99_s": None, "max_s": None}


@given(SECONDS, st.sampled_from([0.01, 0.5, 0.95, 0.99, 1.0]))
def test_a_quantile_is_never_told_too_low_and_at_most_a_tenth_too_high(
    seconds: list[float], q: float
) -> None:
    true = sorted(seconds)[math.ceil(q * len(seconds)) - 1]
    told = of(seconds).quantile(q)
    assert told is not None
    assert true * 0.999999 <= told <= true * 1.1001


def test_a_few_slow_ones_show_in_the_tail_only() -> None:
    summary = of([0.01] * 96 + [5.0] * 4).summary()
    assert summary["n"] == 100
    assert summary["p50_s"] == pytest.approx(0.01, rel=0.1)
    assert summary["p95_s"] == pytest.approx(0.01, rel=0.1)
    assert summary["p99_s"] == pytest.approx(5, rel=0.1)
    assert summary["max_s"] == pytest.approx(5, rel=0.1)


@pytest.mark.parametrize("second", [-5.0, 0.0, 1e-9])
def test_clocks_that_differ_count_as_no_latency(second: float) -> None:
    assert of([second]).summary() == of([0.0005]).summary()


@given(SECONDS, SECONDS)
def test_runs_can_be_added_up(first: list[float], second: list[float]) -> None:
    both = of(first)
    both.add(of(second))
    assert both.as_json() == of(first + second).as_json()


@given(SECONDS)
def test_a_histogram_survives_its_heartbeat(seconds: list[float]) -> None:
    carried = Latencies(json.loads(json.dumps(of(seconds).as_json())))
    assert carried.summary() == of(seconds).summary()


def test_a_part_counts_by_name() -> None:
    metrics = Metrics()
    metrics.count("frames")
    metrics.count("frames", 4)
    metrics.observe("detect", 1)
    metrics.observe("detect", 2)
    assert metrics.counters == {"frames": 5}
    assert metrics.latencies["detect"].summary()["n"] == 2
