"""One frame at a time: check, decode, detect, compare with zones, tell."""

from __future__ import annotations

import asyncio
import fnmatch
import logging
import time
from collections.abc import Sequence
from datetime import datetime

import cv2
import numpy as np
from psycopg_pool import PoolTimeout

from analytics.vision.catalogue import load_zone_rules
from analytics.vision.detect.port import Detector
from analytics.vision.door import Door
from analytics.vision.draft import Sighting, alert_key, draft_alert
from analytics.vision.inbox import Arrived
from analytics.vision.masking import PERSONAL, Picture
from analytics.vision.model import Detection, ZoneMemory, ZoneRule
from analytics.vision.zones import in_zone, step
from smartopia.alarms.model import AlertDraft
from smartopia.alarms.store import clear_alert, raise_alert
from smartopia.clock import utc_now
from smartopia.contract.frames import Frame
from smartopia.contract.topics import DeviceKey
from smartopia.errors import FrameRefusedError
from smartopia.metrics import Metrics
from smartopia.settings import Settings
from smartopia.store.connection import LOST, Pool
from smartopia.store.queries import load_queries
from smartopia.things.stage import field_ids

log = logging.getLogger(__name__)

_SQL = load_queries("analytics.vision", "sql/vision.sql")
_ACTOR = "vision"
_SEEN_PAUSE_S = 2.0
_STAGES_S = 0.5
# Zones and sizes are those of the stored pixels, whatever way up a viewer would show them.
_AS_STORED = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
DATABASE_AWAY = (*LOST, PoolTimeout)


class VisionWork:
    """Watches the zones of all cameras with one detector."""

    def __init__(
        self,
        settings: Settings,
        detector: Detector,
        door: Door,
        pool: Pool,
        metrics: Metrics,
    ) -> None:
        self._settings = settings
        self._detector = detector
        self._door = door
        self._pool = pool
        self._rules = load_zone_rules()
        self._metrics = metrics
        self._things: dict[DeviceKey, int] = {}
        self._field: frozenset[int] = frozenset()
        self._stages_at = -_STAGES_S
        self._memories: dict[tuple[str, DeviceKey], ZoneMemory] = {}
        self._seen_at: dict[DeviceKey, float] = {}

    async def frame(self, arrived: Arrived) -> None:
        """Look at one frame.

        Raises:
            psycopg.OperationalError: the database is away; the zone is looked at again with
                the next frame.
        """
        frame = arrived.frame
        try:
            picture = await asyncio.to_thread(_decode, frame)
        except FrameRefusedError as error:
            await self._door.refuse(arrived.camera, frame.jpeg, arrived.at, error)
            return
        began = time.monotonic()
        detections = (await asyncio.to_thread(self._detector.detect, [picture]))[0]
        self._metrics.observe("detect", time.monotonic() - began)
        self._metrics.count("frames_detected")
        self._metrics.count("objects", len(detections))
        thing = await self._thing(arrived.camera)
        if thing is None:
            self._metrics.count("frames_of_unknown_cameras")
            return
        await self._seen(arrived.camera, thing, arrived.at)
        if not await self._in_field(thing):
            self._metrics.count("frames_in_sandbox")
            return
        for rule in self._rules:
            if fnmatch.fnmatch(arrived.camera.device, rule.cameras):
                await self._zone(rule, arrived, frame, picture, detections)
        self._metrics.observe("frame_to_zone", (utc_now() - frame.phenomenon_time).total_seconds())

    async def _zone(
        self,
        rule: ZoneRule,
        arrived: Arrived,
        frame: Frame,
        picture: Picture,
        detections: Sequence[Detection],
    ) -> None:
        place = (rule.id, arrived.camera)
        found = in_zone(rule, detections, frame.width, frame.height)
        now = frame.phenomenon_time
        if place not in self._memories:
            self._memories[place] = await self._recall(alert_key(rule, arrived.camera), now)
        memory, outcome = step(rule, self._memories[place], bool(found), now)
        if outcome == "raised":
            sighting = Sighting(
                rule=rule,
                camera=arrived.camera,
                thing_id=self._things[arrived.camera],
                frame=frame,
                detections=hiding(detections, self._detector.labels, frame.width, frame.height),
                found=found,
                onset=memory.onset or now,
                detector=str(self._detector.name),
            )
            await self._raise(await asyncio.to_thread(draft_alert, sighting, picture))
            self._metrics.observe("frame_to_alert", (utc_now() - now).total_seconds())
        elif outcome == "cleared":
            await self._clear(alert_key(rule, arrived.camera), now)
        # Kept only now: where the database was away, the next frame tries again.
        self._memories[place] = memory

    async def _raise(self, draft: AlertDraft) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            kind = await raise_alert(
                connection,
                draft,
                utc_now(),
                actor=_ACTOR,
                evidence_days=self._settings.evidence_days,
            )
        if kind is not None:
            self._metrics.count(f"alerts_{kind}")

    async def _recall(self, key: str, now: datetime) -> ZoneMemory:
        """What was alarming when the process before this one ended is alarming still."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_SQL["active_alert"], {"key": key})
            row = await cursor.fetchone()
        if row is None:
            return ZoneMemory()
        return ZoneMemory(onset=row["onset"], active=True, last_seen=now)

    async def _clear(self, key: str, seen: datetime) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            kind = await clear_alert(connection, key, utc_now(), actor=_ACTOR, seen=seen)
        if kind is not None:
            self._metrics.count(f"alerts_{kind}")

    async def _thing(self, camera: DeviceKey) -> int | None:
        if camera not in self._things:
            async with self._pool.connection() as connection:
                cursor = await connection.execute(
                    _SQL["thing_id"], {"site": camera.site, "name": camera.device}
                )
                row = await cursor.fetchone()
            if row is None:
                return None
            self._things[camera] = row["id"]
        return self._things[camera]

    async def _in_field(self, thing: int) -> bool:
        """Whether a camera may raise alerts; a promotion counts from the next half second on."""
        now = time.monotonic()
        if now - self._stages_at >= _STAGES_S:
            async with self._pool.connection() as connection:
                self._field = await field_ids(connection)
            self._stages_at = now
        return thing in self._field

    async def _seen(self, camera: DeviceKey, thing: int, at: datetime) -> None:
        now = time.monotonic()
        if now - self._seen_at.get(camera, -_SEEN_PAUSE_S) >= _SEEN_PAUSE_S:
            self._seen_at[camera] = now
            async with self._pool.connection() as connection:
                await connection.execute(_SQL["seen"], {"id": thing, "at": at})


def hiding(
    detections: Sequence[Detection], labels: Sequence[str], width: int, height: int
) -> Sequence[Detection]:
    """The detections to mask by: the whole picture too, for what a model cannot tell at all."""
    unknown = PERSONAL.difference(labels)
    return [*detections, *(Detection(label, 0.0, (0, 0, width, height)) for label in unknown)]


def _decode(frame: Frame) -> Picture:
    picture = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), _AS_STORED)
    if picture is None:
        raise FrameRefusedError("the JPEG cannot be decoded")
    decoded: Picture = picture
    return decoded
