"""Tells devices why messages of theirs were refused, on their own `errors` topic."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from ingest.batch import Refused
from smartopia.bus.connection import Broker
from smartopia.clock import utc_now
from smartopia.containment import Buckets
from smartopia.contract.base import BOOT_PATTERN
from smartopia.contract.replies import ErrorReply
from smartopia.contract.topics import Channel, sender_of
from smartopia.errors import Reason

_RATE = 2.0
_BURST = 20
_REASONS = frozenset(Reason)


class Replies:
    """Sends refusals back; a device that is refused all the time is not told all the time."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._buckets = Buckets(_RATE, _BURST)

    async def tell(self, refused: Iterable[Refused]) -> None:
        """Tell each refusal to the device whose topic it was on; others have no address."""
        now = utc_now()
        for item in refused:
            device = sender_of(item.topic)
            if device is None or item.reason not in _REASONS or not self._buckets.take(device, now):
                continue
            await self._broker.client.publish(
                device.subject(Channel.ERRORS), error_reply(item).encode()
            )


def error_reply(refused: Refused) -> ErrorReply:
    """A refusal in the contract's words, with the refused message's identity if it had one."""
    boot, seq = _identity(refused.payload)
    return ErrorReply.model_construct(
        topic=refused.topic[:1000],
        reason=Reason(refused.reason),
        detail=refused.detail[:1000],
        time=refused.received_at,
        boot=boot,
        seq=seq,
        count=refused.count,
    )


def _identity(payload: bytes) -> tuple[str | None, int | None]:
    """The boot and seq of a message that breaks the contract elsewhere."""
    try:
        message = json.loads(payload)
    except (ValueError, RecursionError):
        return None, None
    if not isinstance(message, dict):
        return None, None
    boot, seq = message.get("boot"), message.get("seq")
    known = isinstance(boot, str) and re.fullmatch(BOOT_PATTERN, boot)
    return boot if known else None, seq if type(seq) is int and 0 <= seq < 2**63 else None
