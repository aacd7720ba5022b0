"""What a detector tells of a frame arrives as it was sent, and nothing else is taken for it."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartopia.errors import RefusedMessageError
from smartopia.seen import PictureStats, Seen, SeenObject, Sighted, seen_of

NAN = float("nan")


def _sighted() -> Sighted:
    seen = Seen(
        site="gimpo",
        device="cctv-1",
        time=datetime(2026, 1, 31, 12, tzinfo=UTC),
        width=640,
        height=384,
        detector="default 0123",
        labels=("person", "car"),
        objects=(SeenObject(label="person", score=0.91, box=(1.0, 2.0, 11.5, 40.0)),),
        stats=PictureStats(0.4, 0.2, 3.5, None, "0a1b"),
    )
    return Sighted(seen, b"\xff\xd8 masked", b"sealed")


def test_a_sighting_arrives_as_it_was_sent() -> None:
    sent = _sighted()
    got = Sighted.decode(sent.encode())
    assert (got.masked, got.sealed) == (sent.masked, sent.sealed)
    assert got.seen == sent.seen.model_copy(update={"masked": 9, "sealed": 6})
    assert seen_of(got.seen.camera) == "platform.seen.gimpo.cctv-1"


@pytest.mark.parametrize(
    "payload",
    [b"", b"\0\0", struct.pack(">I", 2**31) + b"{}", _sighted().encode()[:-1], b"\0\0\0\2{}"],
)
def test_anything_else_is_refused(payload: bytes) -> None:
    with pytest.raises(RefusedMessageError):
        Sighted.decode(payload)


@pytest.mark.parametrize(
    "wrong",
    [
        {"device": "cctv\0"},
        {"site": "*"},
        {"device": "x" * 1000},
        {"time": datetime(1, 1, 1, tzinfo=UTC)},
        {"time": datetime(9999, 12, 31, tzinfo=UTC)},
        {"width": 10**9},
        {"detector": "\0"},
        {"objects": (SeenObject.model_construct(label="car", score=0.5, box=(0, 0, 1e300, 1)),)},
        {"objects": (SeenObject.model_construct(label="car", score=0.5, box=(0, 0, NAN, 1)),)},
    ],
)
def test_what_no_detector_could_have_seen_is_refused(wrong: dict[str, object]) -> None:
    sent = _sighted()
    with pytest.raises(RefusedMessageError, match=next(iter(wrong))):
        Sighted.decode(replace(sent, seen=sent.seen.model_copy(update=wrong)).encode())
