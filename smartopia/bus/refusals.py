"""Refusals that did not come through the log: bad frames, and what the broker turned away.

Whoever meets one publishes it; ingest keeps it in quarantine with all others.
"""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict

from smartopia.bus.connection import Broker
from smartopia.bus.subjects import REFUSED


class Refusal(BaseModel):
    """One message that was turned away, with why, and its first bytes."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    at: AwareDatetime
    topic: str
    reason: str
    detail: str
    payload: bytes = b""


async def tell_refusal(broker: Broker, refusal: Refusal) -> None:
    """Hand a refusal to whoever keeps the quarantine."""
    if broker.connected:
        await broker.client.publish(REFUSED, refusal.model_dump_json().encode())
