"""A JSON Schema as a table of fields a person reads: pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]

_DATE_TIME = "RFC 3339 instant"
_LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "maxProperties": "at most {} entries",
    "pattern": "matches {}",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message.

    Attributes:
        path: where it stands, such as `datastreams[].unit`.
        kind: its type, in words.
        limits: what is allowed, in words; may be empty.
    """

    path: str
    kind: str
    limits: str
    required: bool
    text: str


def fields(schema: Schema) -> list[Field]:
    """The fields of a message, those of its parts after them."""
    return list(_walk(schema, schema.get("$defs", {}), ""))


def _walk(schema: Schema, shared: Schema, prefix: str) -> Iterator[Field]:
    required = schema.get("required", ())
    for name, given in schema.get("properties", {}).items():
        found = _resolve(given, shared)
        path = prefix + name
        text = str(given.get("description") or found.get("description", "")).split("\n\n")[0]
        yield Field(path, _kind(found, shared), _limits(found), name in required, text)
        part = _resolve(found.get("items", {}), shared)
        if "properties" in found:
            yield from _walk(found, shared, f"{path}.")
        elif "properties" in part:
            yield from _walk(part, shared, f"{path}[].")


def _resolve(schema: Schema, shared: Schema) -> Schema:
    """What a field is when it is given: behind references, and without null."""
    if "$ref" in schema:
        return _resolve(shared[schema["$ref"].rpartition("/")[2]], shared)
    given = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    if len(given) == 1 and "properties" not in schema:
        return _resolve(given[0], shared)
    return schema


def _kind(schema: Schema, shared: Schema) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(str(value) for value in schema["enum"])
    if schema.get("format") == "date-time":
        return _DATE_TIME
    if "type" not in schema:
        return " or ".join(_kind(option, shared) for option in schema["anyOf"])
    kind = str(schema["type"])
    if kind == "array":
        return _list_kind(schema, shared)
    if kind == "object" and "properties" not in schema:
        (value,) = schema.get(
            "patternProperties", {"": schema.get("additionalProperties")}
        ).values()
        return f"object of name: {_kind(value, shared)}"
    return {"string": "text", "boolean": "true or false"}.get(kind, kind)


def _list_kind(schema: Schema, shared: Schema) -> str:
    if "prefixItems" in schema:
        return "[" + ", ".join(_kind(item, shared) for item in schema["prefixItems"]) + "]"
    return f"list of {_kind(_resolve(schema['items'], shared), shared)}s"


def _limits(schema: Schema) -> str:
    if "prefixItems" in schema:
        return ""
    return ", ".join(
        words.format(schema[name]) for name, words in _LIMITS.items() if name in schema
    )
