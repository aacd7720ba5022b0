"""The wide adapter: whatever Ultralytics loads, as .pt, ONNX or an OpenVINO folder."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analytics.vision.detect.export import DRAWN, LEARNT_FROM
from analytics.vision.detect.port import (
    LEAST_SCORE,
    MOST_AT_ONCE,
    MOST_OBJECTS,
    MOST_OVERLAP,
    DetectorName,
    as_detections,
    batches,
)
from analytics.vision.masking import Picture
from analytics.vision.model import Detection
from smartopia.errors import ConfigurationError, DetectorMissingError

_SIDE = 640
_ENVIRONMENT = {
    # It would install packages on a machine that is at work.
    "YOLO_AUTOINSTALL": "false",
    # OpenVINO dies of SIGILL on virtual machines that show AMX and do not have it.
    "ONEDNN_MAX_CPU_ISA": "AVX512_CORE_VNNI",
}


class UltralyticsDetector:
    """A detector of any format Ultralytics loads.

    Args:
        score: least confidence of what is found.

    Raises:
        ImportError: Ultralytics is not installed.
        DetectorMissingError: the weights cannot be loaded.
        ConfigurationError: they are not a detector's.
    """

    def __init__(self, weights: Path, *, score: float = LEAST_SCORE) -> None:
        self._model: Any = _load(weights)
        _demand_detect(weights, self._model.task)
        self._score = score
        self._lock = threading.Lock()
        # A .pt file looks at what it was trained on, an exported one at what it was exported for.
        self.image_size = _pair(self._model.overrides.get("imgsz") or _SIDE)
        # The first picture takes seconds; better a grey one than a camera's.
        grey = np.full((_SIDE, _SIDE, 3), 114, np.uint8)
        try:
            self.detect([grey])
        except Exception as error:  # it raises whatever the format's own runtime does
            raise _unloadable(weights, error) from error
        backend = self._model.predictor.model
        self.image_size = _pair(getattr(backend, "imgsz", None) or self.image_size)
        _demand_detect(weights, getattr(backend, "task", None) or "detect")
        self.name = DetectorName.of(weights)
        self.drawn_only = (self._model.ckpt or {}).get(LEARNT_FROM) == DRAWN
        self.labels: tuple[str, ...] = tuple(self._model.names.values())

    def detect(self, pictures: Sequence[Picture]) -> list[Sequence[Detection]]:
        """The objects in each picture (height, width, BGR), surest first."""
        found: list[Sequence[Detection]] = [()] * len(pictures)
        # In a batch of several sizes it would pad each to the full square, and see otherwise.
        for group in batches([picture.shape for picture in pictures], MOST_AT_ONCE):
            with self._lock:
                results = self._model.predict(
                    [pictures[index] for index in group],
                    imgsz=list(self.image_size),
                    conf=self._score,
                    iou=MOST_OVERLAP,
                    max_det=MOST_OBJECTS,
                    verbose=False,
                )
            for index, result in zip(group, results, strict=True):
                names = tuple(result.names.values())
                found[index] = as_detections(result.boxes.data.tolist(), names)
        return found


def _load(weights: Path) -> Any:  # noqa: ANN401 - its types are not all true
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    from ultralytics import YOLO  # type: ignore[attr-defined]  # noqa: PLC0415 - slow
    from ultralytics.utils.events import events  # noqa: PLC0415

    # It would tell its makers of every run. A city's cameras are nobody else's matter.
    events.enabled = False
    try:
        return YOLO(str(weights), task=None if weights.suffix == ".pt" else "detect")
    except Exception as error:  # it raises whatever torch does
        raise _unloadable(weights, error) from error


def _demand_detect(weights: Path, task: str) -> None:
    if task != "detect":
        raise ConfigurationError(
            f"{weights} is a model for the task {task!r}; 'detect' is expected."
        )


def _unloadable(weights: Path, error: Exception) -> DetectorMissingError:
    return DetectorMissingError(
        f"The detector {weights} cannot be loaded by Ultralytics: {error}. "
        "Copy or export the file again."
    )


def _pair(size: int | Sequence[int]) -> tuple[int, int]:
    sides = [size] if isinstance(size, int) else list(size)
    return int(sides[0]), int(sides[-1])
