"""What the same pictures lose under conditions, from the sets to the page."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from analytics.evaluation.report.objects import ROW_COLUMNS, make_objects_report
from analytics.evaluation.report.plan import ObjectsPlan
from analytics.evaluation.report.verify import verify_report
from analytics.evaluation.report.writing import write_report
from smartopia.errors import ConfigurationError
from tests.unit.test_evaluation_report import HEIGHT, WIDTH, Seer, coco

LAB = range(24)


def under(folder: Path, fog: int, blind: int, seeds: range = LAB, **more: Any) -> Path:
    """The lab's pictures in fog, in which no person is found in so many of them."""
    made = coco(folder, seeds, {"fog": fog}, info={"under": {"fog": fog}}, **more)
    grey = np.full((HEIGHT, WIDTH, 3), 3, np.uint8)  # its sum is divisible by 3
    for seed in seeds[:blind]:
        cv2.imwrite(str(made / "images" / f"{seed}.png"), grey)
    return made


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ObjectsPlan:
    monkeypatch.setattr("analytics.evaluation.report.objects.open_for_scoring", lambda *_: Seer())
    weights = tmp_path / "seer.onnx"
    weights.write_bytes(b"x")
    lab = coco(tmp_path / "lab", LAB, {})
    fogs = under(tmp_path / "fog-1", 1, 2), under(tmp_path / "fog-4", 4, 24)
    return ObjectsPlan(lab, coco(tmp_path / "field", range(100, 124), {}), weights, under=fogs)


def test_what_each_fog_takes_is_told_in_all_files(plan: ObjectsPlan, tmp_path: Path) -> None:
    made = make_objects_report(plan, tmp_path / "kept", [], lambda _: None)
    assert [(one.name, one.measure) for one in made.report.losses] == [
        ("under fog 4", "recall"),
        ("under fog 4", "precision"),
        ("under fog 1", "recall"),
        ("under fog 1", "precision"),
    ]
    gravest = made.report.losses[0]
    assert made.report.whole.lab is not None
    assert gravest.before.value == made.report.whole.lab["recall"].value
    rows = Counter(row[7] for row in made.rows if row[0] == "lab under fog 4")
    assert gravest.after.n == rows["found"] + rows["missed"] == 2 * len(LAB)
    assert gravest.after.value == rows["found"] / gravest.after.n == 0.5
    assert gravest.change.value == pytest.approx(0.5 - (gravest.before.value or 0), abs=1e-6)
    assert gravest.verdict == "worse"
    assert any(line.startswith("Make it hold under fog 4") for line in made.report.next)

    page = write_report(tmp_path / "out", made.report, made.pictures, ROW_COLUMNS, made.rows)
    assert "<h2>What the same pictures lose</h2>" in page.read_text()
    with page.with_name("figures.csv").open() as file:
        told = [row for row in csv.DictReader(file) if row["table"] == "losses"]
    assert len(told) == 3 * len(made.report.losses)
    assert (told[1]["part"], told[1]["side"], told[1]["value"]) == (
        "under fog 4",
        "after",
        "0.500000",
    )


def test_a_changed_picture_under_fog_is_told_when_it_is_verified(
    plan: ObjectsPlan, tmp_path: Path
) -> None:
    made = make_objects_report(plan, tmp_path / "kept", [], lambda _: None)
    file = write_report(
        tmp_path / "out", made.report, made.pictures, ROW_COLUMNS, made.rows
    ).with_name("report.json")
    assert verify_report(file, lambda _: None) == []
    under(tmp_path / "fog-1", 1, 20)
    different = verify_report(file, lambda _: None)
    assert different[0].startswith("data under fog 1: SHA-256")
    assert any(line.startswith("figure recall under fog 1, after") for line in different)


def test_pictures_the_lab_does_not_have_are_listed(plan: ObjectsPlan, tmp_path: Path) -> None:
    more = replace(plan, under=(under(tmp_path / "more", 2, 3, range(20, 30)),))
    report = make_objects_report(more, tmp_path / "kept", [], lambda _: None).report
    alone = [one for one in report.problems if one.kind == "pictures the lab does not have"]
    assert [one.count for one in alone] == [6]
    assert report.losses[0].after.n == 2 * 4
    assert (report.losses[0].change.few, report.losses[0].verdict) == (True, "cannot tell")


def test_sets_that_cannot_be_paired_are_refused(plan: ObjectsPlan, tmp_path: Path) -> None:
    def said(*folders: Path) -> str:
        with pytest.raises(ConfigurationError) as caught:
            make_objects_report(replace(plan, under=folders), tmp_path / "kept", [], lambda _: None)
        return str(caught.value)

    assert "does not say what is put on its pictures" in said(plan.lab)
    assert "is under fog 4 as" in said(plan.under[1], under(tmp_path / "again", 4, 1))
    elsewhere = said(under(tmp_path / "elsewhere", 4, 1, range(50, 60)))
    assert "no name of a picture is the same; make both with the same" in elsewhere
    other = under(tmp_path / "other", 4, 1)
    content = json.loads((other / "annotations.json").read_text())
    content["images"][3]["camera"] = "another"
    (other / "annotations.json").write_text(json.dumps(content))
    assert "3.png is of another camera there; make both with the same" in said(other)
