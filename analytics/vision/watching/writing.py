"""Runs errands against the database, the oldest first, however long it is away."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

import psycopg
from psycopg.types.json import Jsonb

from analytics.vision.watching.model import Clear, Errand, Raise, Renew
from analytics.vision.watching.outbox import Outbox
from analytics.vision.watching.roster import ACTOR
from smartopia.alarms.model import TransitionKind
from smartopia.alarms.store import clear_alert, raise_alert
from smartopia.bus.health import Reporter
from smartopia.clock import utc_now
from smartopia.evidence import keep_sealed
from smartopia.metrics import Metrics
from smartopia.settings import Settings
from smartopia.store.connection import LOST, DictConnection, Pool
from smartopia.store.queries import load_queries

log = logging.getLogger(__name__)

_SQL = load_queries("analytics.vision.watching", "sql/watching.sql")
_PAUSE_S = 0.5


class Writer:
    """Runs what waits in an outbox."""

    def __init__(
        self, settings: Settings, outbox: Outbox, pool: Pool, reporter: Reporter, metrics: Metrics
    ) -> None:
        self._settings = settings
        self._outbox = outbox
        self._pool = pool
        self._reporter = reporter
        self._metrics = metrics

    async def run(self) -> None:
        """Run errands until cancelled."""
        while True:
            errand = await self._outbox.first()
            try:
                async with self._pool.connection() as connection, connection.transaction():
                    kind = await self._write(connection, errand)
            except LOST as error:
                log.warning("database: %s", error)
                self._reporter.degraded(
                    "alerts_wait",
                    f"{len(self._outbox)} changes of alerts wait for the database; cameras are "
                    "watched meanwhile, nothing is lost",
                )
                await asyncio.sleep(_PAUSE_S)
                continue
            except psycopg.Error as error:  # the database does not take it; the next may do
                log.error("%s was not taken: %s", type(errand).__name__, error, exc_info=error)
                self._metrics.count("errands_refused")
                kind = None
            self._outbox.done()
            self._reporter.recovered("alerts_wait")
            self._count(errand, kind)

    def _count(self, errand: Errand, kind: TransitionKind | None) -> None:
        if kind is None:
            return
        self._metrics.count(f"alerts_{kind}")
        if isinstance(errand, Raise) and errand.draft.seen is not None:
            waited = utc_now() - errand.draft.seen
            self._metrics.observe("frame_to_alert", waited.total_seconds())

    async def _write(self, connection: DictConnection, errand: Errand) -> TransitionKind | None:
        match errand:
            case Raise():
                return await self._raise(connection, errand)
            case Renew(key, description, evidence):
                facts = {"key": key, "description": description, "evidence": Jsonb(evidence)}
                await connection.execute(_SQL["renew"], facts)
                return None
            case Clear(key, seen):
                return await clear_alert(connection, key, utc_now(), actor=ACTOR, seen=seen)

    async def _raise(self, connection: DictConnection, errand: Raise) -> TransitionKind | None:
        draft, now = errand.draft, utc_now()
        days = self._settings.evidence_days
        kind = await raise_alert(connection, draft, now, actor=ACTOR, evidence_days=days)
        if kind is not None and errand.sealed and draft.images:
            cursor = await connection.execute(_SQL["open_alert"], {"key": draft.key})
            row = await cursor.fetchone()
            if row is not None:
                await self._keep(connection, row["id"], errand, now + timedelta(days=days))
        return kind

    async def _keep(
        self, connection: DictConnection, alert_id: int, errand: Raise, until: datetime
    ) -> None:
        """Keep the sealed frame; where that fails there is an alert all the same."""
        taken_at = errand.draft.images[0].taken_at
        try:
            async with connection.transaction():
                await keep_sealed(connection, alert_id, errand.sealed, taken_at, until)
        except psycopg.Error as error:
            if isinstance(error, LOST):
                raise
            log.error("the sealed frame of alert %d was not taken: %s", alert_id, error)
            self._metrics.count("sealed_refused")
