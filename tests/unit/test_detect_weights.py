"""Which weights are taken, by what, and what they cannot see."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
import yaml

from analytics.vision.catalogue import load_zone_rules
from analytics.vision.detect.opening import open_detector, unknown_labels
from analytics.vision.detect.port import DetectorName, digest
from analytics.vision.detect.weights import find_weights
from analytics.vision.work import hiding
from smartopia.errors import DetectorMissingError


class Knows:
    """A detector that only knows its labels."""

    name = DetectorName("flames.onnx", "0" * 64)
    image_size = (640, 640)

    def __init__(self, *labels: str) -> None:
        self.labels = labels

    def detect(self, pictures: object) -> list[object]:
        raise NotImplementedError


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


def test_what_rules_ask_and_the_model_does_not_know_is_told_in_words() -> None:
    rules = load_zone_rules()
    assert unknown_labels(rules, Knows("person", "fire")) == []  # type: ignore[arg-type]
    asked, hidden = unknown_labels(rules, Knows("fire"))  # type: ignore[arg-type]
    assert asked == (
        "rule person-in-zone watches for 'person', which the model flames.onnx does not know"
    )
    assert "covered as a whole" in hidden


def test_a_model_that_knows_no_people_has_its_pictures_hidden_as_a_whole() -> None:
    assert hiding([], ("person",), 640, 480) == []
    (whole,) = hiding([], ("fire",), 640, 480)
    assert (whole.label, whole.box) == ("person", (0, 0, 640, 480))


def test_an_onnx_file_goes_to_ultralytics_where_onnx_runtime_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = tmp_path / "torn.onnx"
    weights.write_bytes(b"torn")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(DetectorMissingError, match="by Ultralytics"):
        open_detector(weights)
