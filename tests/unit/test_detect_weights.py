"""Which weights are taken, by what, and several of them together."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import yaml

from analytics.vision.detect.onnx_runtime import OnnxDetector
from analytics.vision.detect.opening import open_detector
from analytics.vision.detect.port import DetectorName, digest
from analytics.vision.detect.together import Together
from analytics.vision.detect.weights import find_weights
from analytics.vision.masking import Picture
from analytics.vision.model import Detection
from smartopia.errors import DetectorMissingError


class Knows:
    """A detector that always finds the same."""

    drawn_only = False
    name = DetectorName("flames.onnx", "0" * 64)
    image_size = (640, 640)

    def __init__(self, *labels: str, finds: Sequence[Detection]) -> None:
        self.labels = labels
        self.finds = finds

    def detect(self, pictures: Sequence[Picture]) -> list[Sequence[Detection]]:
        return [self.finds for _ in pictures]


def ship(folder: Path, **changed: object) -> Path:
    """A folder with a model and its card."""
    (folder / "default.onnx").write_bytes(b"a model")
    card = {
        "sha256": digest(folder / "default.onnx"),
        "image_size": [640, 640],
        "labels": ["person"],
        "trained_with": "python -m somewhere",
        "trained_on": "rendered scenes",
    }
    (folder / "default.yaml").write_text(yaml.safe_dump(card | changed))
    return folder


@pytest.mark.parametrize("model", [None, "", "default"])
def test_without_a_name_the_shipped_model_is_taken(tmp_path: Path, model: str | None) -> None:
    assert find_weights(model, None, ship(tmp_path)) == tmp_path / "default.onnx"


def test_a_named_file_comes_before_the_shipped_model(tmp_path: Path) -> None:
    named = tmp_path / "mine.onnx"
    named.write_bytes(b"mine")
    assert find_weights(str(named), None, ship(tmp_path)) == named
    assert find_weights("mine.onnx", tmp_path, ship(tmp_path)) == named


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"sha256": "f" * 64}, "is not the file"), ({"labels": []}, "labels")],
)
def test_a_damaged_shipped_model_says_so(
    tmp_path: Path, changed: dict[str, object], told: str
) -> None:
    with pytest.raises(DetectorMissingError, match="Install Smartopia again") as missing:
        find_weights("default", None, ship(tmp_path, **changed))
    assert told in str(missing.value)


def test_with_nothing_shipped_and_no_network_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YOLO_OFFLINE", "true")
    with pytest.raises(DetectorMissingError, match=r"smartopia up --model .*SMARTOPIA_MODEL"):
        find_weights("default", tmp_path, tmp_path)


def test_without_what_runs_it_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = tmp_path / "mine.pt"
    weights.write_bytes(b"mine")
    monkeypatch.setitem(sys.modules, "ultralytics", None)
    with pytest.raises(DetectorMissingError, match=r"pip install 'smartopia\[analytics\]'"):
        open_detector(weights)


@pytest.mark.parametrize("name", ["torn.onnx", "torn.pt"])
def test_a_torn_file_is_told_by_name(tmp_path: Path, name: str) -> None:
    weights = tmp_path / name
    weights.write_bytes(b"\x08\x0atorn")
    with pytest.raises(DetectorMissingError, match=name):
        open_detector(weights)


def test_several_models_look_together_and_an_object_is_told_once() -> None:
    person, bus = Detection("person", 0.6, (0, 0, 9, 9)), Detection("bus", 0.8, (0, 0, 9, 9))
    other, fire = Detection("person", 0.9, (1, 0, 9, 9)), Detection("fire", 0.7, (5, 5, 9, 9))
    both = Together(
        [Knows("person", "bus", finds=[person, bus]), Knows("person", "fire", finds=[other, fire])]
    )
    assert both.labels == ("person", "bus", "fire")
    assert both.name.file == "flames.onnx+flames.onnx"
    assert both.detect([np.zeros((9, 9, 3), np.uint8)] * 2) == [[bus, fire, person]] * 2
    assert both.detect([]) == []


def test_an_onnx_file_goes_to_ultralytics_where_onnx_runtime_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = tmp_path / "torn.onnx"
    weights.write_bytes(b"torn")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(DetectorMissingError, match="by Ultralytics"):
        open_detector(weights)


def test_the_shipped_model_says_that_it_finds_nobody_real() -> None:
    """Pictures of real cameras are covered where it looks at them."""
    assert OnnxDetector(find_weights(None, None)).drawn_only
