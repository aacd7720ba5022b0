"""The right adapter for a file, and several models as one detector."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from analytics.vision.detect.port import Detector
from analytics.vision.detect.together import Together
from analytics.vision.detect.weights import find_weights
from smartopia.errors import DetectorMissingError

_INSTALL = "pip install 'smartopia[analytics]'"


def load_detector(model: str | None, model_dir: Path | None) -> Detector:
    """The detector a model names, ready. Takes seconds.

    Args:
        model: as of `find_weights`; several joined by commas look at each picture together.
        model_dir: where fetched weights are kept.

    Raises:
        DetectorMissingError: it is not here or cannot be loaded; says what to do.
        ConfigurationError: it is a model of another kind.
    """
    names = [name.strip() for name in (model or "").split(",")]
    detectors = [open_detector(find_weights(name, model_dir)) for name in names]
    return detectors[0] if len(detectors) == 1 else Together(detectors)


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
