"""`frames`: a plain JPEG whose boot, seq and time travel inside it.

They stand as JSON in a COM segment right after the start of the picture, so that any viewer
opens the frame and any exif tool shows them. A bare JPEG is accepted with its arrival time.
What the header promises is checked before a decoder sees a single pixel.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from smartopia.contract.base import BootId, Instant, Message, Seq
from smartopia.errors import FrameRefusedError, RefusedMessageError

MAX_FRAME_BYTES = 1_000_000
MAX_SIDE = 4096
_START = b"\xff\xd8"
_END = b"\xff\xd9"
_COM = 0xFE
_SCAN = 0xDA
_FRAME_HEADERS = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_TAG = b"smartopia/1 "


class FrameStamp(Message):
    """The identity and phenomenon time of a frame, and whether it shows anything real."""

    boot: BootId
    seq: Seq
    time: Instant
    drawn: bool = Field(default=False, description="nobody in the picture is real")


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as it came: its bytes, its size in pixels, and its stamp if it has one."""

    jpeg: bytes
    width: int
    height: int
    stamp: FrameStamp | None
    phenomenon_time: datetime

    @property
    def drawn(self) -> bool:
        """Whether its sender says that nobody in it is real."""
        return self.stamp is not None and self.stamp.drawn


def stamp_frame(jpeg: bytes, stamp: FrameStamp) -> bytes:
    """The same picture with its stamp inside.

    Raises:
        FrameRefusedError: the bytes are no JPEG.
    """
    if jpeg[:2] != _START:
        raise FrameRefusedError("not a JPEG: it does not begin with FF D8")
    text = _TAG + stamp.encode()
    segment = struct.pack(">BBH", 0xFF, _COM, len(text) + 2) + text
    return _START + segment + jpeg[2:]


def read_frame(payload: bytes, arrived: datetime) -> Frame:
    """Check a frame's header and read its stamp; no pixel is decoded.

    Raises:
        FrameRefusedError: truncated, too large, or no JPEG; says which.
    """
    if len(payload) > MAX_FRAME_BYTES:
        raise FrameRefusedError(f"{len(payload)} bytes; at most {MAX_FRAME_BYTES} are allowed")
    if payload[:2] != _START:
        raise FrameRefusedError("not a JPEG: it does not begin with FF D8")
    if not payload.rstrip(b"\0").endswith(_END):
        raise FrameRefusedError("truncated JPEG: it does not end with FF D9")
    size: tuple[int, int] | None = None
    stamp: FrameStamp | None = None
    for marker, body in _segments(payload):
        if marker == _COM and body.startswith(_TAG):
            stamp = _read_stamp(body)
        elif marker in _FRAME_HEADERS:
            size = _read_size(body)
    if size is None:
        raise FrameRefusedError("JPEG without a frame header: its size is not given")
    width, height = size
    return Frame(payload, width, height, stamp, stamp.time if stamp else arrived)


def _segments(payload: bytes) -> Iterator[tuple[int, bytes]]:
    """The header segments (marker, body) up to the picture data."""
    at = 2
    while at + 4 <= len(payload):
        if payload[at] != 0xFF:
            raise FrameRefusedError(f"broken JPEG: no marker at byte {at}")
        marker = payload[at + 1]
        if marker == 0xFF or marker in _STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker == _SCAN:
            return
        length = int.from_bytes(payload[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(payload):
            raise FrameRefusedError(f"broken JPEG: segment at byte {at} runs past the end")
        yield marker, payload[at + 4 : at + 2 + length]
        at += 2 + length
    raise FrameRefusedError("truncated JPEG: it has no picture data")


def _read_size(body: bytes) -> tuple[int, int]:
    if len(body) < 5:
        raise FrameRefusedError("broken JPEG: its frame header is too short")
    height, width = struct.unpack(">HH", body[1:5])
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise FrameRefusedError(f"{width} x {height} pixels; at most {MAX_SIDE} a side are allowed")
    return width, height


def _read_stamp(body: bytes) -> FrameStamp:
    try:
        return FrameStamp.decode(body[len(_TAG) :])
    except RefusedMessageError as error:
        raise FrameRefusedError(f"stamp: {error.detail}") from None
