"""Brings to the consoles what detectors see: what, when and where; the pictures they fetch."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from nats.aio.msg import Msg
from psycopg.rows import dict_row

from control_center.cameras import Cameras, watched_view
from control_center.hub import Event, Hub
from smartopia.bus.connection import Broker
from smartopia.bus.sightings import read_sighting
from smartopia.clock import utc_now
from smartopia.contract.topics import DeviceKey
from smartopia.crossings import CROSSINGS, Crossings
from smartopia.errors import RefusedMessageError, UnavailableError
from smartopia.metrics import Metrics
from smartopia.seen import SEEN
from smartopia.settings import Settings
from smartopia.store.connection import LOST, connect_database
from smartopia.store.queries import load_queries
from smartopia.tasks import together

log = logging.getLogger(__name__)

_SQL = load_queries("control_center", "sql/cameras.sql")
_FLUSH_S = 0.25
_ASK_AGAIN_S = 2.0


class CameraFeed:
    """The newest picture of each camera, four times a second; who crossed its wires, when asked."""

    def __init__(
        self, settings: Settings, broker: Broker, hub: Hub, cameras: Cameras, metrics: Metrics
    ) -> None:
        self._settings = settings
        self._broker = broker
        self._hub = hub
        self._cameras = cameras
        self._metrics = metrics
        self._unknown = asyncio.Event()

    async def run(self) -> None:
        """Feed until cancelled."""
        await self._broker.client.subscribe(f"{SEEN}.>", cb=self._take)
        await self._broker.client.subscribe(f"{CROSSINGS}.>", cb=self._count)
        await together(self._flush(), self._learn())

    async def _take(self, message: Msg) -> None:
        sighted = read_sighting(message, self._metrics)
        if sighted is None:
            return
        self._metrics.count("sightings")
        self._cameras.take(sighted, utc_now())

    async def _count(self, message: Msg) -> None:
        try:
            self._cameras.crossings.take(Crossings.decode(message.data), utc_now())
        except RefusedMessageError as error:
            log.warning("%s: %s", message.subject, error)

    async def _flush(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_S)
            now = utc_now()
            self._cameras.forget(now)
            told = list(self._told(now))
            if told:
                slow = self._hub.broadcast(Event("cameras", told))
                self._metrics.count("slow_consoles", slow)

    def _told(self, now: datetime) -> Iterator[dict[str, Any]]:
        for key in self._cameras.news():
            thing, watched = self._cameras.thing(key), self._cameras.watched(key, now)
            if thing is None:
                self._unknown.set()
            elif watched is not None:
                yield {"id": thing, **watched_view(watched, now)}

    async def _learn(self) -> None:
        """Ask which devices the cameras are, where one is new; not too often."""
        while True:
            await self._unknown.wait()
            self._unknown.clear()
            try:
                async with (
                    await connect_database(self._settings, "cameras") as connection,
                    connection.cursor(row_factory=dict_row) as cursor,
                ):
                    await cursor.execute(_SQL["camera_keys"])
                    rows = await cursor.fetchall()
            except (*LOST, UnavailableError):
                pass  # the watch tells; it is asked again with the next picture
            else:
                self._cameras.learn(
                    {DeviceKey(row["site"], row["name"]): row["id"] for row in rows}
                )
            await asyncio.sleep(_ASK_AGAIN_S)
