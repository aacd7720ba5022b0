"""Frames carry their stamp inside, stay pictures, and are refused before they are decoded."""

from __future__ import annotations

import json
import struct
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartopia.contract.frames import (
    MAX_FRAME_BYTES,
    MAX_SIDE,
    FrameStamp,
    read_frame,
    stamp_frame,
)
from smartopia.errors import FrameRefusedError, Reason

ARRIVED = datetime(2026, 6, 1, 12, tzinfo=UTC)
STAMP = FrameStamp(boot="b1", seq=7, time=ARRIVED - timedelta(seconds=1))


def picture(width: int, height: int, *options: int) -> bytes:
    across = np.linspace(0, 255, width * height * 3, dtype=np.uint8)
    _, data = cv2.imencode(".jpg", across.reshape(height, width, 3), list(options))
    return bytes(data.tobytes())


JPEG = picture(64, 48)
STAMPED = stamp_frame(JPEG, STAMP)


def comment(text: bytes) -> bytes:
    """The picture with this comment in it."""
    return JPEG[:2] + b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text + JPEG[2:]


def sized(width: int, height: int) -> bytes:
    """The picture whose header claims another size."""
    at = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:at] + struct.pack(">HH", height, width) + JPEG[at + 4 :]


def test_a_stamp_is_read_as_it_was_written() -> None:
    frame = read_frame(STAMPED, ARRIVED)
    assert frame.stamp == STAMP
    assert frame.phenomenon_time == STAMP.time
    assert (frame.width, frame.height) == (64, 48)
    assert frame.jpeg == STAMPED


def test_a_stamped_frame_is_the_same_picture_to_any_viewer() -> None:
    plain, stamped = (
        cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) for data in (JPEG, STAMPED)
    )
    assert plain is not None
    assert stamped is not None
    assert stamped.shape == (48, 64, 3)
    assert np.array_equal(plain, stamped)


def test_a_bare_jpeg_has_the_time_it_arrived() -> None:
    frame = read_frame(JPEG, ARRIVED)
    assert frame.stamp is None
    assert frame.phenomenon_time == ARRIVED


@pytest.mark.parametrize(
    "options",
    [(cv2.IMWRITE_JPEG_PROGRESSIVE, 1), (cv2.IMWRITE_JPEG_RST_INTERVAL, 1)],
    ids=["progressive", "restart markers"],
)
def test_other_kinds_of_jpeg_are_read_too(options: tuple[int, int]) -> None:
    frame = read_frame(stamp_frame(picture(33, 17, *options), STAMP), ARRIVED)
    assert (frame.width, frame.height, frame.stamp) == (33, 17, STAMP)


@pytest.mark.parametrize(
    "jpeg",
    [
        JPEG + b"\0\0\0",
        JPEG[:2] + b"\xff\xff\xff" + JPEG[2:],
        comment(b"made by a camera"),
        comment(b""),
    ],
    ids=["padded", "fill bytes", "comment", "empty comment"],
)
def test_what_other_cameras_do_is_accepted(jpeg: bytes) -> None:
    frame = read_frame(jpeg, ARRIVED)
    assert (frame.width, frame.height, frame.stamp) == (64, 48, None)


def test_a_frame_cut_off_anywhere_is_refused() -> None:
    for length in range(len(STAMPED)):
        with pytest.raises(FrameRefusedError) as refused:
            read_frame(STAMPED[:length], ARRIVED)
        assert refused.value.reason is Reason.BAD_FRAME


def test_a_frame_cut_off_and_closed_again_is_read_or_refused() -> None:
    for length in range(2, len(STAMPED)):
        try:
            frame = read_frame(STAMPED[:length] + b"\xff\xd9", ARRIVED)
        except FrameRefusedError:
            continue
        assert length > STAMPED.index(b"\xff\xda"), "the whole header is there"
        assert frame.stamp == STAMP


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b"", "not a JPEG"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "not a JPEG"),
        (b"\xff\xd8", "truncated"),
        (b"\xff\xd8\xff\xd9", "no picture data"),
        (b"\xff\xd8\0\0\0\0\xff\xd9", "no marker at byte 2"),
        (b"\xff\xd8\xff\xe0\0\x01\xff\xd9", "segment at byte 2 runs past the end"),
        (b"\xff\xd8\xff\xe0\xff\xff\xff\xd9", "segment at byte 2 runs past the end"),
        (b"\xff\xd8\xff\xc0\0\x04ab\xff\xda\0\0\xff\xd9", "frame header is too short"),
        (b"\xff\xd8\xff\xda\0\0\xff\xd9", "its size is not given"),
        (JPEG[:-1], "does not end with FF D9"),
        (JPEG[:2] + bytes(MAX_FRAME_BYTES) + JPEG[2:], f"at most {MAX_FRAME_BYTES}"),
        (sized(20_000, 20_000), f"20000 x 20000 pixels; at most {MAX_SIDE}"),
        (sized(MAX_SIDE + 1, 1), f"{MAX_SIDE + 1} x 1 pixels"),
        (sized(1, MAX_SIDE + 1), f"1 x {MAX_SIDE + 1} pixels"),
        (sized(0, 48), "0 x 48 pixels"),
        (sized(64, 0), "64 x 0 pixels"),
        (comment(b"smartopia/1 {"), "stamp: Invalid JSON"),
        (comment(b"smartopia/1 \xff"), "stamp"),
        (comment(b"smartopia/1 {}"), "stamp: boot"),
        (
            comment(b'smartopia/1 {"boot": "b", "seq": 1, "time": "2026-06-01T00:00:00"}'),
            "stamp: time",
        ),
    ],
)
def test_a_bad_frame_is_refused_with_what_is_wrong(payload: bytes, words: str) -> None:
    with pytest.raises(FrameRefusedError) as refused:
        read_frame(payload, ARRIVED)
    assert words in refused.value.detail


def test_the_largest_size_allowed_is_allowed() -> None:
    frame = read_frame(sized(MAX_SIDE, MAX_SIDE), ARRIVED)
    assert (frame.width, frame.height) == (MAX_SIDE, MAX_SIDE)


def test_only_a_jpeg_can_be_stamped() -> None:
    with pytest.raises(FrameRefusedError, match="not a JPEG"):
        stamp_frame(b"GIF89a", STAMP)


@given(st.binary(max_size=200), st.booleans())
def test_garbage_is_refused_or_claims_a_size_that_is_allowed(garbage: bytes, closed: bool) -> None:
    payload = b"\xff\xd8" + garbage + (b"\xff\xd9" if closed else b"")
    with suppress(FrameRefusedError):
        frame = read_frame(payload, ARRIVED)
        assert 0 < frame.width <= MAX_SIDE
        assert 0 < frame.height <= MAX_SIDE


@given(st.data())
def test_a_frame_with_broken_bytes_is_read_or_refused(data: st.DataObject) -> None:
    broken = bytearray(STAMPED)
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    with suppress(FrameRefusedError):
        frame = read_frame(bytes(broken), ARRIVED)
        assert 0 < frame.width <= MAX_SIDE
        assert 0 < frame.height <= MAX_SIDE


def test_the_stamp_is_plain_json_in_a_comment() -> None:
    text = STAMPED[6 : 4 + struct.unpack(">H", STAMPED[4:6])[0]]
    assert STAMPED[:4] == b"\xff\xd8\xff\xfe"
    assert json.loads(text.removeprefix(b"smartopia/1 "))["seq"] == 7
