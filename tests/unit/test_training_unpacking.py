"""The model that comes along, unpacked to be learnt on from: it answers as before."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import pytest
import torch
from numpy.typing import NDArray

from analytics.training.pieces import read_picture
from analytics.training.unpacking import unpack
from analytics.vision.detect.onnx_runtime import OnnxDetector
from analytics.vision.detect.ultralytics_ import UltralyticsDetector
from devices_sim.cameras.scene.splits import shots
from devices_sim.cameras.scene.takes import Split
from smartopia.errors import ConfigurationError

MODEL = Path(str(files("analytics"))) / "models" / "default.onnx"
SIZE = (256, 416)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("pictures")
    found = []
    for number, shot in enumerate(shots(Split.LAB, 4)):
        found.append(folder / f"{number}.png")
        cv2.imwrite(str(found[-1]), shot.picture)
    return found


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory, pictures: list[Path]) -> Path:
    target = tmp_path_factory.mktemp("unpacked") / "begun-with.pt"
    return unpack(MODEL, OnnxDetector(MODEL).labels, pictures, SIZE, target)


def network_of(checkpoint: Path) -> Any:
    return torch.load(checkpoint, map_location="cpu", weights_only=False)["model"]


def test_an_unpacked_model_finds_what_the_packed_one_finds(
    checkpoint: Path, pictures: list[Path]
) -> None:
    packed, unpacked = OnnxDetector(MODEL), UltralyticsDetector(checkpoint)
    shown = [read_picture(file) for file in pictures]
    compared = 0
    for one, other in zip(packed.detect(shown), unpacked.detect(shown), strict=True):
        assert [found.label for found in one] == [found.label for found in other]
        for before, after in zip(one, other, strict=True):
            assert np.allclose(before.box, after.box, atol=0.5)
            assert abs(before.score - after.score) < 0.01
            compared += 1
    assert compared > 10


def test_while_it_learns_it_answers_nearly_as_before(
    checkpoint: Path, pictures: list[Path]
) -> None:
    network = network_of(checkpoint)
    with torch.no_grad():
        network.eval()
        told = scores(network(laid(pictures))[1])
        network.train()
        learning = scores(network(laid(pictures)))
    # Means and spreads are of these very pictures. Were they not measured, the two would have
    # nothing in common.
    assert np.corrcoef(told, learning)[0, 1] > 0.95


def laid(pictures: list[Path]) -> torch.Tensor:
    read = (read_picture(file) for file in pictures)
    shown = [cv2.resize(picture, SIZE[::-1], interpolation=cv2.INTER_AREA) for picture in read]
    return torch.from_numpy(np.stack(shown)[..., ::-1].transpose(0, 3, 1, 2).copy()).float() / 255


def scores(answer: Any) -> NDArray[np.float32]:
    found: NDArray[np.float32] = answer["scores"].numpy().ravel()
    return found


def test_a_file_that_lacks_a_weight_is_refused_by_its_name(
    tmp_path: Path, pictures: list[Path]
) -> None:
    model = onnx.load(MODEL)
    for tensor in model.graph.initializer:
        if tensor.name.startswith("model.3.conv.weight"):
            tensor.name = "elsewhere"
    broken = tmp_path / "broken.onnx"
    onnx.save(model, broken)
    with pytest.raises(ConfigurationError, match=r"broken.onnx .* no model.3.conv.weight"):
        unpack(broken, OnnxDetector(MODEL).labels, pictures, SIZE, tmp_path / "none.pt")
    assert not (tmp_path / "none.pt").exists()


def test_a_model_of_other_classes_is_refused(tmp_path: Path, pictures: list[Path]) -> None:
    with pytest.raises(ConfigurationError, match="with the classes its"):
        unpack(MODEL, ("person", "car"), pictures, SIZE, tmp_path / "none.pt")
