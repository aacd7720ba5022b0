"""What an ONNX file says of itself, and whether it is a detector we can run: pure."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from smartopia.errors import ConfigurationError

LEARNT_FROM, DRAWN = "learnt_from", "drawn pictures"
"""What `smartopia train scenes` writes into the metadata of a model that saw nothing real."""

_EXPORT = "Export it with Ultralytics: `yolo export model=NAME.pt format=onnx`."
# x1, y1, x2, y2, score, class number
_LIST_COLUMNS = 6

Dimension = int | str | None


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input or output of a graph; a dimension that may vary has a name or none."""

    name: str
    type: str
    shape: Sequence[Dimension]

    def __str__(self) -> str:
        return f"{self.type} {list(self.shape)}"


@dataclass(frozen=True, slots=True)
class Export:
    """A detector that Ultralytics exported.

    Attributes:
        labels: by class number.
        image_size: (height, width) in pixels.
        stride: of the model, where its input may be any rectangle of strides; else None.
        batch: how many pictures it takes at once, no more and no fewer; None for any number.
        drawn_only: whether it says that it learnt from drawn pictures alone.
    """

    labels: tuple[str, ...]
    image_size: tuple[int, int]
    stride: int | None
    batch: int | None
    drawn_only: bool = False

    def is_list(self, where: str, shape: Sequence[int]) -> bool:
        """Whether an output of this shape lists objects; else it is a grid of cells.

        Raises:
            ConfigurationError: it is neither; says what it is and what is expected.
        """
        if len(shape) == 3 and shape[2] == _LIST_COLUMNS:
            return True
        rows = 4 + len(self.labels)
        if len(shape) == 3 and shape[1] == rows:
            return False
        raise ConfigurationError(
            f"{where} answers with {list(shape)}; a detector of its {len(self.labels)} classes "
            f"answers with [batch, {rows}, cells] or [batch, objects, {_LIST_COLUMNS}]. {_EXPORT}"
        )


def read_export(
    where: str, metadata: Mapping[str, str], inputs: Sequence[Tensor], outputs: Sequence[Tensor]
) -> Export:
    """What a graph's metadata and tensors say.

    Raises:
        ConfigurationError: it is no detector Ultralytics exported; says what it has instead.
    """
    lacking = [key for key in ("names", "imgsz", "stride", "task") if key not in metadata]
    if lacking:
        raise ConfigurationError(
            f"{where} does not say its {', '.join(lacking)}: the ONNX file has the metadata "
            f"{', '.join(sorted(metadata)) or '(none)'}. {_EXPORT}"
        )
    if metadata["task"] != "detect":
        raise ConfigurationError(
            f"{where} is a model for the task {metadata['task']!r}; 'detect' is expected."
        )
    if len(inputs) != 1 or len(outputs) != 1 or not _is_picture(inputs[0]):
        raise ConfigurationError(
            f"{where} takes {_listed(inputs)} and answers with {_listed(outputs)}; expected are "
            f"one input tensor(float) [batch, 3, height, width] and one output. {_EXPORT}"
        )
    names = _literal(where, "names", metadata["names"])
    if not isinstance(names, dict) or sorted(names) != list(range(len(names))) or not names:
        raise ConfigurationError(
            f"{where} has the names {metadata['names'][:80]!r}; expected is a label for each "
            f"class number from 0 on. {_EXPORT}"
        )
    stride = _whole(where, "stride", metadata["stride"])
    batch, _, height, width = inputs[0].shape
    fixed = isinstance(height, int) and isinstance(width, int)
    return Export(
        labels=tuple(str(names[number]) for number in range(len(names))),
        image_size=(height, width)
        if isinstance(height, int) and isinstance(width, int)
        else _size(where, metadata["imgsz"], stride),
        stride=None if fixed else stride,
        batch=batch if isinstance(batch, int) else None,
        drawn_only=metadata.get(LEARNT_FROM) == DRAWN,
    )


def _is_picture(tensor: Tensor) -> bool:
    return (
        tensor.type == "tensor(float)"
        and len(tensor.shape) == 4
        and (tensor.shape[1] == 3 or not isinstance(tensor.shape[1], int))
    )


def _listed(tensors: Sequence[Tensor]) -> str:
    return " and ".join(str(tensor) for tensor in tensors) or "nothing"


def _size(where: str, text: str, stride: int) -> tuple[int, int]:
    size = _literal(where, "imgsz", text)
    sides = [size, size] if isinstance(size, int) else size
    if (
        not isinstance(sides, list | tuple)
        or len(sides) != 2
        or not all(isinstance(side, int) and side > 0 for side in sides)
    ):
        raise ConfigurationError(
            f"{where} has the imgsz {text!r}; expected are two sides in pixels, as [640, 640]."
        )
    height, width = (math.ceil(side / stride) * stride for side in sides)
    return height, width


def _whole(where: str, key: str, text: str) -> int:
    number = _literal(where, key, text)
    if not isinstance(number, int) or number < 1:
        raise ConfigurationError(f"{where} has the {key} {text!r}; expected is a whole number.")
    return number


def _literal(where: str, key: str, text: str) -> object:
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError) as error:
        raise ConfigurationError(
            f"{where} has the {key} {text[:80]!r}, which cannot be read: {error}. {_EXPORT}"
        ) from None
    return value
