"""Decoding: in full for the detector, at an eighth to a half of the size for the motion gate.

A JPEG is coded in blocks of 8 x 8. A reduced picture is made from the first coefficients of each
block, which costs a fraction and averages noise away on the way.
"""

from __future__ import annotations

import cv2
import numpy as np

from analytics.vision.gate.header import read_header
from analytics.vision.gate.model import Grey
from analytics.vision.masking import Picture
from smartopia.errors import FrameRefusedError

LEAST_SIDE = 160
"""Pixels that the longer side of a reduced picture keeps, where the picture has them."""

_MOST_SIDE = 2 * LEAST_SIDE
# Zones and sizes are those of the stored pixels, whatever way up a viewer would show them.
_AS_STORED = cv2.IMREAD_IGNORE_ORIENTATION
_REDUCED = (
    (8, cv2.IMREAD_REDUCED_GRAYSCALE_8),
    (4, cv2.IMREAD_REDUCED_GRAYSCALE_4),
    (2, cv2.IMREAD_REDUCED_GRAYSCALE_2),
    (1, cv2.IMREAD_GRAYSCALE),
)


def decode(jpeg: bytes) -> Picture:
    """A picture in full (height, width, BGR).

    Raises:
        FrameRefusedError: its header is refused (see `read_header`), or it cannot be decoded.
    """
    header = read_header(jpeg)
    picture = _imdecode(jpeg, cv2.IMREAD_COLOR)
    if picture.shape[:2] != (header.height, header.width):
        raise FrameRefusedError(
            f"the JPEG decodes to {picture.shape[1]} x {picture.shape[0]} pixels, "
            f"its header says {header.width} x {header.height}"
        )
    return picture


def decode_small(jpeg: bytes) -> Grey:
    """A grey picture (height, width) whose longer side is 160 to 320 pixels, or as it came if
    it is smaller.

    Raises:
        FrameRefusedError: as of `decode`.
    """
    header = read_header(jpeg)
    longer = max(header.width, header.height)
    way = next((way for by, way in _REDUCED if longer >= by * LEAST_SIDE), cv2.IMREAD_GRAYSCALE)
    small = _imdecode(jpeg, way)
    scale = _MOST_SIDE / max(small.shape)
    if scale < 1:
        size = (max(1, round(small.shape[1] * scale)), max(1, round(small.shape[0] * scale)))
        small = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
    return small


def _imdecode(jpeg: bytes, way: int) -> Picture:
    try:
        picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), way | _AS_STORED)
    except cv2.error as error:
        raise FrameRefusedError(f"the JPEG cannot be decoded: {error.err}") from None
    if picture is None:
        raise FrameRefusedError("the JPEG cannot be decoded")
    decoded: Picture = picture
    return decoded
