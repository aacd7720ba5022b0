"""`smartopia train scenes`, killed in the middle, resumed, and scored for its card."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
import yaml

from analytics.vision.detect.onnx_runtime import OnnxDetector

NAMES = ("person", "car")
HEIGHT, WIDTH = 96, 160


def draw(file: Path, seed: int) -> tuple[int, tuple[int, int, int, int]]:
    """A street of one block: its class, and its left, top, width and height."""
    random = np.random.default_rng(seed)
    kind, x, y = int(random.integers(2)), int(random.integers(100)), int(random.integers(40))
    box = (x, y, 20 + 30 * kind, 50 - 20 * kind)
    picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    cv2.rectangle(picture, box, (40, 40, 230) if kind else (220, 200, 60), -1)
    file.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(file), picture)
    return kind, box


@pytest.fixture
def yolo_set(tmp_path: Path) -> Path:
    """16 pictures to learn from, 4 to validate by."""
    folder = tmp_path / "set"
    for split, seeds in (("train", range(16)), ("val", range(50, 54))):
        for seed in seeds:
            kind, (x, y, w, h) = draw(folder / "images" / split / f"{seed}.png", seed)
            label = folder / "labels" / split / f"{seed}.txt"
            label.parent.mkdir(parents=True, exist_ok=True)
            middle = f"{(x + w / 2) / WIDTH} {(y + h / 2) / HEIGHT}"
            label.write_text(f"{kind} {middle} {w / WIDTH} {h / HEIGHT}\n")
    named = {"train": "images/train", "val": "images/val", "names": dict(enumerate(NAMES))}
    (folder / "data.yaml").write_text(yaml.safe_dump(named))
    return folder


def coco_set(folder: Path, seeds: range, condition: dict[str, int]) -> Path:
    images, annotations = [], []
    for seed in seeds:
        kind, box = draw(folder / "images" / f"{seed}.png", seed)
        place = {"camera": "west", "layout": "alley", "variant": seed, "conditions": condition}
        images.append({"id": seed, "file_name": f"{seed}.png", **place})
        annotations.append({"image_id": seed, "category_id": kind + 1, "bbox": box, "iscrowd": 0})
    categories = [{"id": number, "name": name} for number, name in enumerate(NAMES, 1)]
    content = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "annotations.json").write_text(json.dumps(content))
    return folder


def train(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    quiet = {"YOLO_OFFLINE": "true", "YOLO_CONFIG_DIR": str(tmp_path)}
    return subprocess.Popen(
        [sys.executable, "-m", "smartopia", "train", *arguments],
        env={**os.environ, **quiet},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def alike(*checkpoints: Path) -> float:
    """How much the first layers of two models are alike: their cosine."""
    loaded = (torch.load(file, map_location="cpu", weights_only=False) for file in checkpoints)
    one, other = (kept["model"].state_dict()["model.0.conv.weight"].float() for kept in loaded)
    return float(torch.cosine_similarity(one.flatten(), other.flatten(), dim=0))


@pytest.mark.timeout(600)
def test_a_training_that_is_killed_goes_on_and_ends_in_a_model_with_its_card(
    tmp_path: Path, yolo_set: Path
) -> None:
    out = tmp_path / "out"
    where = ("--data", str(yolo_set), "--out", str(out))
    options = ("scenes", *where, "--epochs", "2", "--imgsz", "64")
    killed = train(tmp_path, *options)
    assert killed.stdout is not None
    seen = []
    for line in killed.stdout:
        seen.append(line)
        if line.startswith("epoch 1/2  over"):
            break
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=20)
    assert seen[-1].startswith("epoch 1/2  over"), "".join(seen)
    assert "images/s" in seen[-1]
    assert "min left" in seen[-1]

    again, _ = train(tmp_path, *options).communicate(timeout=60)
    assert "go on with it by --resume" in again

    said, _ = train(tmp_path, *options, "--resume").communicate(timeout=200)
    assert "going on after epoch 1 of 2" in said
    assert "epoch 1/2" not in said
    assert "epoch 2/2  over" in said
    model = out / "model.onnx"
    assert model.stat().st_size < 7_000_000, said
    assert str(tmp_path).encode() not in model.read_bytes()
    detector = OnnxDetector(model)
    assert (detector.labels, detector.image_size) == (NAMES, (64, 64))
    made = yaml.safe_load((out / "training.yaml").read_text())
    assert (made["train"]["pictures"], made["val"]["pictures"], made["epochs"]) == (16, 4, 2)
    assert made["milliseconds"]["64x64"] > 0

    # By another seed its own first weights would be others.
    more = ("scenes", "--data", str(yolo_set), "--epochs", "1", "--imgsz", "64", "--seed", "2")
    further = tmp_path / "further"
    said, _ = train(tmp_path, *more, "--out", str(further), "--after", str(out)).communicate(
        timeout=200
    )
    assert "epoch 1/1  over" in said
    gone_on = yaml.safe_load((further / "training.yaml").read_text())
    assert [one["command"] for one in gone_on["after"]] == [made["command"]]
    assert alike(out / "weights" / "last.pt", further / "weights" / "last.pt") > 0.9

    lab = coco_set(tmp_path / "lab", range(100, 140), {})
    field = coco_set(tmp_path / "field", range(200, 240), {"fog": 2})
    sets = ("--lab", str(lab), "--field", str(field), "--out", str(tmp_path / "card.md"))
    told, _ = train(tmp_path, "card", "--weights", str(model), *sets).communicate(timeout=100)
    card = (tmp_path / "card.md").read_text()
    assert "lab: mAP50" in told
    assert "It knows only the pictures it was given" in card
    assert "| fog 2 | - | - | - | - | 40 |" in card
    assert "| alley (never seen in training) | 40 |" in card
