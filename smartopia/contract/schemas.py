"""JSON Schemas of the contract, generated from its models."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from smartopia.contract import VERSION
from smartopia.contract.announce import Announce
from smartopia.contract.commands import Command
from smartopia.contract.events import DeviceEvent
from smartopia.contract.frames import FrameStamp
from smartopia.contract.observations import Observations, Results
from smartopia.contract.replies import ErrorReply
from smartopia.contract.status import Status
from smartopia.contract.topics import Channel

BARE_RESULTS = "bare-results"
FRAME_STAMP = "frame-stamp"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ADAPTERS: dict[str, TypeAdapter[Any]] = {
    Channel.ANNOUNCE.value: TypeAdapter(Announce),
    Channel.STATUS.value: TypeAdapter(Status),
    Channel.OBSERVATIONS.value: TypeAdapter(Observations),
    BARE_RESULTS: TypeAdapter(Results),
    Channel.EVENTS.value: TypeAdapter(DeviceEvent),
    Channel.COMMANDS.value: TypeAdapter(Command),
    Channel.ERRORS.value: TypeAdapter(ErrorReply),
    FRAME_STAMP: TypeAdapter(FrameStamp),
}

# What a decoder checks besides its model.
_ONE_OF_BOTH: JsonSchemaValue = {
    "anyOf": [
        {"required": ["results"], "properties": {"results": {"type": "object"}}},
        {"required": ["observations"], "properties": {"observations": {"type": "array"}}},
    ]
}
_NO_FORM: JsonSchemaValue = {
    "title": "BareResults",
    "description": "Results by datastream and nothing else; their time is when they arrive.",
    "propertyNames": {"not": {"enum": ["results", "observations"]}},
}


class _Generator(GenerateJsonSchema):
    """As strict as the models are, and without the titles pydantic makes of field names."""

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        made = super().dict_schema(schema)
        if "patternProperties" in made:
            made["additionalProperties"] = False
        return made

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        made = super().model_schema(schema)
        return made | _ONE_OF_BOTH if schema["cls"] is Observations else made

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401 - pydantic's
        del schema
        return False


def json_schemas() -> dict[str, dict[str, Any]]:
    """Each message's JSON Schema (2020-12), by channel or name; each stands alone."""
    made = {}
    for name, adapter in _ADAPTERS.items():
        schema = adapter.json_schema(schema_generator=_Generator)
        head = {"$schema": _DIALECT, "$id": f"smartopia/v{VERSION}/{name}"}
        made[name] = head | schema | (_NO_FORM if name == BARE_RESULTS else {})
    return made


def shared_schemas(ref_template: str) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """The messages' schemas by channel or name, and the definitions they share.

    Args:
        ref_template: how one refers to a definition, with `{model}` for its name.
    """
    by_key, shared = TypeAdapter.json_schemas(
        [(name, "validation", adapter) for name, adapter in _ADAPTERS.items()],
        ref_template=ref_template,
        schema_generator=_Generator,
    )
    messages = {name: by_key[name, "validation"] for name in _ADAPTERS}
    messages[BARE_RESULTS] = messages[BARE_RESULTS] | _NO_FORM
    return messages, shared["$defs"]
