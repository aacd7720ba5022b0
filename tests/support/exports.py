"""Real detectors in ONNX, exported from the weights that a test is given."""

from __future__ import annotations

import importlib.util
import shutil
import warnings
from pathlib import Path


def can_export() -> bool:
    """Whether Ultralytics can export to ONNX here."""
    return importlib.util.find_spec("onnx") is not None


def export_onnx(weights: Path, folder: Path, **options: object) -> Path:
    """The weights as an ONNX file in a folder; options are Ultralytics' (imgsz, dynamic, ...)."""
    from ultralytics import YOLO  # type: ignore[attr-defined]  # noqa: PLC0415 - slow

    name = "-".join([weights.stem, *(f"{key}{value}" for key, value in options.items())])
    copy = folder / f"{name}.pt"
    shutil.copy(weights, copy)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own, about its exporter
        made = YOLO(str(copy)).export(format="onnx", simplify=False, **options)
    copy.unlink()
    return Path(str(made))
