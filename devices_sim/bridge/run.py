"""Runs a bridge: from the other broker through the mapping to our devices, until told to stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine

from devices_sim.bridge.crowd import Crowd
from devices_sim.bridge.foreign import AWAY, Access, ForeignBroker
from devices_sim.bridge.mapping import Mapping
from devices_sim.bridge.outcomes import (
    Arrived,
    Described,
    Follow,
    LeftOut,
    Outcome,
    Present,
    Told,
    Trouble,
)
from devices_sim.bridge.throttle import Throttle
from devices_sim.bridge.translate import Translator
from devices_sim.bridge.troubles import Troubles
from smartopia.bus.health import Reporter
from smartopia.metrics import Metrics
from smartopia.settings import Settings
from smartopia.tasks import first_of

PART = "bridge"
LEFT_FLOOD = "left_flood"
_TICK_S = 0.1
# Shorter breaks do not make every device lost.
_GRACE_S = 5.0

_log = logging.getLogger(__name__)


async def run_bridge(
    mapping: Mapping,
    access: Access,
    settings: Settings,
    stop: asyncio.Event,
    *,
    part: str = PART,
) -> None:
    """Bring the other broker's devices in until `stop` is set; `part`: its name in the health."""
    metrics = Metrics()
    async with Reporter(settings, part, metrics) as reporter:
        bridge = Bridge(mapping, access, settings, metrics, reporter)
        try:
            await first_of(stop, *bridge.work())
        finally:
            await bridge.stop()
    _log.info("stopped: %s", dict(metrics.counters))


class Bridge:
    """One bridge at work."""

    def __init__(
        self,
        mapping: Mapping,
        access: Access,
        settings: Settings,
        metrics: Metrics,
        reporter: Reporter,
    ) -> None:
        self._metrics = metrics
        self._reporter = reporter
        self._translator = Translator(mapping)
        self._throttle = Throttle(mapping.rate)
        self._troubles = Troubles(reporter)
        self._crowd = Crowd(settings, metrics, reporter)
        self._foreign = ForeignBroker(
            access, topics=self._translator.topics, take=self._take, tell=self._tell
        )
        self._absence: asyncio.TimerHandle | None = None
        self._tell(AWAY, f"{access.url} is not connected yet")

    def work(self) -> tuple[Coroutine[None, None, None], ...]:
        """All it does, each until cancelled."""
        return self._foreign.run(), self._crowd.run(), self._release()

    async def stop(self) -> None:
        """Say goodbye for all devices."""
        self._watch_absence(away=False)
        await self._crowd.stop()

    def _take(self, message: Arrived) -> None:
        self._metrics.count("foreign_messages")
        left_out = self._throttle.left_out
        admitted = self._throttle.offer(message, _now())
        self._metrics.count(LEFT_FLOOD, self._throttle.left_out - left_out)
        if admitted is not None:
            self._translate(admitted)

    async def _release(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            self._foreign.drain()
            for message in self._throttle.due(_now()):
                self._translate(message)

    def _translate(self, message: Arrived) -> None:
        outcomes = self._translator.take(message)
        new = [outcome.topic for outcome in outcomes if isinstance(outcome, Follow)]
        if new:
            self._foreign.follow(new)
        for outcome in outcomes:
            self._act(outcome)
        if not any(isinstance(outcome, Trouble | LeftOut) for outcome in outcomes):
            self._troubles.over(message.topic)

    def _act(self, outcome: Outcome) -> None:
        if isinstance(outcome, Told):
            self._crowd.tell(outcome)
        elif isinstance(outcome, Described):
            self._crowd.describe(outcome)
        elif isinstance(outcome, Present):
            self._crowd.present(outcome)
        elif isinstance(outcome, Trouble):
            self._metrics.count("not_understood")
            self._troubles.tell(outcome.topic, outcome.text)
        elif isinstance(outcome, LeftOut):
            self._metrics.count(outcome.counter)

    def _tell(self, reason: str, problem: str | None) -> None:
        if problem is not None:
            self._reporter.degraded(reason, problem)
        else:
            self._reporter.recovered(reason)
        if reason == AWAY:
            self._watch_absence(away=problem is not None)

    def _watch_absence(self, *, away: bool) -> None:
        """Once the broker has been away for a while, nothing is known of any device."""
        if not away and self._absence is not None:
            self._absence.cancel()
            self._absence = None
        elif away and self._absence is None:
            note = "the bridge cannot reach the broker it speaks to"
            loop = asyncio.get_running_loop()
            self._absence = loop.call_later(_GRACE_S, self._crowd.all_lost, note)


def _now() -> float:
    return asyncio.get_running_loop().time()
