"""How a picture is laid into a model's input, and how boxes come back: as Ultralytics does it.

Measured against `LetterBox` and `scale_boxes` of Ultralytics 8.4: half a pixel aside in the
input is several pixels in a large picture, so the roundings here are theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from analytics.vision.masking import Picture

Size = tuple[int, int]  # height, width
Floats = NDArray[np.float32]

_GREY = 114


@dataclass(frozen=True, slots=True)
class Fit:
    """Where a picture lies in the input.

    Attributes:
        picture: its own size; scaled: its size in the input; shape: the whole input's.
        top, left: grey rows above and columns beside it.
    """

    picture: Size
    scaled: Size
    shape: Size
    top: int
    left: int


def fit(picture: Size, size: Size, stride: int | None) -> Fit:
    """Lay a picture into an input, scaled by one factor, in the middle.

    Args:
        stride: pad only to whole strides of the model; None pads to the full size.
    """
    factor = min(size[0] / picture[0], size[1] / picture[1])
    scaled = (max(round(picture[0] * factor), 1), max(round(picture[1] * factor), 1))
    spare = (size[0] - scaled[0], size[1] - scaled[1])
    if stride is not None:
        spare = (spare[0] % stride, spare[1] % stride)
    return Fit(
        picture=picture,
        scaled=scaled,
        shape=(scaled[0] + spare[0], scaled[1] + spare[1]),
        top=round(spare[0] / 2 - 0.1),
        left=round(spare[1] / 2 - 0.1),
    )


def lay(pictures: Sequence[Picture], fits: Sequence[Fit], count: int) -> Floats:
    """Pictures as a model's input (count, 3, height, width), RGB from 0 to 1.

    Args:
        fits: one a picture, all of one shape.
        count: how many the model takes; those beyond the pictures are grey.
    """
    laid = np.full((count, 3, *fits[0].shape), _GREY, np.float32)
    for target, picture, place in zip(laid, pictures, fits, strict=False):
        height, width = place.scaled
        scaled = picture
        if place.scaled != place.picture:
            scaled = cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR)
        inside = target[:, place.top : place.top + height, place.left : place.left + width]
        for channel, plane in enumerate(reversed(cv2.split(scaled))):
            inside[channel] = plane
    return np.divide(laid, np.float32(255), out=laid)


def bring_back(boxes: Floats, place: Fit) -> Floats:
    """Boxes (n, 4) of the input, x1 y1 x2 y2, in the picture's own pixels and within it."""
    height, width = place.picture
    scale = np.array([place.scaled[1] / width, place.scaled[0] / height] * 2, np.float32)
    offset = np.array([place.left, place.top] * 2, np.float32)
    most = np.array([width, height] * 2, np.float32)
    moved: Floats = np.clip((boxes - offset) / scale, np.float32(0), most)
    return moved
