"""The detector process: frames in, what is seen in them out. It raises no alerts."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from nats.aio.msg import Msg

from analytics.vision.blind import BlindCameras
from analytics.vision.door import Door
from analytics.vision.inbox import Inbox
from analytics.vision.shortfall import Shortfall
from smartopia.alive import tell_alive
from smartopia.bus.connection import Broker, connect_broker
from smartopia.bus.health import Reporter
from smartopia.clock import utc_now
from smartopia.contract.topics import SUBJECT_PREFIX, DeviceKey, valid_name
from smartopia.errors import ConfigurationError, DetectorMissingError
from smartopia.metrics import Metrics
from smartopia.settings import Settings
from smartopia.tasks import first_of

if TYPE_CHECKING:
    from analytics.vision.detect.port import Detector

log = logging.getLogger(__name__)

_TRY_AGAIN_S = 30.0
# One process of the group gets each frame, so more processes are more frames a second.
_QUEUE = "detectors"
_LOADING = "detector_loading"


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Look at what the cameras send until stop is set."""
    metrics = Metrics()
    async with Reporter(settings, "analytics-vision", metrics) as reporter:
        broker = await connect_broker(settings, "vision")
        inbox = Inbox()
        try:
            door = Door(broker, metrics)
            await _receive(broker, door, inbox, metrics)
            work = _look(settings, broker, door, inbox, reporter=reporter, metrics=metrics)
            await first_of(stop, work)
        finally:
            await broker.close()


async def _receive(broker: Broker, door: Door, inbox: Inbox, metrics: Metrics) -> None:
    async def take(message: Msg) -> None:
        _, _, site, device, _ = message.subject.split(".")
        if not (valid_name(site) and valid_name(device)):
            metrics.count("frames_refused")
            return
        arrived = await door.admit(DeviceKey(site, device), message.data, utc_now())
        if arrived is not None and inbox.put(arrived):
            metrics.count("frames_dropped")

    await broker.client.subscribe(f"{SUBJECT_PREFIX}.*.*.frames", queue=_QUEUE, cb=take)


async def _look(
    settings: Settings,
    broker: Broker,
    door: Door,
    inbox: Inbox,
    *,
    reporter: Reporter,
    metrics: Metrics,
) -> None:
    reporter.degraded(_LOADING, "the detector is being loaded; cameras are not watched until then")
    # What runs a model takes seconds to import, and a machine without it says what is missing.
    from analytics.vision.gate.model import GateSettings  # noqa: PLC0415
    from analytics.vision.looking import Looking  # noqa: PLC0415
    from analytics.vision.watchdog import Watchdog  # noqa: PLC0415
    from analytics.vision.work import VisionWork  # noqa: PLC0415
    from smartopia.evidence import load_sealer  # noqa: PLC0415

    detector = await _ready(settings, reporter)
    gate = GateSettings() if settings.motion_gate else None
    looking = Looking(detector, gate, load_sealer(settings))
    watchdog = Watchdog(reporter, await asyncio.to_thread(_seconds_a_picture, detector))
    reporter.recovered(_LOADING)
    blind = BlindCameras(reporter, detector.name.file)
    work = VisionWork(
        looking, door, broker, watchdog, metrics, blind=blind, batch=settings.detect_batch
    )
    shortfall = Shortfall(reporter, metrics)
    aside = (watchdog.run(), shortfall.run(), tell_alive(settings.alive_fd))
    watching = [asyncio.create_task(one) for one in aside]
    try:
        await work.run(inbox)
    finally:
        for task in watching:
            task.cancel()


async def _ready(settings: Settings, reporter: Reporter) -> Detector:
    """The detector, as soon as there is one; until then it is told what is missing."""
    from analytics.vision.detect.opening import load_detector  # noqa: PLC0415
    from analytics.vision.masking import unhidden  # noqa: PLC0415

    while True:
        try:
            detector = await asyncio.to_thread(load_detector, settings.model, settings.model_dir)
            break
        except (DetectorMissingError, ConfigurationError) as error:
            log.error("%s", error)
            reporter.recovered(_LOADING)
            reporter.degraded("detector_missing", str(error))
            await asyncio.sleep(_TRY_AGAIN_S)
    reporter.recovered("detector_missing")
    log.info("detector %s with %d classes", detector.name, len(detector.labels))
    unknown = ", ".join(unhidden(detector.labels))
    if unknown:
        reporter.degraded(
            "labels_unknown",
            f"the model {detector.name.file} does not know {unknown}: every picture is covered as "
            "a whole. Name a model that does, besides it, in SMARTOPIA_MODEL",
        )
    return detector


def _seconds_a_picture(detector: Detector) -> float:
    import numpy as np  # noqa: PLC0415 - as of what runs a model

    height, width = detector.image_size
    began = time.monotonic()
    detector.detect([np.full((height, width, 3), 114, np.uint8)])
    return time.monotonic() - began
