"""The rules process."""

from __future__ import annotations

import asyncio

from analytics.rules.catalogue import load_rules
from analytics.rules.work import RulesWork
from smartopia.bus.connection import connect_broker
from smartopia.bus.health import Reporter
from smartopia.metrics import Metrics
from smartopia.settings import Settings
from smartopia.worker import LogWorker


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Evaluate rules until stop is set."""
    rules = load_rules(settings.rules)
    metrics = Metrics()
    async with Reporter(settings, "analytics-rules", metrics) as reporter:
        broker = await connect_broker(settings, "rules")
        try:
            work = RulesWork(settings, rules, metrics)
            await LogWorker(settings, broker, reporter, metrics, work).run(stop)
        finally:
            await broker.close()
