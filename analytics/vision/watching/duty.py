"""One process watches at a time, by a lock in the database; it hears of new views there, too."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from psycopg.sql import SQL, Identifier

from smartopia.bus.health import Reporter
from smartopia.errors import UnavailableError
from smartopia.settings import Settings
from smartopia.siteview_store import CHANNEL
from smartopia.store.connection import LOST, Connection, connect_database, hold_lock
from smartopia.tasks import ended

log = logging.getLogger(__name__)

_LOCK = "situations"
_PAUSE_S = 0.25
_TAKEN_S = 1.0


def tell_away(reporter: Reporter, error: Exception) -> None:
    """Say that the database is away, and what that means."""
    log.warning("database: %s", error)
    reporter.degraded(
        "database_lost",
        "cameras are watched, but alerts cannot be stored now; they are when the database is back",
    )


class Duty:
    """Whether it is this process that watches.

    A connection that is lost does not end the duty: as long as nobody else has the lock, cameras
    are watched, and what is told waits for the database.

    Args:
        begin: called when the duty begins, and whenever the connection is made again.
        rest: called when another process has it.
        redrawn: called with the id of the thing whose view is new.
    """

    def __init__(
        self,
        settings: Settings,
        reporter: Reporter,
        *,
        begin: Callable[[], None],
        rest: Callable[[], None],
        redrawn: Callable[[int], None],
    ) -> None:
        self._settings = settings
        self._reporter = reporter
        self._begin, self._rest, self._redrawn = begin, rest, redrawn
        self.held = False

    async def run(self) -> None:
        """Take the duty when it is free, keep it, and stand by otherwise, until cancelled."""
        while True:
            try:
                async with await connect_database(self._settings, "situations-duty") as connection:
                    self._reporter.recovered("database_lost")
                    await connection.set_autocommit(True)
                    await self._take(connection)
                    await self._listen(connection)
            except (*LOST, UnavailableError) as error:
                tell_away(self._reporter, error)
            await asyncio.sleep(_PAUSE_S)

    async def _take(self, connection: Connection) -> None:
        waiting = asyncio.ensure_future(hold_lock(connection, _LOCK))
        try:
            await asyncio.wait([waiting], timeout=_TAKEN_S)
            if not waiting.done() and self.held:
                log.warning("another process watches the cameras now")
                self.held = False
                self._rest()
            await waiting
        finally:
            await ended(waiting)

    async def _listen(self, connection: Connection) -> None:
        await connection.execute(SQL("LISTEN {}").format(Identifier(CHANNEL)))
        self.held = True
        self._begin()
        async for notice in connection.notifies():
            self._redrawn(int(notice.payload))
