"""Numbers, words and times out of one payload: pure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from devices_sim.bridge.paths import ABSENT, WHOLE, JsonPath
from smartopia.contract.announce import Datastream, DeviceClock
from smartopia.contract.times import check_time
from smartopia.errors import RefusedMessageError

MAX_PAYLOAD_BYTES = 64 * 1024
_SHOWN = 60
_NAMED = 8
# What devices write where they have no value at the moment.
_NOTHING = frozenset({"", "none", "null", "unknown", "unavailable", "nan"})


class NotUnderstoodError(Exception):
    """A payload cannot be read; the message says what is wrong and where. Stays in here."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Where a payload tells its time, and how."""

    path: JsonPath
    form: str = "rfc3339"
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Reading:
    """How one datastream is read out of a payload; see `mapping.Stream`."""

    datastream: Datastream
    paths: tuple[JsonPath, ...] = (WHOLE,)
    scale: float = 1.0
    offset: float = 0.0
    values: Mapping[str, float] | None = None
    when: Mapping[JsonPath, str] = field(default_factory=dict)


def decode(payload: bytes) -> Any:  # noqa: ANN401
    """A payload as JSON, or as the text it is where it is none.

    Raises:
        NotUnderstoodError: too large, or neither JSON nor text.
    """
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise NotUnderstoodError(f"{len(payload)} bytes; at most {MAX_PAYLOAD_BYTES} are read")
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        raise NotUnderstoodError("the payload is neither JSON nor text") from None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text.strip()


def read_all(readings: Iterable[Reading], data: Any) -> tuple[dict[str, float], list[str]]:  # noqa: ANN401
    """The results in a payload by datastream, and in words what could not be read.

    Of several readings of one datastream the first that finds something counts. Where a
    datastream is not in the payload at all, or without a value, nothing is said of it.
    """
    results: dict[str, float] = {}
    problems: list[str] = []
    found_any = False
    for reading in readings:
        name = reading.datastream.name
        if name in results:
            continue
        path, found = _find(reading, data)
        if found is ABSENT:
            continue
        found_any = True
        try:
            number = _number(found, reading.values)
        except NotUnderstoodError as error:
            problems.append(f"{path}: {error}")
            continue
        if number is not None:
            # 15 digits: 70 °F is 21.1 °C, not 21.100000000000001.
            results[name] = float(f"{number * reading.scale + reading.offset:.12g}")
    if not found_any:
        problems.append(f"nothing of what is mapped is in it; it has {_contents(data)}")
    return results, problems


def _contents(data: Any) -> str:  # noqa: ANN401
    """What a payload has, for whoever is to map it."""
    if not isinstance(data, dict):
        return f"only {_short(word(data))}"
    names = [
        f"{k}.{inner}" for k, v in data.items() for inner in (v if isinstance(v, dict) else ())
    ]
    names = [*(k for k, v in data.items() if not isinstance(v, dict)), *names]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return (", ".join(name[:_SHOWN] for name in names[:_NAMED]) or "nothing") + more


def _find(reading: Reading, data: Any) -> tuple[JsonPath, Any]:  # noqa: ANN401
    if all(word(path.find(data)) == expected for path, expected in reading.when.items()):
        for path in reading.paths:
            found = path.find(data)
            if found is not ABSENT:
                return path, found
    return reading.paths[0], ABSENT


def _number(found: Any, values: Mapping[str, float] | None) -> float | None:  # noqa: ANN401
    """The number something stands for; None where it says that there is none now.

    Raises:
        NotUnderstoodError: it stands for none.
    """
    if values is not None:
        known = {name.lower(): number for name, number in values.items()}
        said = word(found)
        if said.lower() in known:
            return known[said.lower()]
        if said.lower() in _NOTHING:
            return None
        raise NotUnderstoodError(f"{_short(said)} is none of the values {', '.join(values)}")
    if isinstance(found, bool):
        return float(found)
    if found is None or (isinstance(found, str) and found.strip().lower() in _NOTHING):
        return None
    try:
        number = float(found)
    except (TypeError, ValueError, OverflowError):
        raise NotUnderstoodError(
            f"{_short(word(found))} is no number; if it is a word, give its number in values"
        ) from None
    if not math.isfinite(number):
        raise NotUnderstoodError(f"{_short(word(found))} is no finite number")
    return number


def word(found: Any) -> str:  # noqa: ANN401
    """Something in a payload as a word: JSON's own true, false and null; text as it is."""
    if found is ABSENT:
        return ""
    return found.strip() if isinstance(found, str) else json.dumps(found)


def read_time(clock: Clock | None, data: Any, arrived: datetime) -> datetime | None:  # noqa: ANN401
    """When a payload says that it was; None where it does not say.

    Raises:
        NotUnderstoodError: it is no time, or none that the platform would believe.
    """
    found: Any = clock.path.find(data) if clock else ABSENT
    if clock is None or found is ABSENT or found is None:
        return None
    try:
        if clock.form == "rfc3339":
            time = datetime.fromisoformat(str(found))
            time = time if time.tzinfo else time.replace(tzinfo=clock.zone)
        else:
            per_second = 1000 if clock.form == "milliseconds" else 1
            time = datetime.fromtimestamp(float(found) / per_second, UTC)
        time = time.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        raise NotUnderstoodError(
            f"{clock.path}: {_short(word(found))} is no time in the form {clock.form}"
        ) from None
    try:
        check_time(time, arrived, DeviceClock.LIVE)
    except RefusedMessageError as error:
        raise NotUnderstoodError(f"{clock.path}: {error.detail}") from None
    return time


def _short(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")
