"""The counts of crossings in the database, so that whoever counts next can go on."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from psycopg.types.json import Jsonb
from pydantic import ValidationError

from smartopia.contract.base import refusal
from smartopia.crossings import Crossings
from smartopia.store.connection import DictConnection
from smartopia.store.queries import load_queries

log = logging.getLogger(__name__)

_SQL = load_queries("analytics.vision.watching", "sql/watching.sql")


async def keep_crossings(connection: DictConnection, told: Sequence[Crossings]) -> None:
    """Write down what is counted on these cameras, in place of what was."""
    rows = [
        {"site": one.site, "name": one.device, "told": Jsonb(one.model_dump(mode="json"))}
        for one in told
    ]
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.executemany(_SQL["keep_crossings"], rows)


async def kept_crossings(connection: DictConnection) -> list[Crossings]:
    """What was counted on each camera until it was last written down."""
    cursor = await connection.execute(_SQL["kept_crossings"])
    found = []
    for row in await cursor.fetchall():
        try:
            found.append(Crossings.model_validate(row["told"]))
        except ValidationError as error:  # kept by another version
            log.error("crossings counted before are left out: %s", refusal(error))
    return found
