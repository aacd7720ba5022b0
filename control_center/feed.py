"""Brings to the consoles what happens: alerts from the database, values from the broker."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from nats.aio.msg import Msg
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from control_center.hub import Event, Hub
from control_center.views import alert_view, thing_view
from smartopia.bus.connection import Broker
from smartopia.bus.subjects import LIVE_THINGS, LIVE_VALUES
from smartopia.clock import utc_now
from smartopia.errors import UnavailableError
from smartopia.metrics import Metrics
from smartopia.settings import Settings
from smartopia.store.connection import LOST, connect_database
from smartopia.store.queries import load_queries
from smartopia.tasks import together

log = logging.getLogger(__name__)

_SQL = load_queries("control_center", "sql/alerts.sql")
_THINGS_SQL = load_queries("control_center", "sql/things.sql")
_FLUSH_S = 0.25
_LOOK_S = 1.0
_OVERLAP = timedelta(seconds=10)
_PAGE = 500


async def transitions_after(
    connection: AsyncConnection[Any], event_id: int, limit: int = _PAGE
) -> list[Event]:
    """The alert events after this one, in order."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_SQL["transitions_after"], {"after": event_id, "limit": limit})
        rows = await cursor.fetchall()
    return [
        Event(
            "alert",
            {"kind": row["transition_kind"], "alert": alert_view(row)},
            id=row["transition_id"],
        )
        for row in rows
    ]


class AlertFeed:
    """Tells every console of every transition, in order, as soon as it is committed."""

    def __init__(self, settings: Settings, hub: Hub, metrics: Metrics) -> None:
        self._settings = settings
        self._hub = hub
        self._metrics = metrics

    async def run(self) -> None:
        """Feed until cancelled, waiting out a database that is away."""
        while True:
            try:
                async with await connect_database(self._settings, "feed") as connection:
                    await connection.set_autocommit(True)
                    await connection.execute("LISTEN alert_transition")
                    await self._follow(connection)
            except (*LOST, UnavailableError) as error:
                log.warning("database lost: %s", str(error).strip().split("\n")[0])
                await asyncio.sleep(0.25)

    async def _follow(self, connection: AsyncConnection[Any]) -> None:
        while True:
            events = await transitions_after(connection, self._hub.last_event_id)
            for event in events:
                self._measure(event)
                self._metrics.count("slow_consoles", self._hub.broadcast(event))
            self._metrics.count("alert_events", len(events))
            if len(events) < _PAGE:
                # A notice wakes us at once; without one we look each second all the same.
                async for _ in connection.notifies(timeout=_LOOK_S, stop_after=1):
                    pass
                await connection.execute("SELECT 1")

    def _measure(self, event: Event) -> None:
        alert = event.data["alert"]
        seen = alert["phenomenon_time"]
        if event.data["kind"] not in {"raised", "reraised"} or seen is None:
            return
        if alert["thing"]["clock"] == "live":
            source = "sensor" if alert["datastream"] else "camera"
            delay = (utc_now() - datetime.fromisoformat(seen)).total_seconds()
            self._metrics.observe(f"{source}_phenomenon_to_console", delay)


async def last_event_id(connection: AsyncConnection[Any]) -> int:
    """The newest transition there is."""
    cursor = await connection.execute(_SQL["last_event_id"])
    row = await cursor.fetchone()
    if row is None:
        return 0
    return int(row["id"] if isinstance(row, dict) else row[0])


class ValueFeed:
    """The newest value of each datastream, four times a second."""

    def __init__(self, broker: Broker, hub: Hub, metrics: Metrics) -> None:
        self._broker = broker
        self._hub = hub
        self._metrics = metrics
        self._values: dict[int, list[Any]] = {}

    async def run(self) -> None:
        """Feed until cancelled."""
        await self._broker.client.subscribe(LIVE_VALUES, cb=self._take)
        while True:
            await asyncio.sleep(_FLUSH_S)
            if self._values:
                values, self._values = self._values, {}
                slow = self._hub.broadcast(Event("values", list(values.values())))
                self._metrics.count("slow_consoles", slow)

    async def _take(self, message: Msg) -> None:
        for value in json.loads(message.data):
            held = self._values.get(value[0])
            # RFC 3339 in UTC with fixed digits sorts as text.
            if held is None or held[1] <= value[1]:
                self._values[value[0]] = value


class ThingFeed:
    """Devices that are new or changed: as ingest tells, and by their stage and checks."""

    def __init__(self, settings: Settings, broker: Broker, hub: Hub) -> None:
        self._settings = settings
        self._broker = broker
        self._hub = hub
        self._changed: set[int] = set()
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Feed until cancelled."""

        async def take(message: Msg) -> None:
            self._mark(json.loads(message.data))

        await self._broker.client.subscribe(LIVE_THINGS, cb=take)
        await together(self._listen(), self._flush())

    def _mark(self, ids: Iterable[int]) -> None:
        self._changed.update(ids)
        self._wake.set()

    async def _listen(self) -> None:
        """Hear of stages and checks, waiting out a database that is away."""
        heard = utc_now()
        while True:
            try:
                async with await connect_database(self._settings, "stages") as connection:
                    await connection.set_autocommit(True)
                    await connection.execute("LISTEN thing_changed")
                    # What changed while nobody listened; told twice rather than not at all.
                    since = {"since": heard - _OVERLAP}
                    cursor = await connection.execute(_THINGS_SQL["changed_since"], since)
                    self._mark([thing_id for (thing_id,) in await cursor.fetchall()])
                    while True:
                        async for notice in connection.notifies(timeout=_LOOK_S, stop_after=1):
                            self._mark([int(notice.payload)])
                        await connection.execute("SELECT 1")
                        heard = utc_now()
            except (*LOST, UnavailableError) as error:
                log.warning("database lost: %s", str(error).strip().split("\n")[0])
                await asyncio.sleep(_FLUSH_S)

    async def _flush(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            await asyncio.sleep(_FLUSH_S)
            changed, self._changed = self._changed, set()
            try:
                await self._tell(list(changed))
            except (*LOST, UnavailableError):
                self._mark(changed)
                await asyncio.sleep(1)

    async def _tell(self, ids: list[int]) -> None:
        connection = await connect_database(self._settings, "things")
        async with connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(_THINGS_SQL["things"], {"ids": ids})
            for row in await cursor.fetchall():
                self._hub.broadcast(Event("thing", thing_view(row)))
