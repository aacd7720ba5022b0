"""Better, worse, or cannot tell: equals are seldom told apart, and what differs is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from analytics.evaluation.compare import (
    Verdict,
    compare_events,
    compare_found,
    compare_objects,
    mcnemar,
)
from analytics.evaluation.events import RaisedAlert, TrueEvent, Watched
from analytics.evaluation.labelled import LabelledPicture, LabelledSet, TrueObject
from analytics.evaluation.pairing import Judged, judge
from analytics.vision.model import Detection

T0 = datetime(2026, 6, 1, tzinfo=UTC)
BETTER, WORSE, CANNOT_TELL = Verdict.BETTER, Verdict.WORSE, Verdict.CANNOT_TELL


def test_mcnemars_test_is_the_exact_one() -> None:
    # Two-sided binomial: 2 * (1 + 10 + 45) / 1024 of 2 and 8.
    assert mcnemar(8, 2) == pytest.approx(112 / 1024)
    assert mcnemar(2, 8) == mcnemar(8, 2)
    assert mcnemar(0, 0) == 1


def test_equals_are_told_apart_no_more_often_than_said() -> None:
    random = np.random.default_rng(1)
    cameras = np.repeat(np.arange(20), 10)
    told = 0
    for _ in range(1000):
        hard = random.beta(6, 2, 20)[cameras]
        before, after = random.random((2, 200)) < hard
        told += compare_found(before, after, cameras).verdict is not CANNOT_TELL
    assert told <= 60


@pytest.mark.parametrize(("gain", "verdict"), [(0.15, BETTER), (-0.15, WORSE)])
def test_a_clear_change_is_told(gain: float, verdict: Verdict) -> None:
    random = np.random.default_rng(2)
    cameras = np.repeat(np.arange(25), 20)
    before = random.random(500) < 0.6
    flips = random.random(500) < abs(gain) / 0.5
    after = np.where(flips, gain > 0, before)
    comparison = compare_found(before, after, cameras)
    assert comparison.verdict is verdict
    assert comparison.difference.value == (comparison.gained - comparison.lost) / 500


def test_a_gain_on_one_camera_only_cannot_be_told() -> None:
    cameras = np.repeat(np.arange(10), 20)
    before = np.zeros(200, bool)
    comparison = compare_found(before, cameras == 3, cameras)
    assert comparison.p < 1e-5
    assert comparison.verdict is CANNOT_TELL


def judged(found: float, false: int, seed: int) -> Judged:
    random = np.random.default_rng(seed)
    events, alerts, spans = [], [], []
    for camera in (f"c{i}" for i in range(20)):
        spans.append(Watched("s", camera, T0 - timedelta(hours=1), T0 + timedelta(days=1)))
        for number in range(15):
            onset = T0 + timedelta(minutes=number)
            name = f"{camera}-{number}"
            events.append(TrueEvent(name, "fire", "s", camera, onset, onset))
            if random.random() < found:
                alerts.append(RaisedAlert(name, "fire", "s", camera, onset))
        for number in range(false):
            wrong = T0 + timedelta(hours=2, minutes=number)
            alerts.append(RaisedAlert(f"{camera}-f{number}", "fire", "s", camera, wrong))
    return judge(events, alerts, spans)


def test_systems_are_compared_by_the_same_events() -> None:
    better = compare_events(judged(0.5, 1, 1), judged(0.8, 1, 2))
    assert {name: one.verdict for name, one in better.items()} == {"recall": BETTER, "f1": BETTER}
    assert better["recall"].pairs == 300
    noisier = compare_events(judged(0.8, 1, 1), judged(0.8, 9, 1))
    assert noisier["recall"].verdict is CANNOT_TELL
    assert noisier["f1"].verdict is WORSE
    same = compare_events(judged(0.7, 2, 1), judged(0.7, 2, 1))
    assert {one.verdict for one in same.values()} == {CANNOT_TELL}


def test_events_only_one_was_asked_for_are_left_out_and_said() -> None:
    whole = judged(0.8, 0, 1)
    part = Judged(whole.events[:100], whole.alerts, whole.watched)
    comparison = compare_events(whole, part)["recall"]
    assert (comparison.pairs, comparison.unpaired) == (100, 200)


def test_detectors_are_compared_on_the_same_pictures() -> None:
    box, elsewhere = (10.0, 10.0, 90.0, 90.0), (200.0, 10.0, 290.0, 90.0)
    pictures = tuple(
        LabelledPicture(Path(f"{i}.jpg"), (TrueObject("car", box),), str(i)) for i in range(40)
    )
    labelled = LabelledSet(("car",), pictures)
    good = [[Detection("car", 0.9, box)] for _ in pictures]
    poor = [[Detection("car", 0.9, box if i % 3 else elsewhere)] for i, _ in enumerate(pictures)]
    told = compare_objects(labelled, poor, good, ("car",))
    assert {name: one.verdict for name, one in told.items()} == {
        "recall": BETTER,
        "map50": BETTER,
        "map50_95": BETTER,
    }
    assert (told["recall"].gained, told["recall"].lost) == (14, 0)
    equal = compare_objects(labelled, good, good, ("car",))
    assert {one.verdict for one in equal.values()} == {CANNOT_TELL}
