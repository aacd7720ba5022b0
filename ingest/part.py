"""The ingest process: one worker on the log, and the housekeeping of what is stored."""

from __future__ import annotations

import asyncio

from ingest.housekeeping import keep_house
from ingest.work import IngestWork
from smartopia.bus.connection import connect_broker
from smartopia.bus.health import Reporter
from smartopia.metrics import Metrics
from smartopia.settings import Settings
from smartopia.tasks import first_of
from smartopia.worker import LogWorker

_SANDBOX_OFF = (
    "SMARTOPIA_SANDBOX is false: new devices raise alerts without having been checked; for trials"
)


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Ingest until stop is set."""
    metrics = Metrics()
    async with Reporter(settings, "ingest", metrics) as reporter:
        broker = await connect_broker(settings, "ingest")
        if not settings.sandbox:
            reporter.degraded("sandbox_off", _SANDBOX_OFF)
        try:
            work = IngestWork(settings, broker, reporter, metrics)
            await work.listen()
            worker = LogWorker(settings, broker, reporter, metrics, work)
            # The worker ends by itself, with a whole batch; housekeeping may be broken off.
            await first_of(asyncio.Event(), worker.run(stop), keep_house(settings, broker))
        finally:
            await broker.close()
