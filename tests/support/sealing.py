"""Sealing truth on a platform: who asks for it, and the desk that answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from devices_sim.conditions.model import Span
from devices_sim.truth.schedule import Plan
from devices_sim.world.incident import Incident, IncidentKind
from devices_sim.world.place import Place
from ingest.desk import TRUTH, Desk, Handler
from smartopia.clock import utc_now
from smartopia.metrics import Metrics
from smartopia.store.connection import connect_database
from smartopia.truth.model import Seal
from smartopia.truth.requests import RevealRequest, SealRequest
from smartopia.truth.store import seals
from tests.support.parts import broker_of
from tests.support.servers import Platform

PLAN = Plan(
    "a-secret-scenario",
    "c" * 64,
    7,
    (Incident(IncidentKind.GAS_LEAK, Place(37.63, 126.71), 200, 0.1, 0.2, 1, 1.0),),
    (Span("river-1", "flat_line", 3, 0.1, 90),),
)


@asynccontextmanager
async def a_desk(
    platform: Platform, handlers: Mapping[str, Handler] = TRUTH, *, works: bool = True
) -> AsyncIterator[Metrics]:
    """The desk as ingest runs it; one that does not work stands by, and hears all the same."""
    metrics = Metrics()
    async with broker_of(platform) as broker:
        desk = Desk(broker, metrics, handlers)
        await desk.listen()
        await broker.client.flush()

        async def work() -> None:
            async with await connect_database(platform.settings, "test") as connection:
                while True:
                    await desk.idle(connection)
                    await asyncio.sleep(0.02)

        task = asyncio.create_task(work()) if works else None
        try:
            yield metrics
        finally:
            if task is not None:
                task.cancel()
                (ended,) = await asyncio.gather(task, return_exceptions=True)
                assert isinstance(ended, asyncio.CancelledError), ended


def seal_request(begin_s: float = 30, **changes: Any) -> SealRequest:
    """A request to seal a chapter that begins in so many seconds."""
    begin = utc_now() + timedelta(seconds=begin_s)
    request = SealRequest(
        run="20260301t115958z-0a1b2c3d",
        chapter=0,
        digest="d" * 64,
        begins_at=begin,
        ends_at=begin + timedelta(seconds=900),
    )
    return request.model_copy(update=changes)


def reveal_request(request: SealRequest, record_digest: str = "e" * 64) -> RevealRequest:
    """A request to reveal that chapter."""
    return RevealRequest(run=request.run, chapter=request.chapter, record_digest=record_digest)


async def held_seals(platform: Platform) -> list[Seal]:
    """All seals the platform holds."""
    async with await connect_database(platform.settings, "test") as connection:
        return await seals(connection)
