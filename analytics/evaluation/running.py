"""A detector over labelled pictures."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from analytics.evaluation.labelled import LabelledSet
from analytics.vision.detect.port import Detector
from analytics.vision.model import Detection
from smartopia.errors import ConfigurationError

LEAST_SCORE = 0.01
"""Mean precision is over all recalls, so nearly everything is asked for.

From 0.001 on it was 0.005 higher on real street pictures, of three times as many detections."""


def open_for_scoring(weights: Path, image_size: int | None = None) -> Detector:
    """A detector that says also what it is hardly sure of.

    Args:
        weights: a file of the model.
        image_size: pixels of the side it looks at, where that can be chosen; else its own.

    Raises:
        ConfigurationError: an exported model looks at another size.
    """
    if weights.suffix == ".onnx":
        from analytics.vision.detect.onnx_runtime import OnnxDetector  # noqa: PLC0415 - as needed

        exported = OnnxDetector(weights, score=LEAST_SCORE)
        if image_size is not None and max(exported.image_size) != image_size:
            height, width = exported.image_size
            raise ConfigurationError(
                f"{weights.name} was exported to look at {width} x {height} pixels, not at "
                f"{image_size}; leave --imgsz away or export it anew"
            )
        return exported
    from analytics.vision.detect.ultralytics_ import UltralyticsDetector  # noqa: PLC0415

    loaded = UltralyticsDetector(weights, score=LEAST_SCORE)
    if image_size is not None:
        loaded.image_size = (image_size, image_size)
    return loaded


def detect_all(
    detector: Detector, labelled: LabelledSet, told: Callable[[int], None] = lambda _: None
) -> list[Sequence[Detection]]:
    """What a detector finds in each picture; `told` hears how many are done.

    Raises:
        ConfigurationError: a file is no picture.
    """
    found: list[Sequence[Detection]] = []
    for done, one in enumerate(labelled.pictures, 1):
        picture = cv2.imread(str(one.file))
        if picture is None:
            raise ConfigurationError(f"{one.file} is no picture")
        found.extend(detector.detect([np.asarray(picture, np.uint8)]))
        told(done)
    return found


class KeptDetections:
    """What a detector found, kept in a file, so that a stopped run goes on where it was.

    Pictures are known by their content, so none is looked at twice, whatever it is called.

    Args:
        folder: of such files.
        detector: whose detections; its file is named by its digest and what it looks at.

    Attributes:
        cpu_s: processor time spent on looking, in seconds.
    """

    def __init__(self, folder: Path, detector: Detector) -> None:
        self._detector = detector
        self.cpu_s = 0.0
        height, width = detector.image_size
        name = f"{detector.name.sha256[:16]}-{width}x{height}-{LEAST_SCORE:g}.jsonl"
        self.file = folder / name
        folder.mkdir(parents=True, exist_ok=True)
        self._found = dict(_lines(self.file))

    def detect(
        self, pictures: Iterable[Path], told: Callable[[int], None] = lambda _: None
    ) -> list[Sequence[Detection]]:
        """What is found in each picture; `told` hears how many are done.

        Raises:
            ConfigurationError: a file is no picture.
        """
        found: list[Sequence[Detection]] = []
        with self.file.open("a") as kept:
            for done, file in enumerate(pictures, 1):
                content = file.read_bytes()
                key = hashlib.sha256(content).hexdigest()
                if key not in self._found:
                    self._found[key] = self._look(file, content)
                    kept.write(_line(key, self._found[key]))
                    kept.flush()
                found.append(self._found[key])
                told(done)
        return found

    def _look(self, file: Path, content: bytes) -> Sequence[Detection]:
        begin = time.process_time()
        picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
        if picture is None:
            raise ConfigurationError(f"{file} is no picture")
        found = self._detector.detect([np.asarray(picture, np.uint8)])[0]
        self.cpu_s += time.process_time() - begin
        return found


def _line(key: str, found: Sequence[Detection]) -> str:
    rows = [[one.label, one.score, *one.box] for one in found]
    return json.dumps([key, rows], separators=(",", ":")) + "\n"


def _lines(file: Path) -> Iterator[tuple[str, Sequence[Detection]]]:
    """What is kept; a last line that was cut off when the run was stopped is not."""
    if not file.exists():
        return
    whole, ended, cut = file.read_bytes().rpartition(b"\n")
    if cut:
        file.write_bytes(whole + ended)
    for line in whole.splitlines():
        key, rows = json.loads(line)
        yield key, [Detection(label, score, tuple(box)) for label, score, *box in rows]


def shared_labels(detector: Detector, labelled: LabelledSet) -> tuple[str, ...]:
    """The classes both know, in the detector's order.

    Raises:
        ConfigurationError: there is none.
    """
    shared = tuple(label for label in detector.labels if label in labelled.labels)
    if not shared:
        raise ConfigurationError(
            f"the model knows {', '.join(detector.labels)}; the pictures are labelled with "
            f"{', '.join(labelled.labels[:12])}: nothing can be scored"
        )
    return shared
