"""Which detections are which true objects: by pycocotools, as COCO has it."""

from __future__ import annotations

import contextlib
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask  # type: ignore[import-untyped]
from pycocotools.coco import COCO  # type: ignore[import-untyped]
from pycocotools.cocoeval import COCOeval  # type: ignore[import-untyped]

from analytics.evaluation.labelled import LabelledSet
from analytics.vision.model import Detection

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.intp]

SIZES: Mapping[str, tuple[float, float]] = {
    "all": (0.0, 1e10),
    "small": (0.0, 32.0**2),
    "medium": (32.0**2, 96.0**2),
    "large": (96.0**2, 1e10),
}
"""Square pixels of a box, from and to: COCO's own."""

_MOST_OBJECTS = 300
_LEAST_OVERLAP = 0.5
_OVERLAPS = 10
_HALF = 0  # of COCO's overlaps 0.50, 0.55 .. 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Detections and true objects of one class and size, detections surest first.

    Attributes:
        picture, score: (detections,): which picture, counted from 0, and how sure.
        hit: (10, detections): whether it is a true object, at each overlap from 0.50 to 0.95.
        counted: (10, detections): whether it counts, either way.
        true_picture: (objects,): the picture of each object that is asked for.
        found: (objects,): the score of what found it at overlap 0.50; -1 where nothing did.
    """

    picture: Indices
    score: Floats
    hit: Flags
    counted: Flags
    true_picture: Indices
    found: Floats

    def at_half(self) -> Matches:
        """The same, at overlap 0.50 only."""
        return replace(self, hit=self.hit[:1], counted=self.counted[:1])

    def of(self, pictures: Flags) -> Matches:
        """Those in some pictures: (pictures,) says in which."""
        seen, true = pictures[self.picture], pictures[self.true_picture]
        return Matches(
            picture=self.picture[seen],
            score=self.score[seen],
            hit=self.hit[:, seen],
            counted=self.counted[:, seen],
            true_picture=self.true_picture[true],
            found=self.found[true],
        )


def match(
    labelled: LabelledSet, detections: Sequence[Sequence[Detection]], labels: Sequence[str]
) -> dict[tuple[str, str], Matches]:
    """Match what was detected with what is there.

    Args:
        labelled: pictures and what is in them.
        detections: of each picture.
        labels: classes that are scored.

    Returns:
        By class and size (see SIZES).
    """
    truths = list(_numbered(_truths(labelled, labels)))
    near, far = _parted(truths, list(_numbered(_found(detections, labels))))
    with contextlib.redirect_stdout(io.StringIO()):  # it prints as it goes
        truth, scored = COCO(), COCO()
        truth.dataset = _dataset(labelled, labels, truths)
        scored.dataset = _dataset(labelled, labels, near)
        truth.createIndex()
        scored.createIndex()
        evaluation = COCOeval(truth, scored, "bbox")
        evaluation.params.areaRng = [list(size) for size in SIZES.values()]
        evaluation.params.areaRngLbl = list(SIZES)
        evaluation.params.maxDets = [_MOST_OBJECTS]
        evaluation.evaluate()
    scores = {one["id"]: one["score"] for one in near}
    alone = _by_class(far, len(labels))
    groups = iter(np.array(evaluation.evalImgs, object).reshape(-1, len(labelled.pictures)))
    return {
        (label, size): _matches(rows, scores, alone[number], SIZES[size])
        for number, label in enumerate(labels)
        for size, rows in zip(SIZES, groups, strict=False)
    }


def _numbered(annotations: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    # From 1: pycocotools takes 0 for nothing.
    return ({"id": number, **one} for number, one in enumerate(annotations, 1))


def _parted(
    truths: Iterable[dict[str, Any]], found: Iterable[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Detections that some true object could match, and those so far from any that none can.

    Most are of the second kind, and pycocotools would try each at each overlap and size.
    """
    there: defaultdict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    told: defaultdict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for some, of in ((truths, there), (found, told)):
        for one in some:
            of[one["image_id"], one["category_id"]].append(one)
    near: list[dict[str, Any]] = []
    far: list[dict[str, Any]] = []
    for key, some in told.items():
        surest = sorted(some, key=lambda one: -one["score"])[:_MOST_OBJECTS]
        asked = there[key]
        if not asked:
            far += surest
            continue
        overlaps = mask.iou(
            np.array([one["bbox"] for one in surest], float),
            np.array([one["bbox"] for one in asked], float),
            [one["iscrowd"] for one in asked],
        )
        for one, most in zip(surest, overlaps.max(axis=1).tolist(), strict=True):
            (near if most >= _LEAST_OVERLAP else far).append(one)
    return near, far


@dataclass(frozen=True, slots=True, eq=False)
class _Alone:
    """Detections of a class that are no true object at any overlap: (detections,) each."""

    picture: Indices
    score: Floats
    number: Indices
    area: Floats


def _by_class(far: Iterable[dict[str, Any]], classes: int) -> list[_Alone]:
    rows: list[list[tuple[float, ...]]] = [[] for _ in range(classes)]
    for one in far:
        row = (one["image_id"], one["score"], one["id"], one["area"])
        rows[one["category_id"]].append(row)
    tables = [np.array(some, float).reshape(-1, 4).T for some in rows]
    return [
        _Alone(picture.astype(np.intp), score, number.astype(np.intp), area)
        for picture, score, number, area in tables
    ]


def _dataset(
    labelled: LabelledSet, labels: Sequence[str], annotations: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "info": {},
        "images": [{"id": number} for number in range(len(labelled.pictures))],
        "categories": [{"id": number} for number in range(len(labels))],
        "annotations": annotations,
    }


def _truths(labelled: LabelledSet, labels: Sequence[str]) -> Iterator[dict[str, Any]]:
    for number, picture in enumerate(labelled.pictures):
        for one in picture.objects:
            if one.label in labels:
                box = _annotation(number, labels.index(one.label), one.box)
                yield {**box, "iscrowd": int(not one.asked)}


def _found(
    detections: Sequence[Sequence[Detection]], labels: Sequence[str]
) -> Iterator[dict[str, Any]]:
    for number, found in enumerate(detections):
        for one in found:
            if one.label in labels:
                box = _annotation(number, labels.index(one.label), one.box)
                yield {**box, "score": one.score}


def _annotation(picture: int, kind: int, box: Sequence[float]) -> dict[str, Any]:
    x1, y1, x2, y2 = box
    width, height = x2 - x1, y2 - y1
    bbox = [x1, y1, width, height]
    return {"image_id": picture, "category_id": kind, "bbox": bbox, "area": width * height}


def _matches(
    rows: Sequence[Any], scores: Mapping[int, float], alone: _Alone, size: tuple[float, float]
) -> Matches:
    told = [row for row in rows if row is not None]
    fitting = (alone.area >= size[0]) & (alone.area <= size[1])
    none = np.zeros((_OVERLAPS, 0), bool)
    score = np.concatenate([*(row["dtScores"] for row in told), alone.score[fitting]])
    number = np.concatenate([*(row["dtIds"] for row in told), alone.number[fitting]])
    wrong = np.zeros((_OVERLAPS, int(fitting.sum())), bool)
    counted = np.hstack([none, *(~np.asarray(row["dtIgnore"], bool) for row in told), ~wrong])
    hit = np.hstack([none, *(np.asarray(row["dtMatches"]) > 0 for row in told), wrong])
    picture = np.concatenate(
        [_pictures(told, [len(row["dtScores"]) for row in told]), alone.picture[fitting]]
    )
    order = np.lexsort((number, -score))
    order = order[counted[:, order].any(axis=0)]
    asked = [~np.asarray(row["gtIgnore"], bool) for row in told]
    by = [
        np.asarray(row["gtMatches"][_HALF])[which] for row, which in zip(told, asked, strict=True)
    ]
    return Matches(
        picture=picture[order],
        score=score[order],
        hit=hit[:, order],
        counted=counted[:, order],
        true_picture=_pictures(told, [int(which.sum()) for which in asked]),
        found=np.array([scores.get(int(one), -1.0) for ids in by for one in ids], float),
    )


def _pictures(rows: Sequence[Any], each: Sequence[int]) -> Indices:
    return np.repeat(np.array([row["image_id"] for row in rows], np.intp), each)
