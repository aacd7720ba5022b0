"""The contract as an AsyncAPI 3.0.0 document, generated from its models.

Operations are told from the device's point of view: it sends on most channels and receives
on `commands` and `errors`. https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from smartopia.contract import VERSION
from smartopia.contract.channels import CHANNELS, TIME, ChannelForm, MessageForm
from smartopia.contract.frames import MAX_FRAME_BYTES, MAX_SIDE
from smartopia.contract.properties import PROPERTIES
from smartopia.contract.remedies import REMEDIES
from smartopia.contract.schemas import FRAME_STAMP, shared_schemas
from smartopia.contract.topics import NAME_PATTERN, PREFIX, Channel
from smartopia.settings import Settings

Json = dict[str, Any]
_MQTT_BINDING = "0.2.0"
_STAMP_EXAMPLE = {"boot": "k3x", "seq": 7, "time": TIME}


@dataclass(frozen=True, slots=True)
class Door:
    """Where devices of a site connect."""

    site: str
    host: str
    port: int

    @classmethod
    def of(cls, settings: Settings, here: str) -> Door:
        """That of these settings.

        Args:
            here: how others call this machine, where the broker listens on all addresses.
        """
        everywhere = settings.mqtt_host in {"", "0.0.0.0", "::"}  # noqa: S104 - not listened on
        return cls(settings.site, here if everywhere else settings.mqtt_host, settings.mqtt_port)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def asyncapi_document(door: Door) -> Json:
    """The AsyncAPI document of a site's broker."""
    messages, shared = shared_schemas("#/components/schemas/{model}")
    frame = {"name": "frame", "title": "Frame", "contentType": "image/jpeg"}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Smartopia device contract",
            "version": str(VERSION),
            "description": "What travels over MQTT between devices and Smartopia.",
            "license": {"name": "AGPL-3.0-or-later"},
        },
        "defaultContentType": "application/json",
        "servers": {"broker": _server(door)},
        "channels": {form.channel.value: _channel(form) for form in CHANNELS},
        "operations": {_operation_name(form): _operation(form) for form in CHANNELS},
        "components": {
            "messages": {
                **{
                    message.name: _message(message, messages[message.name])
                    for form in CHANNELS
                    for message in form.messages
                },
                "frame": frame | _frame_message(messages[FRAME_STAMP]),
            },
            "schemas": {name: _draft_07(schema) for name, schema in shared.items()},
            "parameters": _parameters(door),
            "securitySchemes": {
                "account": {
                    "type": "userPassword",
                    "description": "The user is the device's name. "
                    "`smartopia device add NAME` makes the account and shows its password once.",
                }
            },
        },
        "x-observed-properties": {
            p.name: {"unit": p.unit, "title": p.title} for p in PROPERTIES.values()
        },
        "x-refusal-reasons": {
            reason.value: {"means": remedy.means, "mend": remedy.mend}
            for reason, remedy in REMEDIES.items()
        },
    }


def _server(door: Door) -> Json:
    return {
        "host": str(door),
        "protocol": "mqtt",
        "protocolVersion": "3.1.1",
        "description": "The broker. A device may publish and listen only on its own topics; give "
        "its name as client id, so that what the broker itself refuses is told with its name.",
        "security": [{"$ref": "#/components/securitySchemes/account"}],
        "bindings": {
            "mqtt": {
                "lastWill": {
                    "topic": f"{PREFIX}/{{site}}/{{device}}/{Channel.STATUS}",
                    "qos": 1,
                    "message": '{"state": "lost"}',
                    "retain": True,
                },
                "bindingVersion": _MQTT_BINDING,
            }
        },
    }


def _channel(form: ChannelForm) -> Json:
    names = [message.name for message in form.messages] or ["frame"]
    return {
        "address": f"{PREFIX}/{{site}}/{{device}}/{form.channel}",
        "title": form.title,
        "description": form.text,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "parameters": {
            name: {"$ref": f"#/components/parameters/{name}"} for name in ("site", "device")
        },
    }


def _operation_name(form: ChannelForm) -> str:
    verb = "receive" if form.to_device else "send"
    return verb + form.channel.capitalize()


def _operation(form: ChannelForm) -> Json:
    return {
        "action": "receive" if form.to_device else "send",
        "channel": {"$ref": f"#/channels/{form.channel}"},
        "title": form.title,
        "bindings": {
            "mqtt": {"qos": form.qos, "retain": form.retain, "bindingVersion": _MQTT_BINDING}
        },
    }


def _message(message: MessageForm, payload: Json) -> Json:
    return {
        "name": message.name,
        "title": message.title,
        "summary": message.summary,
        "payload": _draft_07(payload),
        "examples": [
            {"summary": title, "payload": example} for title, example in message.examples.items()
        ],
    }


def _frame_message(stamp: Json) -> Json:
    return {
        "summary": f"A JPEG of at most {MAX_FRAME_BYTES} bytes and {MAX_SIDE} pixels a side.",
        "payload": {"type": "string", "format": "binary"},
        "x-stamp": {"schema": stamp, "example": _STAMP_EXAMPLE},
    }


def _parameters(door: Door) -> Json:
    form = f"It matches `{NAME_PATTERN}`."
    return {
        "site": {"description": f"The city. {form}", "default": door.site},
        "device": {
            "description": f"The device's name, which is its user at the broker. {form}",
            "examples": ["river-2"],
        },
    }


def _draft_07(schema: Any) -> Any:  # noqa: ANN401 - any JSON
    """A JSON Schema of 2020-12 as AsyncAPI's dialect has it, which is that of draft 07."""
    if isinstance(schema, list):
        return [_draft_07(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _draft_07(value) for name, value in schema.items()}
    if "prefixItems" in made:
        made["items"] = made.pop("prefixItems")
    if "$ref" in made and len(made) > 1:  # draft 07 looks at nothing beside a reference
        made = {"allOf": [{"$ref": made.pop("$ref")}], **made}
    return made
