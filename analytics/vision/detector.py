"""Object detection by Ultralytics."""

from __future__ import annotations

import hashlib
import logging
import os
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analytics.vision.masking import Picture
from analytics.vision.model import Detection
from smartopia.errors import DetectorMissingError

log = logging.getLogger(__name__)

IMAGE_SIZE = 640
# Below the rules' own scores: what is unsure is still hidden in evidence.
_LEAST_SCORE = 0.2
_HOST = "github.com"


def find_weights(model: str, model_dir: Path | None) -> Path:
    """The weights a model names: a file, or one fetched by Ultralytics where it can be.

    Raises:
        DetectorMissingError: they are not here and cannot be fetched; says what to do.
    """
    kept = model_dir / Path(model).name if model_dir is not None else None
    for place in (Path(model), kept):
        if place is not None and place.exists():
            return place
    what_to_do = (
        f"Put the file there and name it: `smartopia up --model /path/to/{Path(model).name}`, "
        "or set SMARTOPIA_MODEL. Cameras are not watched until then; everything else runs."
    )
    if "/" in model:
        raise DetectorMissingError(f"There is no detector file {model}. {what_to_do}")
    if os.environ.get("YOLO_OFFLINE", "").lower() == "true" or not _reachable(_HOST):
        raise DetectorMissingError(
            f"The detector {model} is not on this machine and cannot be fetched without a "
            f"network. {what_to_do}"
        )
    return _fetch(model, kept or Path(model))


def _reachable(host: str) -> bool:
    try:
        socket.create_connection((host, 443), timeout=2).close()
    except OSError:
        return False
    return True


def _fetch(model: str, target: Path) -> Path:
    from ultralytics.utils.downloads import attempt_download_asset  # noqa: PLC0415 - heavy

    log.info("fetching %s through Ultralytics", model)
    try:
        found = Path(str(attempt_download_asset(str(target))))
    except Exception as error:  # it raises whatever its downloads do
        raise DetectorMissingError(f"The detector {model} could not be fetched: {error}") from error
    if not found.exists():
        raise DetectorMissingError(f"The detector {model} could not be fetched.")
    return found


@dataclass(frozen=True, slots=True)
class DetectorName:
    """Which weights saw it: an alert names them, so that it can be traced."""

    file: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.file} sha256:{self.sha256[:16]}"


class UltralyticsDetector:
    """A detector of any format Ultralytics loads. Use it from one thread at a time."""

    def __init__(self, weights: Path) -> None:
        os.environ.setdefault("YOLO_AUTOINSTALL", "false")
        from ultralytics import YOLO  # type: ignore[attr-defined]  # noqa: PLC0415 - slow
        from ultralytics.utils.events import events  # noqa: PLC0415

        # It would tell its makers of every run. A city's cameras are nobody else's matter.
        events.enabled = False

        self._model: Any = YOLO(str(weights))
        self._lock = threading.Lock()
        self.name = DetectorName(weights.name, _digest(weights))
        self.labels: tuple[str, ...] = tuple(self._model.names.values())
        # The first picture takes seconds; better a grey one than a camera's.
        self.detect(np.full((IMAGE_SIZE, IMAGE_SIZE, 3), 114, np.uint8))

    def detect(self, picture: Picture) -> Sequence[Detection]:
        """All objects in a picture (height, width, BGR)."""
        with self._lock:
            result = self._model.predict(
                picture, imgsz=IMAGE_SIZE, conf=_LEAST_SCORE, verbose=False
            )[0]
        names = result.names
        return [
            Detection(names[int(kind)], float(score), (box[0], box[1], box[2], box[3]))
            for box, score, kind in zip(
                result.boxes.xyxy.tolist(),
                result.boxes.conf.tolist(),
                result.boxes.cls.tolist(),
                strict=True,
            )
        ]


def _digest(weights: Path) -> str:
    total = hashlib.sha256()
    files = sorted(p for p in weights.rglob("*") if p.is_file()) if weights.is_dir() else [weights]
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()
