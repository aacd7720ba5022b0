"""Where frames come in: what is no frame is turned away here, before it takes any's place."""

from __future__ import annotations

import logging
import time
from datetime import datetime

from nats.errors import Error as NatsError

from analytics.vision.gate.header import read_header
from analytics.vision.inbox import Arrived
from smartopia.bus.connection import Broker
from smartopia.bus.refusals import Refusal, tell_refusal
from smartopia.contract.announce import DeviceClock
from smartopia.contract.frames import read_frame
from smartopia.contract.times import check_time
from smartopia.contract.topics import Channel, DeviceKey
from smartopia.errors import RefusedMessageError
from smartopia.metrics import Metrics

log = logging.getLogger(__name__)

# One in five seconds a camera: a broken camera must not fill the quarantine.
_PAUSE_S = 5.0
# Only the header: pictures of people do not go into quarantine.
_KEPT_BYTES = 64


class Door:
    """Checks each frame's header and time; tells of those it refuses."""

    def __init__(self, broker: Broker, metrics: Metrics) -> None:
        self._broker = broker
        self._metrics = metrics
        self._told: dict[tuple[DeviceKey, str], float] = {}

    async def admit(self, camera: DeviceKey, payload: bytes, at: datetime) -> Arrived | None:
        """The frame, if it is one we decode. Well below a millisecond; no pixel is touched."""
        self._metrics.count("frames_in")
        try:
            frame = read_frame(payload, at)
            read_header(payload)
            if frame.stamp is not None:
                check_time(frame.phenomenon_time, at, DeviceClock.LIVE)
        except RefusedMessageError as error:
            await self.refuse(camera, payload, at, error)
            return None
        return Arrived(camera, frame, at)

    async def refuse(
        self, camera: DeviceKey, payload: bytes, at: datetime, error: RefusedMessageError
    ) -> None:
        """Count a refused frame, and tell of it."""
        self._metrics.count("frames_refused")
        now = time.monotonic()
        place = (camera, error.reason)
        if now - self._told.get(place, -_PAUSE_S) < _PAUSE_S:
            return
        self._told[place] = now
        refusal = Refusal(
            at=at,
            topic=camera.topic(Channel.FRAMES),
            reason=error.reason,
            detail=error.detail,
            payload=payload[:_KEPT_BYTES],
        )
        try:
            await tell_refusal(self._broker, refusal)
        except NatsError as problem:
            log.warning("a refusal could not be told: %s", problem)
