"""The lean adapter: ONNX files on ONNX Runtime, for machines without torch."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime  # type: ignore[import-untyped]

from analytics.vision.detect.export import Tensor, read_export
from analytics.vision.detect.head import read_grid, read_list
from analytics.vision.detect.letterbox import Fit, Floats, bring_back, fit, lay
from analytics.vision.detect.port import (
    LEAST_SCORE,
    MOST_AT_ONCE,
    DetectorName,
    as_detections,
    batches,
)
from analytics.vision.masking import Picture
from analytics.vision.model import Detection
from smartopia.errors import DetectorMissingError

_ERRORS_ONLY = 3


class OnnxDetector:
    """A detector that Ultralytics exported to ONNX, by ONNX Runtime on the processor.

    Args:
        score: least confidence of what is found.
        threads: how many work on one picture; 0 takes a thread a core.

    Raises:
        DetectorMissingError: the file cannot be loaded.
        ConfigurationError: it is not a detector we can run; says what is expected.
    """

    def __init__(self, weights: Path, *, score: float = LEAST_SCORE, threads: int = 0) -> None:
        self._session = _open(weights, threads)
        self._export = read_export(
            str(weights),
            self._session.get_modelmeta().custom_metadata_map,
            _tensors(self._session.get_inputs()),
            _tensors(self._session.get_outputs()),
        )
        self._input = self._session.get_inputs()[0].name
        self._score = score
        self._lock = threading.Lock()
        self.name = DetectorName.of(weights)
        self.labels = self._export.labels
        self.image_size = self._export.image_size
        self.drawn_only = self._export.drawn_only
        # What comes out shows only when something went in; better a grey picture than a camera's.
        grey = np.full((1, 3, *self.image_size), 114 / 255, np.float32)
        answer = self._run(np.repeat(grey, self._export.batch or 1, axis=0))
        self._read = read_list if self._export.is_list(str(weights), answer.shape) else read_grid

    def detect(self, pictures: Sequence[Picture]) -> list[Sequence[Detection]]:
        """The objects in each picture (height, width, BGR), surest first."""
        places = [fit(_size(p), self.image_size, self._export.stride) for p in pictures]
        found: list[Sequence[Detection]] = [()] * len(pictures)
        most = self._export.batch or MOST_AT_ONCE
        for group in batches([place.shape for place in places], most):
            fits = [places[index] for index in group]
            laid = lay([pictures[index] for index in group], fits, self._export.batch or len(group))
            with self._lock:
                answers = self._run(laid)
            for index, place, answer in zip(group, fits, answers, strict=False):
                found[index] = self._objects(answer, place)
        return found

    def _run(self, laid: Floats) -> Floats:
        answer: Floats = self._session.run(None, {self._input: laid})[0]
        return answer

    def _objects(self, answer: Floats, place: Fit) -> list[Detection]:
        rows = self._read(answer, self._score)
        rows[:, :4] = bring_back(rows[:, :4], place)
        return as_detections(rows.tolist(), self.labels)


def _open(weights: Path, threads: int) -> onnxruntime.InferenceSession:
    # It would tell its makers of every run where its build does; see ultralytics_.py.
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    # Idle threads would spin on cores that the broker and the database need.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # it raises a class a reason, none of them its own base
        raise DetectorMissingError(
            f"The detector {weights} cannot be loaded by ONNX Runtime: {error}. "
            "Copy or export the file again."
        ) from error


def _tensors(arguments: Sequence[Any]) -> list[Tensor]:
    return [Tensor(a.name, a.type, tuple(a.shape)) for a in arguments]


def _size(picture: Picture) -> tuple[int, int]:
    return picture.shape[0], picture.shape[1]
