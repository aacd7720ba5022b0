"""Pictures as JPEGs that fit into a message."""

from __future__ import annotations

import cv2

from devices_sim.conditions.model import Picture
from smartopia.contract.frames import MAX_FRAME_BYTES
from smartopia.errors import ConfigurationError

MAX_SIDE = 1280
_QUALITIES = (85, 70, 50, 30)
_STAMP_BYTES = 1024


def shrink(picture: Picture) -> Picture:
    """A picture whose longer side is at most 1280 pixels."""
    height, width = picture.shape[:2]
    scale = MAX_SIDE / max(height, width)
    if scale >= 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small: Picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return small


def encode(picture: Picture) -> bytes:
    """A picture as JPEG, its longer side at most 1280 pixels, small enough for the contract.

    Raises:
        ConfigurationError: no quality makes it small enough.
    """
    picture = shrink(picture)
    height, width = picture.shape[:2]
    for quality in _QUALITIES:
        done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if done and len(jpeg) <= MAX_FRAME_BYTES - _STAMP_BYTES:
            return bytes(jpeg.tobytes())
    raise ConfigurationError(f"a picture of {width} x {height} pixels does not fit into a message")
