"""The desk: requests from other parts, each handled in a transaction and answered after it.

Every ingest hears every request, but only the one that works the log's cursor handles any. One
that takes over finds the requests of the last seconds, which its predecessor may have left.
"""

from __future__ import annotations

import json
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import psycopg
from nats.aio.msg import Msg
from pydantic import BaseModel, ValidationError

from smartopia.bus.connection import Broker
from smartopia.contract.base import refusal
from smartopia.errors import SmartopiaError
from smartopia.metrics import Metrics
from smartopia.store.connection import LOST, Connection
from smartopia.truth.requests import ANSWER_S, REVEAL, SEAL, RevealRequest, SealRequest
from smartopia.truth.store import keep_reveal, keep_seal

log = logging.getLogger(__name__)

Request = dict[str, Any]
Handler = Callable[[Connection, Request], Awaitable[Mapping[str, Any]]]
"""Does what a request asks, in the open transaction; returns the answer.

It is asked again by whoever got no answer, so doing it twice must be doing it once. What it
raises on purpose becomes the answer `{"error": ...}`, and nothing of it is kept.
"""

_HELD = 1000


class Desk:
    """Takes requests in at any time, handles them between batches."""

    def __init__(self, broker: Broker, metrics: Metrics, handlers: Mapping[str, Handler]) -> None:
        self._broker = broker
        self._metrics = metrics
        self._handlers = handlers
        self._held: deque[tuple[float, Msg]] = deque(maxlen=_HELD)

    async def listen(self) -> None:
        """Take requests in from now on."""

        async def take(message: Msg) -> None:
            if message.reply:
                self._held.append((time.monotonic(), message))

        for subject in self._handlers:
            await self._broker.client.subscribe(subject, cb=take)

    async def idle(self, connection: Connection) -> None:
        """Handle what was asked, and answer once it is committed."""
        requests = list(self._held)
        answers = []
        for came, message in requests:
            # Whoever asked longer ago has given up, and asks again.
            if time.monotonic() - came <= ANSWER_S:
                answers.append((message, await self._handle(connection, message)))
        if answers:
            await connection.commit()
        # Only now: what the database lost is handled again on the next connection.
        for request in requests:
            if self._held and self._held[0] is request:
                self._held.popleft()
        for message, answer in answers:
            self._metrics.count("requests_refused" if "error" in answer else "requests_answered")
            if self._broker.connected:
                await message.respond(json.dumps(answer).encode())

    async def _handle(self, connection: Connection, message: Msg) -> Mapping[str, Any]:
        try:
            request = json.loads(message.data)
            if not isinstance(request, dict):
                return {"error": "a request is a JSON object"}
            async with connection.transaction():
                return await self._handlers[message.subject](connection, request)
        except LOST:
            raise
        except ValidationError as error:
            return {"error": refusal(error).detail}
        except (SmartopiaError, psycopg.Error, ValueError) as error:
            return {"error": str(error)}
        except Exception:
            log.exception("a request on %s could not be handled", message.subject)
            return {"error": "ingest failed at it; see its log"}


async def _seal(connection: Connection, request: Request) -> Mapping[str, Any]:
    return _json(await keep_seal(connection, SealRequest.model_validate(request)))


async def _reveal(connection: Connection, request: Request) -> Mapping[str, Any]:
    return _json(await keep_reveal(connection, RevealRequest.model_validate(request)))


def _json(answer: BaseModel) -> Mapping[str, Any]:
    return answer.model_dump(mode="json")


TRUTH: Mapping[str, Handler] = {SEAL: _seal, REVEAL: _reveal}
"""What the desk does for simulators that seal their truth."""
