"""Two adapters, one ONNX file, the same boxes: with real weights on real pictures."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from analytics.vision.detect.onnx_runtime import OnnxDetector
from analytics.vision.detect.opening import open_detector
from analytics.vision.detect.port import Detector
from analytics.vision.detect.ultralytics_ import UltralyticsDetector
from analytics.vision.masking import Picture
from analytics.vision.model import Detection
from smartopia.errors import ConfigurationError
from tests.conftest import lacking
from tests.support.exports import can_export, export_onnx

pytestmark = [pytest.mark.needs_data, pytest.mark.needs_model]

PIXELS, SCORE = 0.5, 0.01
# Square, any rectangle, a batch of fixed size, and one that sorts out overlaps itself.
EXPORTS: tuple[dict[str, object], ...] = (
    {"imgsz": 640},
    {"imgsz": 320, "dynamic": True},
    {"imgsz": 320, "batch": 4},
    {"imgsz": 320, "nms": True},
)


@pytest.fixture(scope="module", params=EXPORTS, ids="-".join)
def exported(
    request: pytest.FixtureRequest, model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    if not can_export():
        lacking("onnx, which exports the model: pip install onnx")
    return export_onnx(model, tmp_path_factory.mktemp("export"), **request.param)


def some(video: Path, count: int, every: int) -> Iterator[Picture]:
    capture = cv2.VideoCapture(str(video))
    for number in range(count * every):
        done, picture = capture.read()
        if done and number % every == 0:
            yield picture.astype(np.uint8)
    capture.release()


@pytest.fixture(scope="module")
def pictures(data: Path) -> list[Picture]:
    """Frames of three cameras in turn, photographs of many sizes, and a sliver."""
    videos = sorted((data / "video").glob("*.*"))
    cameras = [list(some(video, 2, 40)) for video in videos]
    frames = [frame for turn in zip(*cameras, strict=True) for frame in turn]
    photographs = sorted((data / "street-lab").rglob("*.jpg"))[:6]
    frames += [np.asarray(cv2.imread(str(path)), np.uint8) for path in photographs]
    return [*frames, np.ascontiguousarray(frames[0][:9])]


def assert_same(ours: Sequence[Detection], theirs: Sequence[Detection]) -> None:
    assert [seen.label for seen in ours] == [seen.label for seen in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert one.score == pytest.approx(other.score, abs=SCORE)
        assert one.box == pytest.approx(other.box, abs=PIXELS)


def test_both_adapters_see_the_same_in_a_batch_of_several_cameras(
    exported: Path, pictures: list[Picture]
) -> None:
    lean: Detector = OnnxDetector(exported)
    wide: Detector = UltralyticsDetector(exported)
    assert (lean.name, lean.labels) == (wide.name, wide.labels)
    assert lean.image_size == wide.image_size
    found, theirs = lean.detect(pictures), wide.detect(pictures)
    for ours, other in zip(found, theirs, strict=True):
        assert_same(ours, other)
    assert sum(seen.label == "person" for ours in found for seen in ours) > 5
    # What is found in a picture does not depend on what was looked at with it.
    for picture, together in list(zip(pictures, found, strict=True))[:3]:
        assert_same(lean.detect([picture])[0], together)
    assert lean.detect([]) == []


def test_weights_of_torch_are_opened_by_ultralytics(model: Path, pictures: list[Picture]) -> None:
    detector = open_detector(model)
    assert isinstance(detector, UltralyticsDetector)
    assert detector.image_size == (640, 640)
    found = detector.detect(pictures[:6])
    assert any(seen.label == "person" for frame in found for seen in frame)


@pytest.mark.parametrize("exported", EXPORTS[1:2], indirect=True, ids="-".join)
def test_the_lean_adapter_needs_no_torch(exported: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from analytics.vision.detect.opening import open_detector\n"
        "print(type(open_detector(Path(sys.argv[1]))).__name__)\n"
        "print(sorted({'torch', 'ultralytics'} & set(sys.modules)))\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, str(exported)], capture_output=True, text=True, check=True
    )
    assert told.stdout.split("\n")[:2] == ["OnnxDetector", "[]"]


def test_an_onnx_file_that_is_no_detector_says_what_it_takes(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    kind = onnx.TensorProto.FLOAT
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Relu", ["x"], ["y"])],
        "relu",
        [value("x", kind, [1, 3, 64, 64])],
        [value("y", kind, [1, 3, 64, 64])],
    )
    made = onnx.helper.make_model(
        graph, ir_version=10, opset_imports=[onnx.helper.make_opsetid("", 17)]
    )
    bare, told = tmp_path / "bare.onnx", tmp_path / "told.onnx"
    onnx.save(made, bare)
    with pytest.raises(ConfigurationError, match="does not say its names"):
        open_detector(bare)
    said = {"names": "{0: 'person'}", "imgsz": "64", "stride": "32", "task": "detect"}
    onnx.helper.set_model_props(made, said)
    onnx.save(made, told)
    with pytest.raises(ConfigurationError, match=r"answers with \[1, 3, 64, 64\]"):
        open_detector(told)
