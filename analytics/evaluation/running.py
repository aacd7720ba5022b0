"""A detector over labelled pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


def open_for_scoring(weights: Path) -> Detector:
    """A detector that says also what it is hardly sure of."""
    if weights.suffix == ".onnx":
        from analytics.vision.detect.onnx_runtime import OnnxDetector  # noqa: PLC0415 - as needed

        return OnnxDetector(weights, score=LEAST_SCORE)
    from analytics.vision.detect.ultralytics_ import UltralyticsDetector  # noqa: PLC0415

    return UltralyticsDetector(weights, score=LEAST_SCORE)


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
