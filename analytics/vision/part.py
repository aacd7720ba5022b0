"""The vision process."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from nats.aio.msg import Msg

from analytics.vision.catalogue import load_zone_rules
from analytics.vision.door import Door
from analytics.vision.inbox import Inbox
from smartopia.bus.connection import Broker, connect_broker
from smartopia.bus.health import Reporter
from smartopia.cli.run import first_of
from smartopia.clock import utc_now
from smartopia.contract.topics import SUBJECT_PREFIX, DeviceKey
from smartopia.errors import ConfigurationError, DetectorMissingError
from smartopia.metrics import Metrics
from smartopia.settings import Settings
from smartopia.store.connection import database_pool

if TYPE_CHECKING:
    from analytics.vision.detect.port import Detector

log = logging.getLogger(__name__)

_TRY_AGAIN_S = 30.0
# One process of the group gets each frame, so more processes are more frames a second.
_QUEUE = "detectors"


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Watch the cameras until stop is set."""
    metrics = Metrics()
    async with Reporter(settings, "analytics-vision", metrics) as reporter:
        broker = await connect_broker(settings, "vision")
        inbox = Inbox()
        try:
            door = Door(broker, metrics)
            await _receive(broker, door, inbox, metrics)
            await first_of(stop, _watch(settings, door, inbox, reporter, metrics))
        finally:
            await broker.close()


async def _receive(broker: Broker, door: Door, inbox: Inbox, metrics: Metrics) -> None:
    async def take(message: Msg) -> None:
        _, _, site, device, _ = message.subject.split(".")
        arrived = await door.admit(DeviceKey(site, device), message.data, utc_now())
        if arrived is not None and inbox.put(arrived):
            metrics.count("frames_dropped")

    await broker.client.subscribe(f"{SUBJECT_PREFIX}.*.*.frames", queue=_QUEUE, cb=take)


async def _watch(
    settings: Settings, door: Door, inbox: Inbox, reporter: Reporter, metrics: Metrics
) -> None:
    # What runs a model takes seconds to import, and a machine without it says what is missing.
    from analytics.vision.work import DATABASE_AWAY, VisionWork  # noqa: PLC0415

    detector = await _ready(settings, reporter)
    async with database_pool(settings, "vision", 2) as pool:
        work = VisionWork(settings, detector, door, pool, metrics)
        while True:
            arrived = await inbox.get()
            try:
                await work.frame(arrived)
                reporter.recovered("database_lost")
            except DATABASE_AWAY as error:
                log.warning("database: %s", error)
                reporter.degraded(
                    "database_lost", "cameras are watched, but alerts cannot be stored now"
                )


async def _ready(settings: Settings, reporter: Reporter) -> Detector:
    """The detector, as soon as there is one; until then it is told what is missing."""
    from analytics.vision.detect.opening import load_detector, unknown_labels  # noqa: PLC0415

    while True:
        try:
            detector = await asyncio.to_thread(load_detector, settings.model, settings.model_dir)
            break
        except (DetectorMissingError, ConfigurationError) as error:
            log.error("%s", error)
            reporter.degraded("detector_missing", str(error))
            await asyncio.sleep(_TRY_AGAIN_S)
    reporter.recovered("detector_missing")
    log.info("detector %s with %d classes", detector.name, len(detector.labels))
    unknown = unknown_labels(load_zone_rules(), detector)
    if unknown:
        log.warning("%s", "; ".join(unknown))
        reporter.degraded("labels_unknown", "; ".join(unknown))
    return detector
