"""Asks a server again and again; one that hangs is noticed as one that is gone."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from smartopia.errors import UnavailableError
from smartopia.settings import Settings
from smartopia.store.connection import LOST, Connection, connect_database

log = logging.getLogger(__name__)

_PATIENCE_S = 2.0


class Pulse:
    """One question, asked whenever poked, never twice at a time."""

    def __init__(
        self, ask: Callable[[], Awaitable[None]], failures: tuple[type[Exception], ...]
    ) -> None:
        self._ask = ask
        self._failures = failures
        self._asking: asyncio.Task[None] | None = None
        self._asked = 0.0
        self._answered = True

    def poke(self) -> None:
        """Ask, unless the last question is still open. It is not withdrawn: for a database,
        to cancel a question is a question, too.
        """
        if self._asking is None:
            self._asked = time.monotonic()
            self._asking = asyncio.create_task(self._run())

    def beats(self) -> bool:
        """Whether it answers."""
        waits = self._asking is not None and time.monotonic() - self._asked > _PATIENCE_S
        return self._answered and not waits

    def stop(self) -> None:
        """Ask no more."""
        if self._asking is not None:
            self._asking.cancel()

    async def _run(self) -> None:
        try:
            await self._ask()
            self._answered = True
        except self._failures as error:
            if self._answered:
                log.warning("no answer: %r", error)
            self._answered = False
        finally:
            self._asking = None


class DatabaseQuestion:
    """The simplest question to the database, on a connection of its own."""

    failures: tuple[type[Exception], ...] = (*LOST, UnavailableError)

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._connection: Connection | None = None

    async def ask(self) -> None:
        """Ask.

        Raises:
            one of `failures`: it does not answer.
        """
        try:
            if self._connection is None:
                self._connection = await connect_database(self._settings, "pulse")
                await self._connection.set_autocommit(True)
            await self._connection.execute("SELECT 1")
        except self.failures:
            await self.close()
            raise

    async def close(self) -> None:
        """Let go of the connection; the next question makes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
