"""What a JPEG claims to be, read before a decoder believes it: pure."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from smartopia.errors import FrameRefusedError

MAX_PIXELS = 4_194_304
"""2048 x 2048: 12 MB once it is decoded."""

# Ordinary progressive pictures have 10; each one may touch every coefficient, so that a small
# file of thousands of them occupies a decoder for minutes.
_MAX_SCANS = 16
_COMPONENTS = frozenset({1, 3})
_CODED = {0xC0: "baseline", 0xC1: "extended", 0xC2: "progressive"}
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_SCAN, _END, _FILL = 0xDA, 0xD9, 0xFF
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
# Within picture data, FF is followed by 00 or by a restart number, or it begins a marker.
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """The size in pixels, how many components (1 grey, 3 colour), and how it is coded."""

    width: int
    height: int
    components: int
    coding: str


def read_header(jpeg: bytes, max_pixels: int = MAX_PIXELS) -> JpegHeader:
    """Walk all markers of a JPEG without decoding a pixel.

    Raises:
        FrameRefusedError: truncated, too many pixels, components or scans, a coding we do not
            decode, or bytes behind its end; says which.
    """
    if jpeg[:2] != b"\xff\xd8":
        raise FrameRefusedError("not a JPEG: it does not begin with FF D8")
    header, at = _find_frame_header(jpeg, max_pixels)
    scans = 0
    while (found := _next_marker(jpeg, at, in_scan=scans > 0))[0] != _END:
        marker, at = found
        if marker in _FRAMES:
            raise FrameRefusedError("broken JPEG: it has two frame headers")
        scans += marker == _SCAN
        if scans > _MAX_SCANS:
            raise FrameRefusedError(f"more than {_MAX_SCANS} scans in one JPEG")
        at += 2 + len(_body(jpeg, at))
    if not scans:
        raise FrameRefusedError("truncated JPEG: it has no picture data")
    behind = len(jpeg[found[1] :].rstrip(b"\0"))
    if behind:
        raise FrameRefusedError(f"{behind} bytes behind the end of the JPEG; none are allowed")
    return header


def _find_frame_header(jpeg: bytes, max_pixels: int) -> tuple[JpegHeader, int]:
    """The frame header, and the place behind it."""
    at = 2
    while True:
        marker, at = _next_marker(jpeg, at, in_scan=False)
        if marker in {_SCAN, _END}:
            raise FrameRefusedError("broken JPEG: no frame header before its picture data")
        body = _body(jpeg, at)
        at += 2 + len(body)
        if marker in _FRAMES:
            return _read_frame_header(marker, body, max_pixels), at


def _next_marker(jpeg: bytes, at: int, *, in_scan: bool) -> tuple[int, int]:
    """The next marker with a meaning, and the place behind it."""
    if in_scan:
        found = _MARKER.search(jpeg, at)
        if found is None:
            raise FrameRefusedError("truncated JPEG: its picture data has no end")
        return jpeg[found.end() - 1], found.end()
    while at + 2 <= len(jpeg):
        if jpeg[at] != _FILL:
            raise FrameRefusedError(f"broken JPEG: no marker at byte {at}")
        marker = jpeg[at + 1]
        if marker != _FILL and marker not in _STANDALONE:
            return marker, at + 2
        at += 1 if marker == _FILL else 2
    raise FrameRefusedError("truncated JPEG: it ends within its header")


def _body(jpeg: bytes, at: int) -> bytes:
    length = int.from_bytes(jpeg[at : at + 2], "big")
    if length < 2 or at + length > len(jpeg):
        raise FrameRefusedError(f"broken JPEG: segment at byte {at - 2} runs past the end")
    return jpeg[at + 2 : at + length]


def _read_frame_header(marker: int, body: bytes, max_pixels: int) -> JpegHeader:
    if marker not in _CODED:
        raise FrameRefusedError(
            f"JPEG coding FF {marker:02X} is not decoded; baseline and progressive are"
        )
    if len(body) < 6:
        raise FrameRefusedError("broken JPEG: its frame header is too short")
    precision, height, width, components = struct.unpack(">BHHB", body[:6])
    if not width or not height:
        raise FrameRefusedError(f"{width} x {height} pixels: a picture has at least 1 x 1")
    if width * height > max_pixels:
        raise FrameRefusedError(
            f"{width} x {height} pixels; at most {max_pixels} in all are decoded"
        )
    if components not in _COMPONENTS:
        raise FrameRefusedError(f"{components} components; 1 (grey) or 3 (colour) are decoded")
    if precision != 8 or len(body) != 6 + 3 * components:
        raise FrameRefusedError(
            f"broken JPEG: {len(body)} bytes of frame header for {components} components "
            f"of {precision} bits; 8 bits are decoded"
        )
    return JpegHeader(width, height, components, _CODED[marker])
