"""`errors`: why a message of the device's own was refused. The platform publishes, QoS 0."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from smartopia.contract.base import BootId, Instant, Message, Seq
from smartopia.errors import Reason


class ErrorReply(Message):
    """One refusal, in the words its quarantine keeps.

    Attributes:
        time: when the broker took the refused message.
        count: how many messages this stands for; a flood is not answered one by one.
    """

    topic: Annotated[str, Field(max_length=1000, description="of the refused message")]
    reason: Reason
    detail: Annotated[str, Field(max_length=1000, description="what is wrong, and what to do")]
    time: Instant
    boot: BootId | None = None
    seq: Seq | None = None
    count: Annotated[int, Field(ge=1)] = 1
