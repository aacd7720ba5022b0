"""JSON Schemas of the contract, generated from its models."""

from __future__ import annotations

from typing import Any

from smartopia.contract.announce import Announce
from smartopia.contract.base import Message
from smartopia.contract.commands import Command
from smartopia.contract.events import DeviceEvent
from smartopia.contract.frames import FrameStamp
from smartopia.contract.observations import Observations
from smartopia.contract.status import Status
from smartopia.contract.topics import Channel

MODELS: dict[str, type[Message]] = {
    Channel.ANNOUNCE: Announce,
    Channel.STATUS: Status,
    Channel.OBSERVATIONS: Observations,
    Channel.EVENTS: DeviceEvent,
    Channel.COMMANDS: Command,
    "frame-stamp": FrameStamp,
}


def json_schemas() -> dict[str, dict[str, Any]]:
    """Each message's JSON Schema (2020-12), by channel."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {
        name: {"$schema": dialect, "$id": f"smartopia/v1/{name}", **model.model_json_schema()}
        for name, model in MODELS.items()
    }
