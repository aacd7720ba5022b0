"""The situations process."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from contextlib import suppress

import psycopg
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from analytics.vision.situations.catalogue import load_situation_rules
from analytics.vision.watching.crossings_kept import keep_crossings, kept_crossings
from analytics.vision.watching.desk import SILENT_S, Desk
from analytics.vision.watching.duty import Duty, tell_away
from analytics.vision.watching.needs import in_words
from analytics.vision.watching.outbox import Outbox
from analytics.vision.watching.roster import Roster, active_alerts
from analytics.vision.watching.writing import Writer
from smartopia.alive import tell_alive
from smartopia.bus.connection import Broker, connect_broker
from smartopia.bus.health import Reporter
from smartopia.bus.sightings import read_sighting
from smartopia.crossings import crossings_of
from smartopia.metrics import Metrics
from smartopia.seen import SEEN
from smartopia.settings import Settings
from smartopia.store.connection import LOST, Pool, database_pool
from smartopia.tasks import first_of

log = logging.getLogger(__name__)

_TURN_S = 0.1
_LOAD_S = 0.5
_RECALL_S = 10.0
_KEEP_S = 10.0  # of what was watched, so much a process that is killed does not leave behind
_LAST_S = 1.0
_COUNT_S, _ALL_COUNTS = 1.0, 5


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
        self._alive_fd = settings.alive_fd
        self._recall_at = self._deaf_until = time.monotonic()

    async def run(self, stop: asyncio.Event) -> None:
        await self._broker.client.subscribe(f"{SEEN}.>", cb=self._take)
        await first_of(
            stop,
            self._duty.run(),
            self._turns(),
            self._loads(),
            self._writer.run(),
            self._keeps(),
            self._counts(),
            tell_alive(self._alive_fd),
        )
        with suppress(TimeoutError):
            await asyncio.wait_for(self._keep(), _LAST_S)

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
            except LOST as error:
                tell_away(self._reporter, error)
            await asyncio.sleep(_LOAD_S)

    async def _counts(self) -> None:
        """Tell who crossed wires: what is new each second, all there is now and then."""
        for second in itertools.count():
            await asyncio.sleep(_COUNT_S)
            for counted in self._desk.crossings(changed=second % _ALL_COUNTS != 0):
                payload = counted.model_dump_json().encode()
                try:
                    await self._broker.client.publish(crossings_of(counted.camera), payload)
                except NatsError as error:  # all of it is told again
                    log.warning("crossings could not be told: %s", error)

    async def _keeps(self) -> None:
        """Write down when cameras were watched, and what was counted on them."""
        while True:
            await asyncio.sleep(_KEEP_S)
            await self._keep()

    async def _keep(self) -> None:
        try:
            async with self._pool.connection() as connection:
                await self._desk.spells.keep(connection)
                counted = self._desk.unkept()
                await keep_crossings(connection, counted)
                self._desk.kept(counted)
        except LOST as error:
            tell_away(self._reporter, error)
        except psycopg.Error as error:  # alerts go on
            log.error("what was watched and counted was not taken: %s", error, exc_info=error)
            self._metrics.count("spells_refused")

    async def _load(self) -> None:
        now = time.monotonic()
        async with self._pool.connection() as connection:
            if now >= self._recall_at and not self._outbox:
                self._recall_at = now + _RECALL_S
                self._desk.recall(await active_alerts(connection), now)
                if not self._desk.resumed:
                    self._desk.resume(await kept_crossings(connection))
            await self._roster.load(connection, self._desk.silences(now))
        if not self._broker.connected:
            self._deaf_until = now
        elif now - self._deaf_until >= SILENT_S:
            self._outbox.put(self._desk.close_silent(now - SILENT_S))
        self._reporter.notes = in_words(self._desk.lacks(self._roster.posts))
