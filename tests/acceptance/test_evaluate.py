"""`smartopia evaluate objects` on real pictures, held against Ultralytics' own validator."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from analytics.evaluation.labelled import read_yolo
from analytics.evaluation.objects import score_objects
from analytics.vision.model import Detection

STREET = ("person", "bicycle", "car", "motorcycle", "bus", "truck")
NUMBERS = [0, 1, 2, 3, 5, 7]
pytestmark = [pytest.mark.needs_data, pytest.mark.needs_model, pytest.mark.timeout(1200)]
VALIDATE = """
import json, sys
from ultralytics import YOLO
model, data, out, classes = sys.argv[1:]
found = YOLO(model).val(data=data, classes=json.loads(classes), imgsz=640, batch=1, workers=0,
                        save_json=True, plots=False, project=out, name="val", verbose=False)
print("mAP50", found.box.map50)
"""


def run(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "YOLO_OFFLINE": "true", "YOLO_AUTOINSTALL": "false"}
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, check=check, env=environment
    )


def test_lab_and_field_of_real_pictures_are_told_and_verified(
    data: Path, model: Path, tmp_path: Path
) -> None:
    lab, field = data / "street-lab", data / "street-field-fog"
    words = ["--lab", str(lab), "--field", str(field), "--model", str(model), "--imgsz", "640"]
    run("-m", "smartopia", "evaluate", "objects", *words, "--out", str(tmp_path))
    report = json.loads((tmp_path / "report.json").read_text())
    before, after = report["whole"]["lab"], report["whole"]["field"]
    assert before["map50"]["value"] == pytest.approx(0.661, abs=0.01)
    # The validator gives a box several classes and pads more; docs/evaluation.md has each part.
    assert after["map50"]["value"] == pytest.approx(0.400, abs=0.05)
    assert after["recall"]["high"] < before["recall"]["low"]
    assert {(one["side"], one["kind"]) for one in report["problems"]} == {
        ("field", "pictures twice"),
        ("lab", "labels of other classes"),
    }
    same = run("-m", "smartopia", "evaluate", "--verify", str(tmp_path / "report.json"))
    assert same.stdout.startswith("same")


@pytest.mark.parametrize(("name", "known"), [("street-lab", 0.661), ("street-field-fog", 0.400)])
def test_on_the_validators_detections_the_scorer_says_what_the_validator_says(
    data: Path, model: Path, tmp_path: Path, name: str, known: float
) -> None:
    folder = shutil.copytree(data / name, tmp_path / name)  # it writes beside the labels
    words = [str(model), str(folder / "data.yaml"), str(tmp_path)]
    said = run("-c", VALIDATE, *words, json.dumps(NUMBERS)).stdout
    validators = float(said.rsplit("mAP50", 1)[1])
    assert validators == pytest.approx(known, abs=0.001)
    labelled = read_yolo(folder)
    found: dict[str, list[Detection]] = defaultdict(list)
    for one in json.loads((tmp_path / "val" / "predictions.json").read_text()):
        left, top, width, height = one["bbox"]
        label = labelled.labels[one["category_id"] - 1]
        box = (left, top, left + width, top + height)
        found[one["file_name"]].append(Detection(label, one["score"], box))
    detections = [found[picture.file.name] for picture in labelled.pictures]
    scores = score_objects(labelled, detections, STREET)
    assert scores.whole.map50.value == pytest.approx(validators, abs=0.01)
