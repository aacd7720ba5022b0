"""The object scorer against answers worked out by hand, and against pycocotools itself."""

from __future__ import annotations

import contextlib
import io
import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools.coco import COCO  # type: ignore[import-untyped]
from pycocotools.cocoeval import COCOeval  # type: ignore[import-untyped]

from analytics.evaluation.intervals import between, resamples, wilson
from analytics.evaluation.labelled import LabelledPicture, LabelledSet, TrueObject
from analytics.evaluation.matching import SIZES, match
from analytics.evaluation.objects import average_precision, score_objects
from analytics.vision.model import Detection

BOX = (100.0, 100.0, 150.0, 200.0)
ELSEWHERE = (300.0, 100.0, 350.0, 200.0)


def a_picture(*objects: TrueObject, camera: str = "c", grade: int = 0) -> LabelledPicture:
    conditions = (("fog", grade),) if grade else ()
    return LabelledPicture(Path("x.jpg"), objects, camera, "street", conditions)


def a_car(box: tuple[float, float, float, float] = BOX, score: float = 0.9) -> Detection:
    return Detection("car", score, box)


CAR = TrueObject("car", BOX)


def test_all_found_and_nothing_else_is_perfect() -> None:
    labelled = LabelledSet(("car",), (a_picture(CAR), a_picture(CAR, camera="d")))
    scores = score_objects(labelled, [[a_car()], [a_car()]], ("car",))
    whole = scores.whole
    assert (whole.map50.value, whole.map50_95.value) == pytest.approx((1, 1))
    assert (whole.recall.value, whole.recall.n, whole.precision.value) == (1, 2, 1)
    assert (scores.pictures, scores.cameras) == (2, 2)


def test_a_false_alarm_that_is_surer_halves_precision() -> None:
    labelled = LabelledSet(("car",), (a_picture(CAR),))
    found = [[a_car(score=0.5), a_car(ELSEWHERE, 0.9)]]
    whole = score_objects(labelled, found, ("car",)).whole
    assert whole.map50.value == pytest.approx(0.5)
    assert (whole.recall.value, whole.precision.value) == (1, 0.5)


def test_what_is_under_the_operating_threshold_counts_for_mean_precision_only() -> None:
    labelled = LabelledSet(("car",), (a_picture(CAR),))
    whole = score_objects(labelled, [[a_car(score=0.3)]], ("car",), operating=0.4).whole
    assert whole.map50.value == pytest.approx(1)
    assert (whole.recall.value, whole.precision.n) == (0, 0)


@pytest.mark.parametrize("found", [True, False])
def test_an_object_nobody_is_asked_to_find_counts_neither_way(found: bool) -> None:
    hidden = TrueObject("car", ELSEWHERE, asked=False)
    labelled = LabelledSet(("car",), (a_picture(CAR, hidden),))
    detections = [[a_car(), *([a_car(ELSEWHERE)] if found else [])]]
    whole = score_objects(labelled, detections, ("car",)).whole
    assert (whole.recall.n, whole.recall.value, whole.precision.n) == (1, 1, 1)
    assert whole.map50.value == pytest.approx(1)


def test_a_class_that_is_not_there_is_no_part_of_the_mean() -> None:
    labelled = LabelledSet(("car", "bus"), (a_picture(CAR),))
    scores = score_objects(labelled, [[a_car()]], ("car", "bus"))
    assert scores.whole.map50.value == pytest.approx(1)
    assert math.isnan(scores.classes["bus"].map50.value)
    assert scores.classes["bus"].recall.few


def test_each_condition_is_scored_on_its_own_pictures() -> None:
    clear, fog = a_picture(CAR), a_picture(CAR, camera="d", grade=3)
    scores = score_objects(LabelledSet(("car",), (clear, fog)), [[a_car()], []], ("car",))
    told = {key: (one.pictures, one.recall.value) for key, one in scores.conditions.items()}
    assert told == {("none", 0): (1, 1.0), ("fog", 3): (1, 0.0)}
    assert scores.layouts["street"].recall.value == 0.5


def a_mess(seed: int) -> tuple[LabelledSet, list[list[Detection]]]:
    """Pictures with objects of all sizes, and detections near them, beside them and twice."""
    draw = random.Random(seed)
    pictures, detections = [], []
    for number in range(40):
        objects, found = [], []
        for _ in range(draw.randrange(6)):
            x, y = draw.uniform(0, 500), draw.uniform(0, 300)
            box = (x, y, x + draw.uniform(8, 140), y + draw.uniform(8, 140))
            objects.append(TrueObject(draw.choice("ab"), box, asked=draw.random() > 0.1))
            for _ in range(draw.choice((0, 1, 1, 2))):
                x1, y1, x2, y2 = (edge + draw.uniform(-9, 9) for edge in box)
                score = round(draw.random(), 1)
                found.append(Detection(draw.choice("ab"), score, (x1, y1, x2, y2)))
        pictures.append(a_picture(*objects, camera=str(number % 7)))
        detections.append(found)
    return LabelledSet(("a", "b"), tuple(pictures)), detections


@pytest.mark.parametrize("seed", range(5))
def test_it_says_what_pycocotools_says(seed: int) -> None:
    labelled, detections = a_mess(seed)
    expected = by_pycocotools(labelled, detections)
    matches = match(labelled, detections, ("a", "b"))
    weights = np.ones(len(labelled.pictures))
    for kind, label in enumerate("ab"):
        for number, size in enumerate(SIZES):
            ours = average_precision(matches[label, size], weights)
            theirs = expected[:, :, kind, number, 0].mean(axis=1)
            assert np.where(np.isnan(ours), -1, ours) == pytest.approx(theirs, abs=1e-9)


def by_pycocotools(labelled: LabelledSet, detections: list[list[Detection]]) -> np.ndarray:
    """Precision by overlap, recall, class, size: the library's own way from end to end."""

    def annotation(number: int, picture: int, label: str, box: tuple[float, ...]) -> dict[str, Any]:
        x1, y1, x2, y2 = box
        bbox = [x1, y1, x2 - x1, y2 - y1]
        told = {"id": number, "image_id": picture, "category_id": "ab".index(label) + 1}
        return {**told, "bbox": bbox, "area": bbox[2] * bbox[3], "iscrowd": 0}

    every = [(n, one) for n, picture in enumerate(labelled.pictures) for one in picture.objects]
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "info": {},
            "images": [{"id": n} for n in range(len(labelled.pictures))],
            "categories": [{"id": 1}, {"id": 2}],
            "annotations": [
                {**annotation(i, n, one.label, one.box), "iscrowd": int(not one.asked)}
                for i, (n, one) in enumerate(every, 1)
            ],
        }
        truth.createIndex()
        found = [
            {**annotation(0, n, one.label, one.box), "score": one.score}
            for n, ones in enumerate(detections)
            for one in ones
        ]
        evaluation = COCOeval(truth, truth.loadRes(found), "bbox")
        evaluation.params.areaRng = [list(size) for size in SIZES.values()]
        evaluation.params.maxDets = [300]
        evaluation.evaluate()
        evaluation.accumulate()
    return evaluation.eval["precision"]  # type: ignore[no-any-return]


def test_wilson_gives_the_published_interval() -> None:
    # Newcombe (1998), table I: 81 of 263 and 0 of 20.
    figure, none = wilson(81, 263), wilson(0, 20)
    assert (figure.low, figure.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert (none.low, none.high) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_a_rate_of_few_cases_is_not_to_be_said() -> None:
    assert wilson(29, 29).few
    assert not wilson(30, 30).few


def test_whole_cameras_are_drawn_and_equal_seeds_draw_alike() -> None:
    clusters = np.array([0, 0, 1, 1, 2])
    weights = np.array([1.0, 1, 1, 0, 0])
    draws = resamples(clusters, weights, 50, 1)
    assert (draws[:, 0] == draws[:, 1]).all()
    assert (draws[:, 3:] == 0).all()
    assert set((draws[:, 0] + draws[:, 2]).tolist()) == {2.0}
    assert (draws == resamples(clusters, weights, 50, 1)).all()


def test_cameras_that_differ_make_a_wide_interval() -> None:
    good = [a_picture(CAR, camera="good") for _ in range(20)]
    bad = [a_picture(CAR, camera="bad") for _ in range(20)]
    found = [[a_car()]] * 20 + [[]] * 20
    map50 = score_objects(LabelledSet(("car",), (*good, *bad)), found, ("car",)).whole.map50
    assert (map50.low, map50.high) == pytest.approx((0, 1), abs=1e-6)


def test_draws_without_a_value_are_left_out() -> None:
    figure = between(0.5, np.array([math.nan, 0.4, 0.6]), 40)
    assert (figure.low, figure.high) == pytest.approx((0.405, 0.595))
