"""Watches the parts: takes their heartbeats, asks the servers, and tells the consoles."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.errors import Error as JetStreamError

from control_center.health import FORGET_S, assess
from control_center.hub import Event, Hub
from control_center.pulse import DatabaseQuestion, Pulse
from smartopia.bus.connection import Broker
from smartopia.bus.health import Heartbeat, read_heartbeat
from smartopia.bus.log import backlogs
from smartopia.bus.subjects import HEALTH
from smartopia.clock import utc_now
from smartopia.settings import Settings

_PERIOD_S = 1.0


class Watch:
    """The health of the city, brought up to date every second."""

    def __init__(self, settings: Settings, broker: Broker, hub: Hub) -> None:
        self._broker = broker
        self._hub = hub
        self._beats: dict[str, Heartbeat] = {}
        self._backlog: dict[str, int] = {}
        self._question = DatabaseQuestion(settings)
        self._database_pulse = Pulse(self._question.ask, self._question.failures)
        self._broker_pulse = Pulse(self._ask_backlog, (NatsError, JetStreamError, TimeoutError))
        self.health: dict[str, Any] = {}

    async def run(self) -> None:
        """Watch until cancelled."""
        await self._broker.client.subscribe(f"{HEALTH}.>", cb=self._take)
        # Parts that run have a second to say so before they are called missing.
        await asyncio.sleep(2 * _PERIOD_S)
        try:
            while True:
                self._look()
                self._hub.broadcast(Event("health", self.health))
                await asyncio.sleep(_PERIOD_S)
        finally:
            self._database_pulse.stop()
            self._broker_pulse.stop()
            await self._question.close()

    async def _take(self, message: Msg) -> None:
        beat = read_heartbeat(message.data)
        if beat is not None:
            # By our clock: another machine's may be off.
            self._beats[beat.instance] = beat.model_copy(update={"at": utc_now()})

    def _look(self) -> None:
        self._database_pulse.poke()
        if self._broker.connected:
            self._broker_pulse.poke()
        now = utc_now()
        broker_up = self._broker.connected and self._broker_pulse.beats()
        if broker_up:
            oldest = now - timedelta(seconds=FORGET_S)
            self._beats = {key: beat for key, beat in self._beats.items() if beat.at > oldest}
        self.health = assess(
            self._beats,
            now,
            broker_up=broker_up,
            database_up=self._database_pulse.beats(),
            backlog=self._backlog,
        )

    async def _ask_backlog(self) -> None:
        self._backlog = await backlogs(self._broker)
