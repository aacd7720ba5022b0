"""Write a batch: binary COPY into a temporary table, then what is new to its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC

from ingest.batch import Batch, Refused
from smartopia.store.connection import Connection
from smartopia.store.queries import load_queries

_SQL = load_queries("ingest", "sql/ingest.sql")
_TYPES = ("int4", "timestamptz", "float8", "int2", "timestamptz", "int4", "int8", "int4")


async def write_batch(connection: Connection, batch: Batch) -> int:
    """Write a batch in the open transaction; returns how many observations were new."""
    stored = 0
    if batch.rows:
        # One time of each day: those between a recording's and the present need no room.
        times = list({row[1].astimezone(UTC).date(): row[1] for row in batch.rows}.values())
        await connection.execute(_SQL["make_room"], {"times": times})
        async with connection.cursor() as cursor:
            async with cursor.copy(_SQL["copy_incoming"]) as copy:
                copy.set_types(_TYPES)
                for row in batch.rows:
                    await copy.write_row(row)
            await cursor.execute(_SQL["store_incoming"])
            stored = cursor.rowcount
            await cursor.execute(_SQL["update_latest"])
    if batch.seen:
        await connection.execute(
            _SQL["seen"], {"ids": list(batch.seen), "ats": list(batch.seen.values())}
        )
        found = await connection.execute(_SQL["heard"], {"ids": list(batch.seen)})
        batch.changed.update(row[0] for row in await found.fetchall())
    await quarantine(connection, batch.refused)
    return stored


async def quarantine(connection: Connection, refused: Sequence[Refused]) -> None:
    """Keep refused messages, in the open transaction."""
    if refused:
        async with connection.cursor() as cursor:
            await cursor.executemany(
                _SQL["quarantine"],
                [
                    asdict(item) | {"topic": _text(item.topic), "detail": _text(item.detail)}
                    for item in refused
                ],
            )


def _text(value: str) -> str:
    # PostgreSQL takes no NUL in text, and a topic may hold any character.
    return value.replace("\0", "\\0")[:1000]
