"""The situations process."""

from __future__ import annotations

import asyncio
import logging
import time

from nats.aio.msg import Msg

from analytics.vision.situations.catalogue import load_situation_rules
from analytics.vision.watching.desk import SILENT_S, Desk
from analytics.vision.watching.duty import Duty, tell_away
from analytics.vision.watching.needs import in_words
from analytics.vision.watching.outbox import Outbox
from analytics.vision.watching.roster import Roster, active_alerts
from analytics.vision.watching.writing import DATABASE_AWAY, Writer
from smartopia.bus.connection import Broker, connect_broker
from smartopia.bus.health import Reporter
from smartopia.bus.sightings import read_sighting
from smartopia.cli.run import first_of
from smartopia.metrics import Metrics
from smartopia.seen import SEEN
from smartopia.settings import Settings
from smartopia.store.connection import Pool, database_pool

log = logging.getLogger(__name__)

_TURN_S = 0.1
_LOAD_S = 0.5
_RECALL_S = 10.0


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Watch for situations until stop is set."""
    metrics = Metrics()
    async with Reporter(settings, "analytics-situations", metrics) as reporter:
        broker = await connect_broker(settings, "situations")
        try:
            async with database_pool(settings, "situations", 2) as pool:
                watching = _Watching(settings, broker, pool, reporter, metrics)
                await watching.run(stop)
        finally:
            await broker.close()


class _Watching:
    """The desk, with what it is fed from and what it feeds."""

    def __init__(
        self, settings: Settings, broker: Broker, pool: Pool, reporter: Reporter, metrics: Metrics
    ) -> None:
        self._broker = broker
        self._pool = pool
        self._reporter = reporter
        self._metrics = metrics
        self._desk = Desk(load_situation_rules(), metrics)
        self._roster = Roster()
        self._outbox = Outbox()
        self._writer = Writer(settings, self._outbox, pool, reporter, metrics)
        self._duty = Duty(
            settings,
            reporter,
            begin=self._begin,
            rest=self._desk.rest,
            redrawn=self._roster.outdated,
        )
        self._recall_at = self._deaf_until = time.monotonic()

    async def run(self, stop: asyncio.Event) -> None:
        await self._broker.client.subscribe(f"{SEEN}.>", cb=self._take)
        await first_of(stop, self._duty.run(), self._turns(), self._loads(), self._writer.run())

    def _begin(self) -> None:
        self._roster.outdated()
        self._recall_at = time.monotonic()

    async def _take(self, message: Msg) -> None:
        if not self._duty.held:
            return
        sighted = read_sighting(message, self._metrics)
        if sighted is None:
            return
        self._desk.put(sighted, time.monotonic())
        self._turn()

    def _turn(self) -> None:
        errands = self._desk.step(self._roster.posts, time.monotonic())
        self._metrics.count("pictures_left_out", self._outbox.put(errands))

    async def _turns(self) -> None:
        """Let frames go on that have waited long enough."""
        while True:
            await asyncio.sleep(_TURN_S)
            self._turn()

    async def _loads(self) -> None:
        """Keep up with what the database knows of the cameras."""
        while True:
            try:
                if self._duty.held:
                    await self._load()
                    self._reporter.recovered("database_lost")
            except DATABASE_AWAY as error:
                tell_away(self._reporter, error)
            await asyncio.sleep(_LOAD_S)

    async def _load(self) -> None:
        now = time.monotonic()
        async with self._pool.connection() as connection:
            if now >= self._recall_at and not self._outbox:
                self._recall_at = now + _RECALL_S
                self._desk.recall(await active_alerts(connection), now)
            await self._roster.load(connection, self._desk.silences(now))
        if not self._broker.connected:
            self._deaf_until = now
        elif now - self._deaf_until >= SILENT_S:
            self._outbox.put(self._desk.close_silent(now - SILENT_S))
        self._reporter.notes = in_words(self._desk.lacks(self._roster.posts))
