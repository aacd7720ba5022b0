"""How a simulator lets the devices it vouches for begin in the field: a request to ingest."""

from __future__ import annotations

import json
from typing import Annotated

from nats.errors import ConnectionClosedError, NoRespondersError
from pydantic import BaseModel, ConfigDict, Field

from smartopia.bus.connection import Broker
from smartopia.errors import UnavailableError

ENLIST = "platform.things.enlist"
ANSWER_S = 5.0


class EnlistRequest(BaseModel):
    """Let these devices of a site begin in the field; `by` says who vouches for them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    site: str
    names: Annotated[tuple[str, ...], Field(max_length=100_000)]
    by: str


async def ask_enlist(broker: Broker, request: EnlistRequest) -> None:
    """Have the platform enlist them. May be asked again.

    Raises:
        UnavailableError: nobody answers, or they cannot be enlisted now.
    """
    if not broker.connected:
        raise UnavailableError("the broker cannot be reached")
    try:
        message = request.model_dump_json().encode()
        answer = await broker.client.request(ENLIST, message, timeout=ANSWER_S)
    except (NoRespondersError, ConnectionClosedError, TimeoutError):
        raise UnavailableError("no ingest runs, which keeps the devices") from None
    error = json.loads(answer.data).get("error")
    if error:
        raise UnavailableError(f"ingest cannot enlist devices: {error}")
