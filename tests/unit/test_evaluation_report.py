"""The report: what is wrong with the data, the rows behind figures, page, schema, verifying."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from jsonschema import Draft202012Validator

from analytics.evaluation.labelled import DoubtKind, LabelledSet, read_coco, read_labelled
from analytics.evaluation.matching import match
from analytics.evaluation.objects import score_objects
from analytics.evaluation.report.cases import all_cases
from analytics.evaluation.report.checks import (
    label_problems,
    picture_digests,
    scored_labels,
    side_data,
    without_doubles,
)
from analytics.evaluation.report.objects import ROW_COLUMNS, make_objects_report
from analytics.evaluation.report.plan import ObjectsPlan
from analytics.evaluation.report.verify import verify_report
from analytics.evaluation.report.writing import write_report
from analytics.evaluation.running import KeptDetections
from analytics.vision.detect.port import DetectorName
from analytics.vision.masking import Picture
from analytics.vision.model import Detection
from smartopia.errors import ConfigurationError
from smartopia.reports import SCHEMA, read_report, schema

HEIGHT, WIDTH = 120, 200


def a_picture(file: Path, seed: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    drawn = np.random.default_rng(seed).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    cv2.imwrite(str(file), drawn)


def coco(folder: Path, seeds: range, conditions: dict[str, int], **more: Any) -> Path:
    """One car and one person a picture, the person in all but every third."""
    images, annotations = [], []
    for seed in seeds:
        a_picture(folder / "images" / f"{seed}.png", seed)
        told = {"camera": f"c{seed % 4}", "layout": "alley", "conditions": conditions}
        size = {"width": WIDTH, "height": HEIGHT}
        images.append({"id": seed, "file_name": f"{seed}.png", **told, **size})
        annotations.append({"image_id": seed, "category_id": 1, "bbox": [20, 20, 40, 60]})
        annotations.append({"image_id": seed, "category_id": 2, "bbox": [100, 30, 60, 40]})
    categories = [{"id": 1, "name": "person"}, {"id": 2, "name": "car"}]
    content = {"images": images, "annotations": annotations, "categories": categories, **more}
    (folder / "annotations.json").write_text(json.dumps(content))
    return folder


class Seer:
    """A detector that finds every car, a person in two of three pictures, and a ghost."""

    labels = ("person", "car")
    image_size = (HEIGHT, WIDTH)
    drawn_only = False
    name = DetectorName("seer.onnx", "a" * 64)

    def __init__(self) -> None:
        self.looked = 0

    def detect(self, pictures: Sequence[Picture]) -> list[Sequence[Detection]]:
        self.looked += len(pictures)
        return [self._one(picture) for picture in pictures]

    @staticmethod
    def _one(picture: Picture) -> list[Detection]:
        found = [Detection("car", 0.9, (100, 30, 160, 70))]
        if int(picture.sum()) % 3:
            found.append(Detection("person", 0.8, (20, 20, 60, 80)))
        else:
            found.append(Detection("person", 0.5, (150, 80, 180, 118)))
        return found


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ObjectsPlan:
    seer = Seer()
    monkeypatch.setattr("analytics.evaluation.report.objects.open_for_scoring", lambda *_: seer)
    weights = tmp_path / "seer.onnx"
    weights.write_bytes(b"x")
    lab = coco(tmp_path / "lab", range(40), {})
    return ObjectsPlan(lab, coco(tmp_path / "field", range(100, 150), {"fog": 3}), weights)


def test_a_report_says_lab_and_field_and_can_be_counted_from_its_rows(
    plan: ObjectsPlan, tmp_path: Path
) -> None:
    made = make_objects_report(plan, tmp_path / "kept", ["smartopia"], lambda _: None)
    page = write_report(tmp_path / "out", made.report, made.pictures, ROW_COLUMNS, made.rows)
    assert made.report == read_report(page.with_name("report.json"))
    for side, figures in (("lab", made.report.whole.lab), ("field", made.report.whole.field)):
        n = Counter(row[7] for row in made.rows if row[0] == side)
        assert figures is not None
        assert figures["recall"].n == n["found"] + n["missed"] > 0
        assert figures["recall"].value == pytest.approx(
            n["found"] / (n["found"] + n["missed"]), abs=1e-6
        )
        assert figures["precision"].n == n["found"] + n["false alarm"]


def test_the_page_needs_nothing_but_itself(plan: ObjectsPlan, tmp_path: Path) -> None:
    made = make_objects_report(plan, tmp_path / "kept", ["<b>x</b>"], lambda _: None)
    text = write_report(
        tmp_path / "out", made.report, made.pictures, ROW_COLUMNS, made.rows
    ).read_text()
    assert not re.search(r"<script|https?://|url\(|@import|<link", text)
    assert "&lt;b&gt;x" in text
    titles = re.findall(r"<h2>([^<]+)</h2>", text)
    assert titles[:4] == [
        "What is wrong with the data",
        "The answer in one glance",
        "What to do next",
        "Where it fails",
    ]


def test_the_json_is_of_the_committed_schema(plan: ObjectsPlan, tmp_path: Path) -> None:
    assert json.loads(SCHEMA.read_text()) == schema()
    made = make_objects_report(plan, tmp_path / "kept", [], lambda _: None)
    Draft202012Validator(schema()).validate(json.loads(made.report.model_dump_json()))


def test_made_again_it_is_the_same_and_another_label_is_told(
    plan: ObjectsPlan, tmp_path: Path
) -> None:
    made = make_objects_report(plan, tmp_path / "kept", [], lambda _: None)
    file = write_report(
        tmp_path / "out", made.report, made.pictures, ROW_COLUMNS, made.rows
    ).with_name("report.json")
    assert verify_report(file, lambda _: None) == []
    annotations = plan.field / "annotations.json"
    content = json.loads(annotations.read_text())
    content["annotations"].pop(0)
    annotations.write_text(json.dumps(content))
    different = verify_report(file, lambda _: None)
    assert different[0].startswith("data of the field: SHA-256")
    assert any(
        line.startswith("figure recall of whole all objects in the field") for line in different
    )
    assert not any("in the lab" in line for line in different)


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    files = [tmp_path / f"{seed}.png" for seed in range(6)]
    for seed, file in enumerate(files):
        a_picture(file, seed)
    seer = Seer()
    whole = KeptDetections(tmp_path / "kept", seer).detect(files[:4])
    kept = KeptDetections(tmp_path / "kept", seer).file
    kept.write_bytes(kept.read_bytes()[:-9])  # as when it was killed while it wrote
    again = KeptDetections(tmp_path / "kept", seer).detect(files)
    assert again[:4] == whole
    assert seer.looked == 4 + 3


def test_pictures_of_the_training_of_both_sides_and_twice_are_left_out(tmp_path: Path) -> None:
    lab = side_data("lab", tmp_path, read_labelled(coco(tmp_path / "lab", range(6), {})))
    field = side_data("field", tmp_path, read_labelled(coco(tmp_path / "field", range(5, 9), {})))
    a_picture(tmp_path / "training" / "x.png", 0)
    lab, field, problems = without_doubles(lab, field, picture_digests(tmp_path / "training"))
    assert (len(lab.digests), len(field.digests)) == (4, 3)
    assert [(one.side, one.kind, one.count) for one in problems] == [
        ("lab", "pictures of the training", 1),
        ("lab", "pictures in lab and field", 1),
        ("field", "pictures in lab and field", 1),
    ]
    with pytest.raises(ConfigurationError, match="each of its 4 pictures is also in"):
        without_doubles(lab, lab, frozenset())


def test_boxes_that_reach_out_are_cut_and_empty_ones_left_out(tmp_path: Path) -> None:
    boxes = [[190, 10, 60, 20], [10, 10, 0, 5], [300, 10, 20, 20], [10, 10, 20, 20]]
    told = [{"image_id": 0, "category_id": 1, "bbox": box} for box in boxes]
    told.append({"image_id": 99, "category_id": 1, "bbox": [1, 1, 9, 9]})
    read = read_coco(coco(tmp_path, range(1), {}, annotations=told))
    assert [one.box for one in read.pictures[0].objects] == [(190, 10, 200, 30), (10, 10, 30, 30)]
    assert Counter(doubt.kind for doubt in read.doubts) == {
        DoubtKind.OUTSIDE: 2,
        DoubtKind.EMPTY: 2,
        DoubtKind.NO_PICTURE: 1,
    }


def test_only_classes_that_can_be_compared_are_scored(tmp_path: Path) -> None:
    lab, field = (read_labelled(coco(tmp_path / n, range(3), {})) for n in ("lab", "field"))
    cars = LabelledSet(
        field.labels,
        tuple(
            type(p)(p.file, tuple(o for o in p.objects if o.label == "car"), p.camera)
            for p in field.pictures
        ),
    )
    known = ("person", "car", "boat")
    assert scored_labels(known, lab, field, ()) == ("person", "car")
    assert scored_labels(known, lab, cars, ()) == ("car",)
    side = side_data("lab", tmp_path, lab)
    assert [(one.kind, one.count) for one in label_problems(side, ("car",))] == [
        ("labels of other classes", 3)
    ]
    with pytest.raises(ConfigurationError, match="--classes boat: lab does not know it"):
        scored_labels(known, lab, field, ("boat",))


def test_each_row_is_the_object_its_figure_counts(tmp_path: Path) -> None:
    labelled = read_labelled(coco(tmp_path, range(9), {}))
    seer = Seer()
    found = KeptDetections(tmp_path / "kept", seer).detect([p.file for p in labelled.pictures])
    matches = match(labelled, found, seer.labels)
    cases = all_cases(labelled, found, matches, seer.labels, 0.4)
    whole = score_objects(labelled, found, seer.labels, operating=0.4).whole
    n = Counter(case.outcome for case in cases)
    assert n["found"] / (n["found"] + n["missed"]) == pytest.approx(whole.recall.value)
    assert n["false alarm"] > 0
    assert {case.box for case in cases if case.outcome == "false alarm"} == {(150, 80, 180, 118)}
    assert {case.box for case in cases if case.outcome == "missed"} == {(20, 20, 60, 80)}
