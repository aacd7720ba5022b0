"""What all messages have in common: strictness, identity, and readable refusals."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from smartopia.errors import Reason, RefusedMessageError
from smartopia.validation import problems_of

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,62}$")]
BOOT_PATTERN = r"^[A-Za-z0-9_-]{1,40}$"
BootId = Annotated[str, Field(pattern=BOOT_PATTERN, description="drawn anew at each start")]
Seq = Annotated[
    int, Field(ge=0, le=2**63 - 1, strict=True, description="counted up with each message")
]
# No control characters: they could forge log lines, and the database takes no NUL.
Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


def _no_number(value: object) -> object:
    """Pydantic would read numbers, in quotes or not, as seconds since 1970."""
    if isinstance(value, datetime) or (isinstance(value, str) and _DATE.match(value)):
        return value
    raise ValueError("an RFC 3339 instant is expected, e.g. 2026-01-31T12:00:00Z")


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
Instant = Annotated[AwareDatetime, BeforeValidator(_no_number)]

MAX_MESSAGE_BYTES = 256 * 1024


class Message(BaseModel):
    """A message of the contract. Unknown fields are kept out: they are often typing errors."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, ser_json_inf_nan="null"
    )

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """The message in these JSON bytes.

        Raises:
            RefusedMessageError: not JSON, or not of this shape; says what and where.
        """
        if len(payload) > MAX_MESSAGE_BYTES:
            raise RefusedMessageError(
                Reason.TOO_LARGE, f"{len(payload)} bytes; at most {MAX_MESSAGE_BYTES} are allowed"
            )
        try:
            return cls.model_validate_json(payload)
        except ValidationError as error:
            raise refusal(error) from None

    def encode(self) -> bytes:
        """This message as JSON bytes, without what was not set."""
        return self.model_dump_json(exclude_none=True).encode()


class Identified(Message):
    """A message that (device, boot, seq) names for ever.

    A device draws a new `boot` id at each start and counts `seq` up from 0.
    """

    boot: BootId | None = None
    seq: Seq | None = None
    time: Instant | None = Field(None, description="phenomenon time, RFC 3339, UTC")


def refusal(error: ValidationError) -> RefusedMessageError:
    """A validation error in words: what is wrong, where, and what is allowed."""
    first = error.errors(include_url=False, include_context=False)[0]
    if first["type"] in {"json_invalid", "json_type"}:
        return RefusedMessageError(Reason.MALFORMED, first["msg"])
    problems = problems_of(error, "message")
    more = f" (and {len(problems) - 4} more)" if len(problems) > 4 else ""
    own = {Reason.WRONG_UNIT.value, Reason.UNSOUND_VIEW.value}
    reason = Reason(first["type"]) if first["type"] in own else Reason.WRONG_TYPE
    return RefusedMessageError(reason, "; ".join(problems[:4]) + more)
