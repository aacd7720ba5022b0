"""A trained checkpoint as one small ONNX file that says what it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

OPSET = 17
_HALVED_FROM = 64
"""Numbers a tensor has at least for it to be kept in half precision: weights, not constants."""

# What Ultralytics' own reader and ours need; the rest names its makers, folders and the hour.
_KEPT = ("stride", "task", "head", "batch", "imgsz", "names", "args", "channels", "end2end")


def pack(checkpoint: Path, size: tuple[int, int], target: Path, about: Mapping[str, str]) -> None:
    """Write a checkpoint as ONNX, for one picture at a time.

    Weights are kept in half precision, as in the checkpoint, and made single when the file is
    loaded: half the size, the same speed and figures.

    Args:
        checkpoint: of Ultralytics.
        size: (height, width) in pixels of what the model looks at.
        target: the file.
        about: what the file says of itself besides what readers need.
    """
    import onnx  # noqa: PLC0415 - only those who train have it

    model = onnx.load(_exported(checkpoint, size))
    _halve(model)
    kept = {p.key: p.value for p in model.metadata_props if p.key in _KEPT}
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, {**about, **kept})
    onnx.checker.check_model(model)
    onnx.save(model, target)


def _exported(checkpoint: Path, size: tuple[int, int]) -> Path:
    os.environ.setdefault("YOLO_AUTOINSTALL", "false")
    from ultralytics import YOLO  # type: ignore[attr-defined]  # noqa: PLC0415 - slow

    model: Any = YOLO(str(checkpoint))
    return Path(model.export(format="onnx", imgsz=list(size), opset=OPSET, device="cpu"))


def _halve(model: Any) -> None:  # noqa: ANN401 - onnx's classes are made at run time
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415

    casts = []
    for tensor in model.graph.initializer:
        numbers = numpy_helper.to_array(tensor)
        if numbers.dtype != np.float32 or numbers.size < _HALVED_FROM:
            continue
        name, half = tensor.name, f"{tensor.name}.half"
        tensor.CopyFrom(numpy_helper.from_array(numbers.astype(np.float16), half))
        casts.append(helper.make_node("Cast", [half], [name], to=TensorProto.FLOAT))
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*casts, *nodes])
