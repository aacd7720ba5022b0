"""Keeps what a check of a device found, so that it can be promoted by it."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from smartopia.contract.topics import DeviceKey
from smartopia.settings import Settings
from smartopia.store.connection import connect_database
from smartopia.store.queries import load_queries
from smartopia.things.stage import find_thing

_SQL = load_queries("smartopia.things", "sql/things.sql")


async def keep_check(
    settings: Settings,
    key: DeviceKey,
    *,
    passed: bool,
    grade: str,
    announce_digest: str,
    report: dict[str, Any],
) -> None:
    """Keep a check's report with its thing.

    Raises:
        StageError: the device has not announced itself.
        UnavailableError: the database cannot be reached.
    """
    async with await connect_database(settings, "device-check") as connection:
        await connection.execute(
            _SQL["keep_check"],
            {
                "thing_id": await find_thing(connection, key.site, key.device),
                "grade": grade,
                "passed": passed,
                "announce_digest": announce_digest,
                "report": Jsonb(report),
            },
        )
        await connection.commit()
