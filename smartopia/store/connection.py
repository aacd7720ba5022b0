"""Connections to the database: a pool for many readers, one owned connection for a writer."""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow, dict_row
from psycopg_pool import AsyncConnectionPool

from smartopia.errors import UnavailableError
from smartopia.settings import Settings

log = logging.getLogger(__name__)

Connection = AsyncConnection[TupleRow]
DictConnection = AsyncConnection[dict[str, Any]]
Pool = AsyncConnectionPool[DictConnection]

# A database that hangs (not only one that died) is noticed within this time.
_GUARDS: dict[str, Any] = {
    "connect_timeout": 3,
    "tcp_user_timeout": 8000,
    "keepalives_idle": 3,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}
_OPTIONS = "-c statement_timeout=15s -c lock_timeout=10s -c TimeZone=UTC"
# What a database that is away is known by; a pool's PoolTimeout is an OperationalError, too.
LOST = (psycopg.OperationalError, psycopg.InterfaceError)


class _Owned(AsyncConnection[TupleRow]):
    """A connection that `async with` closes in any case.

    Psycopg leaves it open where its last commit or rollback is cancelled.
    """

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        try:
            await super().__aexit__(exc_type, exc_val, exc_tb)
        finally:
            await self.close()


async def connect_database(settings: Settings, name: str) -> Connection:
    """One connection for one writer.

    Raises:
        UnavailableError: the database does not answer.
        ConfigurationError: no database is configured.
    """
    try:
        return await _Owned.connect(
            settings.database(),
            application_name=f"smartopia-{name}",
            options=_OPTIONS,
            **_GUARDS,
        )
    except psycopg.Error as error:
        raise UnavailableError(f"the database does not answer: {_first_line(error)}") from None


def database_pool(settings: Settings, name: str, size: int) -> Pool:
    """A pool of connections whose rows are dicts. Open it with `async with`."""
    return AsyncConnectionPool(
        settings.database(),
        connection_class=DictConnection,
        kwargs={
            "application_name": f"smartopia-{name}",
            "options": _OPTIONS,
            "row_factory": dict_row,
            "autocommit": True,
            **_GUARDS,
        },
        min_size=1,
        max_size=size,
        timeout=3,
        # The pool doubles its pauses up to this; then it tries again when it is asked.
        reconnect_timeout=2,
        check=AsyncConnectionPool.check_connection,
        open=False,
    )


async def hold_lock(connection: Connection, name: str) -> None:
    """Wait until this connection alone holds the lock of that name; it keeps it until it ends.

    A second process with the same work waits here as a hot standby.
    """
    waited = False
    while True:
        cursor = await connection.execute(
            "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (f"smartopia.{name}",)
        )
        row = await cursor.fetchone()
        await connection.commit()
        if row is not None and row[0]:
            return
        if not waited:
            log.info("another process holds %s; standing by", name)
            waited = True
        await asyncio.sleep(0.5)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
