"""The ingest process: one worker on the log, and the housekeeping of what is stored."""

from __future__ import annotations

import asyncio

from ingest.work import IngestWork
from smartopia.bus.connection import connect_broker
from smartopia.bus.health import Reporter
from smartopia.metrics import Metrics
from smartopia.settings import Settings
from smartopia.worker import LogWorker


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Ingest until stop is set."""
    metrics = Metrics()
    async with Reporter(settings, "ingest", metrics) as reporter:
        broker = await connect_broker(settings, "ingest")
        try:
            work = IngestWork(broker, metrics)
            await work.listen()
            await LogWorker(settings, broker, reporter, metrics, work).run(stop)
        finally:
            await broker.close()
