"""Transcripts of devices under check, made by hand, and what assertions say of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from devices_sim.check.assertion import Outcome, Verdict
from devices_sim.check.assertions import ASSERTIONS
from devices_sim.check.evidence import Evidence
from devices_sim.check.transcript import Fault, Heard, Injected, Link, LinkState, Transcript
from smartopia.clock import rfc3339
from smartopia.contract.topics import Channel, DeviceKey

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEVEL = {
    "name": "level",
    "observed_property": "water_level",
    "unit": "m",
    "range": [0, 15],
    "period": 1,
}
ANNOUNCE = {
    "kind": "river_gauge",
    "title": "Old bridge",
    "location": {"latitude": 37.6, "longitude": 126.7},
    "datastreams": [LEVEL],
}
_FRAME_HEADER = bytes.fromhex("ffc0000b080010001001011100")
JPEG = b"\xff\xd8" + _FRAME_HEADER + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\0\xff\xd9"


def heard(at: float, channel: Channel, message: object, *, qos: int = 1) -> Heard:
    """A message heard so many seconds after the beginning."""
    payload = message if isinstance(message, bytes) else json.dumps(message).encode()
    return Heard(at, BEGAN + timedelta(seconds=at), channel, payload, qos)


def told(at: float, seq: int, *, skew: float = 0.0, boot: str = "b", **results: Any) -> Heard:
    """Results heard then, by a clock that may be ahead."""
    time = rfc3339(BEGAN + timedelta(seconds=at + skew))
    message = {"boot": boot, "seq": seq, "time": time, "results": results or {"level": 2 + seq / 9}}
    return heard(at, Channel.OBSERVATIONS, message)


def opened(at: float, number: int = 0) -> Link:
    return Link(at, LinkState.OPENED, number)


def closed(at: float, number: int = 0) -> Link:
    return Link(at, LinkState.CLOSED, number)


def transcript(
    said: Sequence[Heard] | None = None,
    *,
    announce: Mapping[str, Any] | None = ANNOUNCE,
    **changes: Any,
) -> Transcript:
    """A calm check of 10 s; a sound device if nothing else is given."""
    payload = json.dumps(announce).encode()
    announced = [] if announce is None else [heard(0.1, Channel.ANNOUNCE, announce)]
    results = [told(1.0 + n, n) for n in range(9)] if said is None else said
    whole = Transcript(
        key=DeviceKey("gimpo", "river-2"),
        began=BEGAN,
        seconds=10.0,
        calm=10.0,
        heard=(*announced, *results),
        retained={} if announce is None else {Channel.ANNOUNCE: payload},
    )
    return replace(whole, **changes)


def verdict(number: str, of: Transcript) -> Verdict:
    """What the assertion of that number says of a transcript."""
    (assertion,) = [one for one in ASSERTIONS if one.number == number]
    return assertion.judge(Evidence(of))


def outcome(number: str, of: Transcript) -> Outcome:
    return verdict(number, of).outcome


def cut(at: float, *, fault: Fault = Fault.CUT, lasts: float = 0.0, watched: float = 5) -> Injected:
    return Injected(fault, at, at + lasts, at + watched)
