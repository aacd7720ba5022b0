"""Looking into a database without a platform."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, LiteralString

from psycopg import AsyncConnection

from smartopia.settings import Settings
from smartopia.store.connection import Connection, connect_database


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Connection]:
    """A connection that commits each statement."""
    async with await connect_database(settings, "test") as connection:
        await connection.set_autocommit(True)
        yield connection


async def values(connection: AsyncConnection[Any], query: LiteralString) -> list[Any]:
    """The first column of what a query finds."""
    cursor = await connection.execute(query)
    return [row[0] for row in await cursor.fetchall()]
