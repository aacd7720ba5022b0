"""Deletes what is past its time. On a connection of its own: it may take long, and must not
hold up what comes in.
"""

from __future__ import annotations

import asyncio
import logging

import psycopg
from nats.errors import Error as NatsError

from smartopia.bus.connection import Broker
from smartopia.bus.log import forget_retained_frames
from smartopia.errors import UnavailableError
from smartopia.settings import Settings
from smartopia.store.connection import connect_database
from smartopia.store.queries import load_queries

log = logging.getLogger(__name__)

_SQL = load_queries("ingest", "sql/housekeeping.sql")
PERIOD_S = 600.0
_FIRST_S = 10.0


async def keep_house(settings: Settings, broker: Broker) -> None:
    """Do all chores now and then until cancelled; what fails is logged and tried again."""
    # Not while ingest starts: after an outage there is something better to do.
    await asyncio.sleep(min(_FIRST_S, PERIOD_S))
    while True:
        try:
            await _chores(settings)
            await forget_retained_frames(broker)
        except (psycopg.Error, UnavailableError, NatsError, TimeoutError) as error:
            log.warning("housekeeping put off: %s", str(error).strip().split("\n")[0])
        await asyncio.sleep(PERIOD_S)


async def _chores(settings: Settings) -> None:
    async with await connect_database(settings, "housekeeping") as connection:
        await connection.set_autocommit(True)
        await connection.execute("SET statement_timeout = 0")
        for name, statement in _SQL.items():
            cursor = await connection.execute(statement)
            row = await cursor.fetchone() if cursor.description else None
            log.info("housekeeping: %s: %d", name, row[0] if row else cursor.rowcount)
