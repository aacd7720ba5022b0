"""`observations`: results of a device's datastreams.

Three forms, from the fullest to the barest:

    {"boot": "b1", "seq": 7, "observations": [{"time": "...Z", "results": {"level": 2.1}}]}
    {"boot": "b1", "seq": 7, "time": "...Z", "results": {"level": 2.1}}
    {"level": 2.1}

What is left out of the last form is taken from the log: arrival time, and a sequence that
is unique but cannot recognise a duplicate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from smartopia.contract.base import MAX_MESSAGE_BYTES, Identified, Instant, Message, Name, refusal
from smartopia.errors import Reason, RefusedMessageError

Result = Annotated[float, Field(allow_inf_nan=False, strict=True)]
Results = Annotated[dict[Name, Result], Field(min_length=1, max_length=200)]


class TimedResults(Message):
    """Results that share one phenomenon time."""

    time: Annotated[Instant | None, Field(description="phenomenon time, RFC 3339, UTC")] = None
    results: Annotated[Results, Field(description="by the datastream's name")]


class Observations(Identified):
    """One message, many observations: of one time (`results`) or of several."""

    results: Annotated[Results | None, Field(description="by the datastream's name")] = None
    observations: Annotated[
        tuple[TimedResults, ...] | None,
        Field(min_length=1, max_length=1000, description="of several times, oldest first"),
    ] = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One result of one datastream, with the identity that makes it unique for ever.

    Attributes:
        timed: the device told the time; otherwise it is when the message arrived.
    """

    datastream: str
    phenomenon_time: datetime
    result: float
    boot: str
    seq: int
    ordinal: int
    timed: bool = True


NO_BOOT = ""
_MINIMAL: TypeAdapter[dict[str, float]] = TypeAdapter(Results)


def decode_observations(payload: bytes, arrived: datetime, log_seq: int) -> list[Observation]:
    """The observations in a message, in its order.

    Args:
        payload: the message as it came.
        arrived: when the log took it; the phenomenon time where the device gives none.
        log_seq: its place in the log; its sequence where the device gives none.

    Raises:
        RefusedMessageError: says what is wrong and where.
    """
    message = _decode(payload)
    if message.boot is not None and message.seq is not None:
        boot, seq = message.boot, message.seq
    else:
        boot, seq = NO_BOOT, log_seq
    groups = list(message.observations or ())
    if message.results is not None:
        groups.insert(0, TimedResults(time=None, results=message.results))
    flat = (
        (name, group.time or message.time, result)
        for group in groups
        for name, result in group.results.items()
    )
    return [
        Observation(name, time or arrived, result, boot, seq, ordinal, time is not None)
        for ordinal, (name, time, result) in enumerate(flat)
    ]


def _decode(payload: bytes) -> Observations:
    try:
        return _full(payload)
    except RefusedMessageError as full:
        if full.reason is not Reason.WRONG_TYPE or _names_a_form(payload):
            raise
    try:
        return Observations.model_construct(results=_MINIMAL.validate_json(payload))
    except ValidationError as error:
        raise refusal(error) from None


def _full(payload: bytes) -> Observations:
    message = Observations.decode(payload)
    if message.results is None and message.observations is None:
        raise RefusedMessageError(Reason.WRONG_TYPE, "neither results nor observations given")
    return message


def _names_a_form(payload: bytes) -> bool:
    """Whether the sender meant one of the two full forms, so that its errors are told."""
    head = payload[:MAX_MESSAGE_BYTES]
    return b'"results"' in head or b'"observations"' in head
