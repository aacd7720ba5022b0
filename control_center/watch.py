"""Watches the parts: takes their heartbeats, asks the servers, and tells the consoles."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.errors import Error as JetStreamError

from control_center.health import FORGET_S, assess
from control_center.hub import Event, Hub
from smartopia.bus.connection import Broker
from smartopia.bus.health import Heartbeat, read_heartbeat
from smartopia.bus.log import backlogs
from smartopia.bus.subjects import HEALTH
from smartopia.clock import utc_now

log = logging.getLogger(__name__)

_PERIOD_S = 1.0


class Watch:
    """The health of the city, brought up to date every second."""

    def __init__(self, broker: Broker, hub: Hub) -> None:
        self._broker = broker
        self._hub = hub
        self._beats: dict[str, Heartbeat] = {}
        self._backlog: dict[str, int] = {}
        self.database_up = True
        self.health: dict[str, Any] = {}

    async def run(self) -> None:
        """Watch until cancelled."""
        await self._broker.client.subscribe(f"{HEALTH}.>", cb=self._take)
        # Parts that run have a second to say so before they are called missing.
        await asyncio.sleep(2 * _PERIOD_S)
        while True:
            await self._look()
            self._hub.broadcast(Event("health", self.health))
            await asyncio.sleep(_PERIOD_S)

    async def _take(self, message: Msg) -> None:
        beat = read_heartbeat(message.data)
        if beat is not None:
            self._beats[beat.instance] = beat

    async def _look(self) -> None:
        now = utc_now()
        oldest = now - timedelta(seconds=FORGET_S)
        if self._broker.connected:
            self._beats = {key: beat for key, beat in self._beats.items() if beat.at > oldest}
            try:
                self._backlog = await backlogs(self._broker)
            except (NatsError, JetStreamError, TimeoutError) as error:
                log.debug("backlog: %r", error)
        self.health = assess(
            self._beats,
            now,
            broker_up=self._broker.connected,
            database_up=self.database_up,
            backlog=self._backlog,
        )
