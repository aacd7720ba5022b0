"""Keeps a masked clip of each moment that operators are to be asked about."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from control_center.moments import CLIP, HOUR, Moment, choose, clip_of, hour_of
from smartopia.clock import utc_now
from smartopia.contract.topics import DeviceKey
from smartopia.errors import UnavailableError
from smartopia.metrics import Metrics
from smartopia.seen import Sighted
from smartopia.settings import Settings
from smartopia.store.connection import LOST, Pool
from smartopia.store.queries import load_queries
from smartopia.tasks import together

log = logging.getLogger(__name__)

_SQL = load_queries("control_center", "sql/spot_checks.sql")
# What detectors see comes a little later than it happens.
_LAG = timedelta(seconds=1)
_ASK_AGAIN_S = 5.0
_SETTLE_S = 10.0
SETTLED_AFTER = timedelta(seconds=60)
"""An alert about a moment comes by then; a moment with an alert is none to be checked."""


class Recent(Protocol):
    """Who has the newest masked pictures of each camera."""

    def recent(self, key: DeviceKey) -> Sequence[Sighted]:
        """Those of the last 12 s, oldest first."""


class SpotChecks:
    """Chooses moments hour by hour, and keeps their clips."""

    def __init__(self, settings: Settings, pool: Pool, cameras: Recent, metrics: Metrics) -> None:
        self._settings = settings
        self._pool = pool
        self._cameras = cameras
        self._metrics = metrics

    async def run(self) -> None:
        """Choose and keep until cancelled."""
        await together(self._choose(), self._settle())

    async def keep(self, key: DeviceKey, moment: Moment, now: datetime) -> bool:
        """Keep the clip that ends now; false where the camera showed too little.

        A moment that is kept already, by another control center, is left as it is.
        """
        clip = clip_of(self._cameras.recent(key))
        self._metrics.count("spot_checks_kept" if clip else "spot_checks_without_pictures")
        if not clip:
            return False
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(
                _SQL["insert_check"],
                {
                    "thing_id": moment.thing,
                    "moment_at": moment.at,
                    "begins_at": clip[0].seen.time,
                    "ends_at": clip[-1].seen.time,
                    "probability": moment.probability,
                },
            )
            row = await cursor.fetchone()
            if row is None:
                return True
            expires_at = now + timedelta(days=self._settings.evidence_days)
            await connection.cursor().executemany(
                _SQL["insert_picture"],
                [
                    {
                        "check_id": row["id"],
                        "ordinal": ordinal,
                        "taken_at": one.seen.time,
                        "jpeg": one.masked,
                        "expires_at": expires_at,
                    }
                    for ordinal, one in enumerate(clip)
                ],
            )
        return True

    async def settle(self, now: datetime) -> None:
        """Drop the checks of moments that turned out to have an alert; the others can be shown."""
        parameters = {"now": now, "settled_after": SETTLED_AFTER + CLIP, "clip": CLIP}
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(_SQL["drop_alerted"], parameters)
            await connection.execute(_SQL["make_ready"], parameters)

    async def _choose(self) -> None:
        while True:
            hour = hour_of(utc_now())
            keys = await self.keys()
            for moment in choose(list(keys), hour, self._settings.spot_checks, self._settings.site):
                end = moment.at + CLIP + _LAG
                if end < utc_now():
                    continue  # it was over before we started
                await _until(end)
                try:
                    await self.keep(keys[moment.thing], moment, utc_now())
                except LOST as error:
                    log.warning("a spot check is lost: %s", error)
            await _until(hour + HOUR)

    async def _settle(self) -> None:
        while True:
            try:
                await self.settle(utc_now())
            except LOST as error:
                log.warning("spot checks are not settled: %s", error)
            await asyncio.sleep(_SETTLE_S)

    async def keys(self) -> dict[int, DeviceKey]:
        """The cameras that raise alerts, by their ids, as soon as there are any."""
        while True:
            try:
                async with self._pool.connection() as connection:
                    rows = await (await connection.execute(_SQL["field_cameras"])).fetchall()
            except (*LOST, UnavailableError) as error:
                log.warning("no spot checks are chosen yet: %s", error)
            else:
                if rows:
                    return {row["id"]: DeviceKey(row["site"], row["name"]) for row in rows}
            await asyncio.sleep(_ASK_AGAIN_S)


async def _until(instant: datetime) -> None:
    await asyncio.sleep(max(0.0, (instant - utc_now()).total_seconds()))
