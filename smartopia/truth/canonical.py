"""The one byte form of a JSON value (RFC 8785), and its SHA-256."""

from __future__ import annotations

import hashlib
import json
from typing import Any, NoReturn

import rfc8785


def digest(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """SHA-256, in hex, of a JSON value in its canonical form.

    The order of keys, white space and the way numbers are written make no difference.

    Raises:
        ValueError: what JSON cannot carry safely: no finite number, an integer beyond 2^53, half
            a surrogate pair.
    """
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def parse(text: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """The JSON value in these bytes of UTF-8.

    Stricter than JSON: a key given twice could be read in two ways, so it is refused.

    Raises:
        ValueError: not JSON, or not in one meaning only.
    """
    try:
        return json.loads(
            text.decode("utf-8"), object_pairs_hook=_distinct, parse_constant=_no_number
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        raise ValueError(f"given twice: {', '.join(twice)}")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
