"""Sandbox and field: which things may raise alerts, and how one gets there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from smartopia.contract.topics import DeviceKey
from smartopia.errors import StageError
from smartopia.store.queries import load_queries

_SQL = load_queries("smartopia.things", "sql/things.sql")
Row = dict[str, Any]


class Stage(StrEnum):
    """`sandbox`: stored and shown, raises no alert. `field`: raises alerts."""

    SANDBOX = "sandbox"
    FIELD = "field"


async def promote(
    connection: AsyncConnection[Any], thing_id: int, *, by: str, now: datetime
) -> None:
    """Let a thing raise alerts, in the open transaction.

    Raises:
        StageError: no check of what it announces now has passed; says what to do.
    """
    thing = await _locked(connection, thing_id)
    if thing["stage"] == Stage.FIELD:
        return
    check = await _one(connection, "newest_check", {"id": thing_id})
    problem = why_not(str(thing["name"]), thing["announce_digest"], check)
    if problem is not None:
        raise StageError(problem)
    await connection.execute(
        _SQL["set_stage"], {"id": thing_id, "stage": Stage.FIELD, "now": now, "by": by}
    )


async def withdraw(
    connection: AsyncConnection[Any], thing_id: int, *, by: str, now: datetime
) -> None:
    """Put a thing back into the sandbox, in the open transaction; open alerts stay.

    Raises:
        StageError: there is no such thing.
    """
    await _locked(connection, thing_id)
    await connection.execute(
        _SQL["set_stage"], {"id": thing_id, "stage": Stage.SANDBOX, "now": now, "by": by}
    )


async def forget(
    connection: AsyncConnection[Any], site: str, name: str, *, by: str, now: datetime
) -> None:
    """Whoever comes under this name next begins in the sandbox, in the open transaction."""
    await connection.execute(_SQL["strike_out"], {"site": site, "name": name})
    found = await _one(connection, "find_thing", {"site": site, "name": name})
    if found is not None:
        await withdraw(connection, int(found["id"]), by=by, now=now)


def why_not(name: str, announce_digest: str | None, check: Row | None) -> str | None:
    """Why a thing may not go to the field, in words; None if it may.

    Args:
        name: the thing's.
        announce_digest: of what it announces now.
        check: its newest check (at, grade, passed, announce_digest), if there is one.
    """
    again = f"run `smartopia device check {name}`"
    if check is None:
        return f"{name} has not been checked: {again}"
    if not check["passed"]:
        return (
            f"{name} did not pass its newest check (grade {check['grade']}): mend it, then {again}"
        )
    if check["announce_digest"] != announce_digest:
        return f"{name} announces something else than when it was checked: {again}"
    return None


async def enlist(
    connection: AsyncConnection[Any], site: str, names: Sequence[str], *, by: str
) -> None:
    """Let these devices begin in the field, in the open transaction.

    A thing that somebody put into the sandbox stays there.
    """
    await connection.execute(_SQL["enlist"], {"site": site, "names": list(names), "by": by})
    await connection.execute(_SQL["stage_enlisted"])


async def find_thing(connection: AsyncConnection[Any], site: str, name: str) -> int:
    """A thing's id.

    Raises:
        StageError: it has not announced itself.
    """
    row = await _one(connection, "find_thing", {"site": site, "name": name})
    if row is None:
        raise StageError(f"{site}/{name} has not announced itself; start it, or look at its name")
    return int(row["id"])


async def stages(connection: AsyncConnection[Any]) -> dict[DeviceKey, str]:
    """The stage of every device that has one, with the grade of its newest check."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_SQL["stages"])
        return {DeviceKey(row["site"], row["name"]): _words(row) for row in await cursor.fetchall()}


def _words(row: Row) -> str:
    checked = f"grade {row['grade']}" if row["grade"] else "not checked"
    return f"{row['stage']:8} {checked}"


async def field_ids(connection: AsyncConnection[Any]) -> frozenset[int]:
    """The ids of the things that may raise alerts."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_SQL["field_ids"])
        return frozenset(row["id"] for row in await cursor.fetchall())


async def _locked(connection: AsyncConnection[Any], thing_id: int) -> Row:
    row = await _one(connection, "lock_thing", {"id": thing_id})
    if row is None:
        raise StageError(f"there is no thing {thing_id}")
    return row


async def _one(connection: AsyncConnection[Any], name: str, values: Row) -> Row | None:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_SQL[name], values)
        return await cursor.fetchone()
