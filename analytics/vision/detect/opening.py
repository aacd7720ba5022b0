"""The right adapter for a file, and what a detector cannot see that is asked of it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from pathlib import Path

from analytics.vision.detect.port import Detector
from analytics.vision.detect.weights import find_weights
from analytics.vision.masking import PERSONAL
from analytics.vision.model import ZoneRule
from smartopia.errors import DetectorMissingError

_INSTALL = "pip install 'smartopia[analytics]'"


def load_detector(model: str | None, model_dir: Path | None) -> Detector:
    """The detector a model names, ready. Takes seconds.

    Raises:
        DetectorMissingError: it is not here or cannot be loaded; says what to do.
        ConfigurationError: it is a model of another kind.
    """
    return open_detector(find_weights(model, model_dir))


def open_detector(weights: Path) -> Detector:
    """ONNX files on ONNX Runtime where it is installed; all else through Ultralytics.

    Raises:
        DetectorMissingError: they cannot be loaded; says what to do.
        ConfigurationError: they are of a model of another kind.
    """
    # Either import takes seconds or megabytes that a machine with the other need not spend.
    try:
        if weights.suffix == ".onnx" and importlib.util.find_spec("onnxruntime") is not None:
            from analytics.vision.detect.onnx_runtime import OnnxDetector  # noqa: PLC0415

            return OnnxDetector(weights)
        from analytics.vision.detect.ultralytics_ import UltralyticsDetector  # noqa: PLC0415

        return UltralyticsDetector(weights)
    except ImportError as error:
        raise DetectorMissingError(
            f"What runs the detector {weights.name} is not installed here ({error}): {_INSTALL}"
        ) from error


def unknown_labels(rules: Iterable[ZoneRule], detector: Detector) -> list[str]:
    """What rules watch for and masking hides, and the detector does not know: a line each."""
    known = frozenset(detector.labels)
    lines = [
        f"rule {rule.id} watches for {label!r}, which the model {detector.name.file} does not know"
        for rule in rules
        for label in rule.labels
        if label not in known
    ]
    lines += [
        f"the model {detector.name.file} does not know {label!r}: the evidence of every alert "
        "is covered as a whole"
        for label in sorted(PERSONAL - known)
    ]
    return lines
