"""Seals in the database: set once, revealed once, never changed."""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from smartopia.errors import TruthError
from smartopia.store.queries import load_queries
from smartopia.truth.model import Seal
from smartopia.truth.requests import RevealRequest, SealRequest

_SQL = load_queries("smartopia.truth", "sql/truth.sql")

AnyConnection = AsyncConnection[Any]


async def keep_seal(connection: AnyConnection, request: SealRequest) -> Seal:
    """Keep a seal; the caller commits. Asked again, the answer is the same.

    Raises:
        TruthError: another seal of this chapter is there.
    """
    await connection.execute(_SQL["insert_seal"], request.model_dump())
    held = await seal_of(connection, request.run, request.chapter)
    if held is None:
        raise AssertionError("a seal just kept is not there")
    for what in ("digest", "begins_at", "ends_at"):
        kept, asked = getattr(held, what), getattr(request, what)
        if kept != asked:
            raise TruthError(
                f"it was sealed with {what} {kept}, and cannot be sealed anew with {asked}; "
                "start another run"
            )
    return held


async def keep_reveal(connection: AnyConnection, request: RevealRequest) -> Seal:
    """Keep a reveal; the caller commits. Asked again, the answer is the same.

    Raises:
        TruthError: the chapter was never sealed, or was revealed otherwise.
    """
    await connection.execute(_SQL["reveal"], request.model_dump())
    held = await seal_of(connection, request.run, request.chapter)
    if held is None:
        raise TruthError("it was never sealed on this platform, so it cannot be revealed")
    if held.record_digest != request.record_digest:
        raise TruthError(
            f"it was revealed with record {held.record_digest}, and cannot be revealed anew "
            f"with {request.record_digest}"
        )
    return held


async def seal_of(connection: AnyConnection, run: str, chapter: int) -> Seal | None:
    """What is held of one chapter."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_SQL["seal"], {"run": run, "chapter": chapter})
        row = await cursor.fetchone()
    return None if row is None else Seal(**row)


async def seals(connection: AnyConnection, run: str | None = None) -> list[Seal]:
    """What is held of all chapters, or of those of one run; the newest run first."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_SQL["seals"], {"run": run})
        return [Seal(**row) for row in await cursor.fetchall()]
