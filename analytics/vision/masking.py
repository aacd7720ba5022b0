"""Make people unrecognisable, for good: what is stored or shown has lost their pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from analytics.vision.model import Detection

Picture = NDArray[np.uint8]

# A person's box is left with at most this many cells across: too few to know a face by.
_CELLS = 6
_ROWS = 24
_LEAST_SIDE = 4
_MARGIN = 0.08
PERSONAL = frozenset({"person"})


def mask_people(picture: Picture, detections: Sequence[Detection]) -> Picture:
    """A copy in which everybody detected is pixelated; every detection of a person counts,
    however unsure, for hiding too much does less harm than showing a face.
    """
    masked: Picture = picture.copy()
    for seen in detections:
        if seen.label in PERSONAL:
            _pixelate(masked, seen.box)
    return masked


def _pixelate(picture: Picture, box: tuple[float, float, float, float]) -> None:
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = box
    margin_x, margin_y = (x2 - x1) * _MARGIN, (y2 - y1) * _MARGIN
    left, top = max(0, int(x1 - margin_x)), max(0, int(y1 - margin_y))
    right, bottom = min(width, int(x2 + margin_x) + 1), min(height, int(y2 + margin_y) + 1)
    if right <= left or bottom <= top:
        return
    region = picture[top:bottom, left:right]
    side = max((right - left) / _CELLS, (bottom - top) / _ROWS, _LEAST_SIDE)
    across, down = max(1, round((right - left) / side)), max(1, round((bottom - top) / side))
    small = cv2.resize(region, (across, down), interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(small, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST)
    picture[top:bottom, left:right] = coarse


def encode_jpeg(picture: Picture) -> bytes:
    """A picture as JPEG, without any metadata of its source."""
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 82])
    if not done:
        raise ValueError("the picture could not be encoded as JPEG")
    encoded: Any = data
    return bytes(encoded.tobytes())
