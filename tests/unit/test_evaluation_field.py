"""Figures of live operation, from what operators said."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analytics.evaluation.events import CameraKey
from analytics.evaluation.field import (
    Answer,
    Disposed,
    LiveScore,
    MissReport,
    SpotCheck,
    score_live,
)
from analytics.evaluation.intervals import poisson
from smartopia.alarms.model import Disposition

T0 = datetime(2026, 6, 1, tzinfo=UTC)
TRUE, FALSE = Disposition.TRUE, Disposition.FALSE


def alerts(*told: Disposition | None, camera: str = "west") -> list[Disposed]:
    return [
        Disposed(f"{camera}{i}", "intrusion", "gate", camera, T0, one) for i, one in enumerate(told)
    ]


def a_check(
    name: int, missed: str = "", *, probability: float = 0.1, before: bool = False
) -> SpotCheck:
    answer = Answer.MISSED if missed else Answer.NOTHING
    begin = T0 + timedelta(hours=name)
    return SpotCheck(str(name), "gate", "west", begin, probability, answer, missed, before)


def a_report(name: str, hours: float) -> MissReport:
    return MissReport(name, "intrusion", "gate", "west", T0 + timedelta(hours=hours))


def whole(
    told: list[Disposed], checks: list[SpotCheck], reports: list[MissReport] | None = None
) -> LiveScore:
    return score_live(told, checks, reports or []).whole


def test_precision_is_true_of_true_and_false_and_what_is_open_is_said() -> None:
    told = alerts(TRUE, TRUE, TRUE, FALSE, Disposition.TEST, Disposition.DUPLICATE, None, None)
    score = whole(told, [])
    assert (score.precision.value, score.precision.n) == (0.75, 4)
    assert (score.precision_worst, score.precision_best) == (0.5, 5 / 6)
    assert score.dispositions == {
        "true": 3,
        "false": 1,
        "test": 1,
        "duplicate": 1,
        "unresolved": 2,
    }


def test_a_hit_stands_for_as_many_as_its_moment_was_improbable() -> None:
    checks = [a_check(1, "intrusion"), a_check(2, "intrusion", probability=0.05), a_check(3)]
    score = whole(alerts(*[TRUE] * 70), checks)
    assert (score.missed.value, score.missed.n, score.hits) == (30, 3, 2)
    assert score.recall.value == pytest.approx(0.7)
    assert score.recall.low < 0.7 < score.recall.high
    assert score.recall.few


def test_what_began_before_the_clip_is_another_moments() -> None:
    score = whole(alerts(TRUE), [a_check(1, "intrusion", before=True)])
    assert score.hits == 0
    assert math.isnan(score.recall.value)


def test_without_a_hit_there_is_a_bound_but_no_figure() -> None:
    score = whole(alerts(*[TRUE] * 100), [a_check(i) for i in range(40)])
    assert math.isnan(score.recall.value)
    assert score.recall.low == pytest.approx(100 / (100 + 10 * poisson(0)[1]))
    assert score.recall.high == 1


def test_without_checks_reports_bound_recall_from_above() -> None:
    score = whole(alerts(TRUE, TRUE, TRUE), [], [a_report("r", 1)])
    assert math.isnan(score.recall.value)
    assert math.isnan(score.recall.low)
    assert score.recall.high == 0.75


def test_a_reported_miss_that_a_check_hits_counts_once() -> None:
    reports = [a_report("a", 1), a_report("again", 1.05), a_report("b", 9)]
    checks = [a_check(1, "intrusion"), a_check(2, "intrusion"), a_check(3)]
    score = whole(alerts(TRUE), checks, reports)
    assert (score.reports, score.hits) == (2, 2)
    assert score.missed.value == 2 + 10
    assert score.missed.low >= 2
    assert score.chapman == pytest.approx(3 * 3 / 2 - 1)


def test_checks_nobody_could_answer_make_the_rest_weigh_more() -> None:
    blind = SpotCheck("x", "gate", "west", T0, 0.1, Answer.CANNOT_TELL)
    score = whole(alerts(TRUE), [a_check(1, "intrusion"), blind])
    assert (score.missed.value, score.checks, score.unanswered) == (20, 1, 1)


def test_each_situation_and_camera_has_its_own() -> None:
    told = [*alerts(TRUE, FALSE), *alerts(TRUE, camera="east")]
    scores = score_live(told, [a_check(1, "fire")], [])
    assert scores.situations["fire"].hits == 1
    assert scores.situations["intrusion"].hits == 0
    assert scores.situations["intrusion"].checks == 1
    assert scores.cameras[CameraKey("gate", "east")].precision.value == 1
    assert scores.cameras[CameraKey("gate", "west")].checks == 1
    assert scores.sites["gate"].precision.n == 3


def test_order_changes_nothing() -> None:
    told = alerts(TRUE, FALSE, None)
    checks = [a_check(i, "intrusion" if i % 3 == 0 else "") for i in range(9)]
    reports = [a_report(str(i), i / 20) for i in range(30)]
    first = score_live(told, checks, reports)
    for seed in range(10):
        for some in (told, checks, reports):
            random.Random(seed).shuffle(some)
        assert str(score_live(told, checks, reports)) == str(first)


def test_the_interval_of_recall_holds_it_at_its_rate() -> None:
    """Two strata of moments, checked unevenly; some misses are reported, too."""
    draw = np.random.default_rng(1)
    # Of each stratum: the probability of a moment to be drawn, and misses; one in five is reported.
    strata = ((0.06, 20), (0.15, 14))
    found, held = 100, 0
    truth = found / (found + sum(misses for _, misses in strata))
    told = alerts(*[TRUE] * found)
    empty = [a_check(10_000, probability=p) for p, _ in strata]
    for _ in range(1000):
        checks, reports, number = list(empty), [], 0
        for probability, misses in strata:
            seen, known = draw.random(misses) < probability, draw.random(misses) < 0.2
            for hit, reported in zip(seen, known, strict=True):
                number += 1
                checks += [a_check(number, "intrusion", probability=probability)] * int(hit)
                reports += [a_report(str(number), number)] * int(reported)
        recall = whole(told, checks, reports).recall
        held += recall.low <= truth <= recall.high
    assert held >= 940
