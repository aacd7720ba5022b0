"""The published JSON Schemas say what the platform does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from smartopia.clock import utc_now
from smartopia.contract.announce import Announce
from smartopia.contract.base import Message
from smartopia.contract.commands import Command
from smartopia.contract.events import DeviceEvent
from smartopia.contract.frames import FrameStamp
from smartopia.contract.observations import Observations, decode_observations
from smartopia.contract.replies import ErrorReply
from smartopia.contract.schemas import json_schemas
from smartopia.contract.status import Status
from smartopia.contract.topics import Channel
from smartopia.errors import RefusedMessageError

MODELS: dict[str, type[Message]] = {
    "announce": Announce,
    "status": Status,
    "observations": Observations,
    "events": DeviceEvent,
    "commands": Command,
    "errors": ErrorReply,
    "frame-stamp": FrameStamp,
}
T = "2026-06-01T00:00:00Z"
VALID: dict[str, list[Any]] = {
    "announce": [
        {"kind": "cam"},
        {
            "kind": "river-gauge",
            "location": {"latitude": 37.6, "longitude": 126.7},
            "clock": "replay",
            "datastreams": [
                {
                    "name": "level",
                    "observed_property": "water_level",
                    "unit": "m",
                    "range": [0, 12],
                    "period": 1,
                    "interval": 1,
                }
            ],
            "frames": {"rate": 5},
        },
    ],
    "status": [{"state": "online"}, {"state": "lost", "note": "gone", "boot": "b", "seq": 1}],
    "observations": [
        {"results": {"level": 2.1}},
        {"boot": "b1", "seq": 7, "observations": [{"time": T, "results": {"level": 2}}]},
    ],
    "events": [{"event": "pressed", "time": T}],
    "commands": [{"id": "1", "command": "reboot", "arguments": {"in": 5, "hard": True}}],
    "errors": [{"topic": "a/b", "reason": "malformed", "detail": "no JSON", "time": T, "count": 3}],
    "bare-results": [{"level": 2.1}, {"seq": 5}, {"time": 3}],
    "frame-stamp": [{"boot": "b", "seq": 0, "time": T}],
}
WRONG: list[tuple[str, Any]] = [
    ("announce", {}),
    ("announce", {"kind": "Cam"}),
    ("announce", {"kind": "cam", "clock": "sundial"}),
    ("announce", {"kind": "cam", "location": {"latitude": 91, "longitude": 0}}),
    ("announce", {"kind": "cam", "frames": {"rate": 0}}),
    ("announce", {"kind": "cam", "more": 1}),
    ("status", {"state": "asleep"}),
    ("status", {}),
    ("observations", {"results": {}}),
    ("observations", {"results": {"level": "2"}}),
    ("observations", {"results": {"level": True}}),
    ("observations", {"results": {"level": 2}, "seq": -1}),
    ("observations", {"observations": []}),
    ("observations", {"results": {"Level": 2}}),
    ("observations", {"boot": "b", "seq": 1}),
    ("observations", {"results": None}),
    ("bare-results", {}),
    ("bare-results", {"level": None}),
    ("bare-results", {"Level": 2}),
    ("bare-results", {"results": 2}),
    ("bare-results", {"level": 2, "observations": 3}),
    ("bare-results", {f"n{n}": n for n in range(201)}),
    ("events", {"event": ""}),
    ("commands", {"id": "1", "command": "Reboot Now", "arguments": {}}),
    ("commands", {"id": "1" * 65, "command": "reboot"}),
    ("errors", {"topic": "a/b", "reason": "unliked", "detail": "", "time": T}),
    ("errors", {"topic": "a/b", "reason": "malformed", "time": T}),
    ("frame-stamp", {"boot": "b", "seq": 0}),
    ("frame-stamp", {"boot": "b", "seq": "x", "time": T}),
]


def decode(name: str, payload: bytes) -> None:
    """As the platform does.

    Raises:
        RefusedMessageError: it would not take it.
    """
    if name in {"observations", "bare-results"}:
        decode_observations(payload, utc_now(), 1)
    else:
        MODELS[name].decode(payload)


def test_every_channel_but_the_pictures_has_a_schema() -> None:
    assert set(json_schemas()) == {*Channel, "frame-stamp", "bare-results"} - {Channel.FRAMES}
    assert set(VALID) == set(json_schemas())


@pytest.mark.parametrize("name", list(VALID))
def test_each_schema_is_one(name: str) -> None:
    schema = json_schemas()[name]
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"smartopia/v1/{name}"
    json.dumps(schema, allow_nan=False)


@pytest.mark.parametrize(
    ("name", "message"), [(name, message) for name in VALID for message in VALID[name]]
)
def test_what_is_valid_is_valid_to_schema_and_platform(name: str, message: Any) -> None:
    Draft202012Validator(json_schemas()[name]).validate(message)
    decode(name, json.dumps(message).encode())


@pytest.mark.parametrize(("name", "message"), WRONG)
def test_what_is_wrong_is_wrong_to_schema_and_platform(name: str, message: Any) -> None:
    assert not Draft202012Validator(json_schemas()[name]).is_valid(message)
    with pytest.raises(RefusedMessageError):
        decode(name, json.dumps(message).encode())


@pytest.mark.parametrize(
    ("name", "message"), [(name, message) for name in MODELS for message in VALID[name]]
)
def test_what_the_platform_writes_is_valid_to_its_schema(name: str, message: Any) -> None:
    written = MODELS[name].decode(json.dumps(message).encode()).encode()
    Draft202012Validator(json_schemas()[name]).validate(json.loads(written))
