"""What an ONNX file says of itself: read, or refused with what it has and what is expected."""

from __future__ import annotations

import pytest

from analytics.vision.detect.export import Dimension, Export, Tensor, read_export
from smartopia.errors import ConfigurationError

SAID = {
    "task": "detect",
    "names": "{0: 'person', 1: 'bag', 2: 'fire'}",
    "imgsz": "[320, 640]",
    "stride": "32",
}


def picture(*shape: Dimension) -> Tensor:
    return Tensor("anything", "tensor(float)", shape)


def boxes(*shape: Dimension) -> Tensor:
    return Tensor("whatever", "tensor(float)", shape)


def read(said: dict[str, str], *shape: Dimension) -> Export:
    return read_export("street.onnx", said, [picture(*shape)], [boxes(1, 7, 2100)])


def test_a_fixed_input_says_its_size_and_batch_itself() -> None:
    assert read(SAID, 4, 3, 384, 640) == Export(("person", "bag", "fire"), (384, 640), None, 4)


def test_an_open_input_takes_its_size_from_the_metadata_in_whole_strides() -> None:
    export = read(SAID | {"imgsz": "[310, 640]"}, "batch", 3, "height", "width")
    assert export == Export(("person", "bag", "fire"), (320, 640), 32, None)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"task": "segment"}, "task 'segment'; 'detect' is expected"),
        ({"names": "{1: 'person'}"}, "a label for each class number from 0 on"),
        ({"names": "__import__('os').getcwd()"}, "cannot be read"),
        ({"imgsz": "[640"}, "cannot be read"),
        ({"imgsz": "[0, 640]"}, "two sides in pixels"),
        ({"stride": "0"}, "whole number"),
    ],
)
def test_metadata_that_cannot_be_is_refused_by_name(changed: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^street\.onnx") as refused:
        read(SAID | changed, "batch", 3, "height", "width")
    assert told in str(refused.value)


def test_a_file_without_metadata_is_told_what_it_lacks_and_how_to_export() -> None:
    with pytest.raises(ConfigurationError) as refused:
        read({"producer": "somebody"}, 1, 3, 640, 640)
    for told in ("names, imgsz, stride, task", "producer", "yolo export"):
        assert told in str(refused.value)


@pytest.mark.parametrize(
    "inputs",
    [
        [picture(1, 1, 640, 640)],
        [picture(1, 3, 640)],
        [Tensor("half", "tensor(float16)", (1, 3, 640, 640))],
        [picture(1, 3, 640, 640), picture(1, 3, 640, 640)],
        [],
    ],
)
def test_a_graph_with_other_inputs_is_told_what_it_takes(inputs: list[Tensor]) -> None:
    with pytest.raises(
        ConfigurationError, match=r"one input tensor\(float\) \[batch, 3"
    ) as refused:
        read_export("street.onnx", SAID, inputs, [boxes(1, 7, 2100)])
    assert str(inputs[0]) in str(refused.value) if inputs else "takes nothing" in str(refused.value)


def test_outputs_are_told_apart_by_their_shape() -> None:
    export = read(SAID, 1, 3, 640, 640)
    assert export.is_list("street.onnx", (1, 300, 6))
    assert not export.is_list("street.onnx", (1, 7, 2100))
    with pytest.raises(
        ConfigurationError, match=r"\[1, 84, 2100\].*3 classes.*\[batch, 7, cells\]"
    ):
        export.is_list("street.onnx", (1, 84, 2100))
