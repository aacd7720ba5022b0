"""Ingest that is broken off, loses its database, or has a second one beside it."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

from ingest.part import run
from smartopia.clock import rfc3339, utc_now
from smartopia.contract.topics import Channel
from tests.integration.conftest import Admit
from tests.support.device import LEVEL
from tests.support.ingest import wait_stored
from tests.support.parts import (
    broker_of,
    count,
    eventually,
    listen_to,
    rows,
    running,
    shut_database,
)
from tests.support.servers import Platform


async def test_ingest_broken_off_anywhere_stores_all_once(platform: Platform, admit: Admit) -> None:
    (device,) = await admit("river-1")
    device.announce([LEVEL])
    topic = device.key.topic(Channel.OBSERVATIONS)
    start = utc_now() - timedelta(minutes=20)
    for n in range(600):
        instant = rfc3339(start + timedelta(seconds=n))
        message = {"boot": "b1", "seq": n, "time": instant, "results": {"level": n}}
        device.send(topic, json.dumps(message).encode())
    for pause in (0.05, 0.1, 0.15, 0.2):
        async with running(run, platform.settings) as part:
            await asyncio.sleep(pause)
            await part.break_off()
    async with running(run, platform.settings):
        found = await wait_stored(platform, 600)
    assert sorted(row["seq"] for row in found) == list(range(600))
    assert await count(platform, "quarantine") == 0


async def test_a_database_that_stops_meanwhile_loses_nothing(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    device.announce([LEVEL])
    topic = device.key.topic(Channel.OBSERVATIONS)
    start = utc_now() - timedelta(minutes=20)
    sent = 0

    def send(n: int) -> None:
        nonlocal sent
        for _ in range(n):
            instant = rfc3339(start + timedelta(seconds=sent))
            message = {"boot": "b1", "seq": sent, "time": instant, "results": {"level": sent}}
            device.send(topic, json.dumps(message).encode())
            sent += 1

    async with broker_of(platform) as broker, running(run, platform.settings):
        beats = await listen_to(broker, "ingest")
        send(300)
        await wait_stored(platform, 1)
        shut_database(platform, shut=True)
        try:
            send(300)
            await eventually(
                lambda: beats.codes() == {"database_lost"}, what="it says that it is degraded"
            )
            told = beats.came[-1]
            assert told.state == "degraded"
            assert "nothing is lost" in told.reasons[0].text
            send(100)
        finally:
            shut_database(platform, shut=False)
        found = await wait_stored(platform, 700)
        await eventually(lambda: beats.came[-1].state == "ok", what="it says that it is well")
    assert [row["seq"] for row in found] == list(range(700))
    assert await count(platform, "quarantine") == 0


async def test_a_broken_connection_in_the_middle_stores_all_once(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    device.announce([LEVEL])
    topic = device.key.topic(Channel.OBSERVATIONS)
    start = utc_now() - timedelta(minutes=20)
    async with running(run, platform.settings):
        for n in range(500):
            instant = rfc3339(start + timedelta(seconds=n))
            message = {"boot": "b1", "seq": n, "time": instant, "results": {"level": n}}
            device.send(topic, json.dumps(message).encode())
            if n % 100 == 50:
                await rows(
                    platform,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'smartopia-ingest'",
                )
            await asyncio.sleep(0)
        found = await wait_stored(platform, 500)
    assert [row["seq"] for row in found] == list(range(500))
    assert await count(platform, "quarantine") == 0


async def test_a_second_ingest_stands_by_and_takes_over(platform: Platform, admit: Admit) -> None:
    (device,) = await admit("river-1")
    device.announce([LEVEL])

    async def working() -> int:
        found = await rows(
            platform,
            "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
        return int(found[0]["n"])

    async with running(run, platform.settings) as first:
        device.observe({"level": 1})
        await wait_stored(platform, 1)
        async with running(run, platform.settings) as second:
            connections = "SELECT 1 FROM pg_stat_activity WHERE application_name = %s"

            async def both() -> bool:
                found = await rows(
                    platform,
                    f"{connections} AND datname = current_database()",
                    ("smartopia-ingest",),
                )
                return len(found) == 2

            await eventually(both, what="both are connected")
            device.observe({"level": 2})
            await wait_stored(platform, 2)
            assert await working() == 1
            await first.break_off()
            device.observe({"level": 3})
            found = await wait_stored(platform, 3)
            assert await working() == 1
            assert not second.task.done()
    assert [row["result"] for row in found] == [1, 2, 3]


async def test_a_standby_ends_when_it_is_asked_to(platform: Platform) -> None:
    async with running(run, platform.settings), running(run, platform.settings) as standby:
        await asyncio.sleep(0.2)
        await standby.stop()
