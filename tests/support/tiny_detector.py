"""An ONNX detector of a few bytes that always finds the same: ready in no time, without torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

SIDE = 64
LABELS = ("person", "car")

# Label, score, x1, y1, x2, y2 in pixels of the 64 x 64 input.
Always = tuple[str, float, float, float, float, float]


def write_tiny_detector(file: Path, always: Sequence[Always]) -> Path:
    """A file as Ultralytics exports them, of a model that finds these objects in any picture."""
    onnx = pytest.importorskip("onnx")
    rows = [[x1, y1, x2, y2, score, LABELS.index(kind)] for kind, score, x1, y1, x2, y2 in always]
    objects = np.asarray([rows], np.float32)
    kind = onnx.TensorProto.FLOAT
    helper = onnx.helper
    # Batch x 1 x 1, of zeros: what is always found depends on the picture's presence alone.
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], axes=[1, 2, 3], keepdims=1),
        helper.make_node("Squeeze", ["mean", "last"], ["one"]),
        helper.make_node("Mul", ["one", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "objects"], ["found"]),
    ]
    graph = helper.make_graph(
        nodes,
        "always",
        [helper.make_tensor_value_info("images", kind, ["batch", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("found", kind, ["batch", len(rows), 6])],
        [
            onnx.numpy_helper.from_array(np.asarray([3], np.int64), "last"),
            onnx.numpy_helper.from_array(np.asarray(0, np.float32), "zero"),
            onnx.numpy_helper.from_array(objects, "objects"),
        ],
    )
    made = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 17)])
    names = str(dict(enumerate(LABELS)))
    said = {"names": names, "imgsz": str([SIDE, SIDE]), "stride": "32", "task": "detect"}
    helper.set_model_props(made, said)
    onnx.save(made, file)
    return file
