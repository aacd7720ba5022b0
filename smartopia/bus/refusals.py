"""Refusals that did not come through the log: bad frames, and what the broker turned away.

Whoever meets one publishes it; ingest keeps it in quarantine with all others.
"""

from __future__ import annotations

from pydantic import AwareDatetime, Base64Bytes, BaseModel

from smartopia.bus.connection import Broker
from smartopia.bus.subjects import REFUSED


class Refusal(BaseModel):
    """One message that was turned away, with why, and its first bytes."""

    at: AwareDatetime
    topic: str
    reason: str
    detail: str
    payload: Base64Bytes = b""


async def tell_refusal(broker: Broker, refusal: Refusal) -> None:
    """Hand a refusal to whoever keeps the quarantine."""
    if broker.connected:
        await broker.client.publish(REFUSED, refusal.model_dump_json().encode())
