"""A packed model as a checkpoint to go on learning from: what a fresh clone has of a training.

In the ONNX file batch normalization is part of the convolution before it. To learn on, a network
needs it apart, with the mean and spread of what passes: those are measured anew, on pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from analytics.training.pieces import read_picture
from analytics.training.plan import ARCHITECTURE
from smartopia.errors import ConfigurationError

MEASURED_ON = 96
"""Pictures the mean and spread of a layer are measured on: each has thousands of places."""


def unpack(
    model: Path,
    labels: Sequence[str],
    pictures: Sequence[Path],
    size: tuple[int, int],
    target: Path,
) -> Path:
    """Write a packed model as a checkpoint of Ultralytics that answers alike.

    Args:
        model: ONNX, as `pack` writes it.
        labels: what it knows, by class number.
        pictures: some of those it goes on with; mean and spread are measured on them.
        size: (height, width) in pixels they are looked at in.
        target: the checkpoint.

    Returns:
        The checkpoint.

    Raises:
        ConfigurationError: the file is no such model.
    """
    import torch  # noqa: PLC0415 - slow
    from ultralytics.nn.tasks import DetectionModel  # noqa: PLC0415

    make: Any = DetectionModel
    network = make(ARCHITECTURE, ch=3, nc=len(labels), verbose=False)
    network.names = dict(enumerate(labels))
    _fill(network, _weights(model), model)
    _measure(network, _laid(pictures[:: max(1, len(pictures) // MEASURED_ON)], size))
    target.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"model": network, "ema": None, "epoch": -1, "train_args": {}}, target)
    return target


def _weights(model: Path) -> dict[str, NDArray[np.float32]]:
    import onnx  # noqa: PLC0415 - only those who train have it

    return {
        tensor.name.removesuffix(".half"): onnx.numpy_helper.to_array(tensor).astype(np.float32)
        for tensor in onnx.load(model).graph.initializer
    }


def _fill(network: Any, weights: dict[str, NDArray[np.float32]], model: Path) -> None:  # noqa: ANN401
    """Give a network the weights of a file, its batch normalizations changing nothing yet."""
    import torch  # noqa: PLC0415 - slow

    def put(parameter: Any, name: str) -> None:  # noqa: ANN401
        found = weights.get(name)
        if found is None or tuple(found.shape) != tuple(parameter.shape):
            raise ConfigurationError(
                f"{model} cannot be learnt on from: it has no {name} of {list(parameter.shape)}. "
                f"It must be a {ARCHITECTURE} that `smartopia train scenes` wrote, with the "
                "classes its training.yaml names; or leave --after out"
            )
        parameter.copy_(torch.from_numpy(found))

    normalized = {id(conv) for _, conv, _ in _pairs(network)}
    with torch.no_grad():
        for name, layer, norm in _pairs(network):
            put(layer.weight, f"{name}.weight")
            put(norm.bias, f"{name}.bias")
            norm.weight.fill_(1)
            norm.running_mean.zero_()
            norm.running_var.fill_(1 - norm.eps)
        for name, layer in network.named_modules():
            if isinstance(layer, torch.nn.Conv2d) and id(layer) not in normalized:
                put(layer.weight, f"{name}.weight")
                if layer.bias is not None:
                    put(layer.bias, f"{name}.bias")


def _pairs(network: Any) -> Iterable[tuple[str, Any, Any]]:  # noqa: ANN401
    """Name of each convolution that batch normalization follows, it, and that."""
    for name, layer in network.named_modules():
        if hasattr(layer, "conv") and hasattr(layer, "bn"):
            yield f"{name}.conv", layer.conv, layer.bn


def _measure(network: Any, batches: Iterable[Any]) -> None:  # noqa: ANN401
    """Set mean and spread of each batch normalization to what passes; the answers stay."""
    import torch  # noqa: PLC0415 - slow

    sums: dict[str, list[Any]] = {name: [0, 0, 0] for name, _, _ in _pairs(network)}

    def noted(name: str) -> Callable[[Any, Any, Any], None]:
        def hook(_layer: Any, _given: Any, made: Any) -> None:  # noqa: ANN401
            total = sums[name]
            total[0] += made.numel() // made.shape[1]
            total[1] += made.double().sum(dim=(0, 2, 3))
            total[2] += (made.double() ** 2).sum(dim=(0, 2, 3))

        return hook

    hooks = [layer.register_forward_hook(noted(name)) for name, layer, _ in _pairs(network)]
    network.eval()
    with torch.no_grad():
        for batch in batches:
            network(batch)
        for name, _, norm in _pairs(network):
            count, total, squares = sums[name]
            mean = total / count
            spread = (squares / count - mean**2).clamp(min=0)
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(spread)
            norm.weight.copy_((spread + norm.eps).sqrt())
            norm.bias.add_(mean.float())
    for hook in hooks:
        hook.remove()


def _laid(pictures: Sequence[Path], size: tuple[int, int]) -> Iterable[Any]:
    import torch  # noqa: PLC0415 - slow

    for file in pictures:
        picture = cv2.resize(read_picture(file), (size[1], size[0]), interpolation=cv2.INTER_AREA)
        red_first = np.ascontiguousarray(picture[:, :, ::-1].transpose(2, 0, 1))
        yield torch.from_numpy(red_first)[None].float() / 255
