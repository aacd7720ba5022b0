"""Tells the platform of seals and reveals, in their order, each until it is answered."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from smartopia.errors import TruthError, UnavailableError
from smartopia.truth.model import Seal
from smartopia.truth.requests import RevealRequest, SealRequest

Ask = Callable[[SealRequest | RevealRequest], Awaitable[Seal]]
"""`smartopia.truth.requests.ask`, of a broker."""

_RETRY_S = 0.5

_log = logging.getLogger(__name__)


class Teller:
    """A queue of what is to be told. Being broken off loses nothing of it."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._queue: deque[tuple[SealRequest | RevealRequest, Callable[[Seal], None]]] = deque()
        self._filled = asyncio.Event()

    def put(self, request: SealRequest | RevealRequest, answered: Callable[[Seal], None]) -> None:
        """Tell this when all before it is told, and pass the answer on."""
        self._queue.append((request, answered))
        self._filled.set()

    async def run(self) -> None:
        """Tell all there is and will be, until cancelled."""
        while True:
            await self._filled.wait()
            await self.finish()
            self._filled.clear()

    async def finish(self) -> None:
        """Tell all there is."""
        while self._queue:
            request, answered = self._queue[0]
            try:
                answered(await self._ask(request))
            except (UnavailableError, TimeoutError) as error:
                _log.debug("asking again: %r", error)
                await asyncio.sleep(_RETRY_S)
                continue
            except TruthError as error:
                _log.error("the platform refuses: %s", error)
            self._queue.popleft()
