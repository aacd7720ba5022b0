"""Batch by batch: sift what cameras sent, look at what is new, tell what is seen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from nats.errors import Error as NatsError

from analytics.vision.blind import BlindCameras
from analytics.vision.door import Door
from analytics.vision.inbox import Inbox
from analytics.vision.looking import Looking, Outcome, Passed
from analytics.vision.telling import within
from analytics.vision.watchdog import Watchdog
from smartopia.bus.connection import Broker
from smartopia.clock import utc_now
from smartopia.metrics import Metrics
from smartopia.seen import Sighted, seen_of

log = logging.getLogger(__name__)

# While most cameras are still, so many times a batch is filled up before it is looked at.
_SIFTINGS = 4


class VisionWork:
    """Looks at the frames of all cameras with one detector.

    Args:
        batch: how many frames are looked at together, at most.
    """

    def __init__(
        self,
        looking: Looking,
        door: Door,
        broker: Broker,
        watchdog: Watchdog,
        metrics: Metrics,
        *,
        blind: BlindCameras,
        batch: int,
    ) -> None:
        self._looking = looking
        self._door = door
        self._broker = broker
        self._watchdog = watchdog
        self._metrics = metrics
        self._blind = blind
        self._batch = batch

    async def run(self, inbox: Inbox) -> None:
        """Look at what comes, until cancelled."""
        while True:
            await inbox.wait()
            passed = await self._sifted(inbox)
            if passed:
                await self._look(passed)

    async def _sifted(self, inbox: Inbox) -> list[Passed]:
        """Frames worth a look; what is still is told of at once."""
        passed: list[Passed] = []
        for _ in range(_SIFTINGS):
            # A camera's frames are told of in their order: none of it overtakes one that passed.
            busy = {one.arrived.camera for one in passed}
            arrived = inbox.take(self._batch - len(passed), but=busy)
            if not arrived:
                break
            outcome = await asyncio.to_thread(self._looking.sift, arrived)
            self._metrics.count("frames_still", len(outcome.told))
            await self._tell(outcome)
            passed += outcome.passed
        return passed

    async def _look(self, passed: Sequence[Passed]) -> None:
        with self._watchdog.batch(len(passed)):
            outcome = await asyncio.to_thread(self._looking.look, passed)
        self._blind.note(outcome.blind, utc_now())
        self._metrics.count("batches")
        self._metrics.count("frames_detected", len(outcome.told))
        self._metrics.count("objects", sum(len(one.seen.objects) for one in outcome.told))
        await self._tell(outcome)

    async def _tell(self, outcome: Outcome) -> None:
        for stage, times in outcome.took.items():
            for seconds in times:
                self._metrics.observe(stage, seconds)
        for arrived, error in outcome.refused:
            await self._door.refuse(arrived.camera, arrived.frame.jpeg, arrived.at, error)
        for sighted in outcome.told:
            await self._publish(sighted)

    async def _publish(self, sighted: Sighted) -> None:
        payload, left_out = within(sighted, self._broker.client.max_payload)
        for picture in left_out:
            self._metrics.count(f"{picture}_left_out")
        try:
            await self._broker.client.publish(seen_of(sighted.seen.camera), payload)
        except NatsError as error:
            self._metrics.count("sightings_lost")
            log.warning("what was seen could not be told: %s", error)
            return
        age = (utc_now() - sighted.seen.time).total_seconds()
        self._metrics.observe("frame_to_seen", age)
