"""How far a reader of the log has come, kept in the transaction of what it did."""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection

from smartopia.store.queries import load_queries

_SQL = load_queries("smartopia.store", "sql/cursor.sql")


async def load_position(connection: AsyncConnection[Any], name: str, stream: str) -> int:
    """The last entry of this log whose effects are committed; 0 for a log not read yet."""
    cursor = await connection.execute(_SQL["load_position"], {"name": name, "stream": stream})
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def save_position(
    connection: AsyncConnection[Any], name: str, stream: str, position: int
) -> None:
    """Say that everything up to this entry is done; the caller commits."""
    await connection.execute(
        _SQL["save_position"], {"name": name, "stream": stream, "position": position}
    )
