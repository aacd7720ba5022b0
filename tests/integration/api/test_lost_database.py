"""A database that is away for a while."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
from psycopg_pool.base import AttemptWithBackoff

from smartopia.store.connection import Connection, connect_database, database_pool
from tests.support.api import code_of, message_of, open_alert, tell_transitions
from tests.support.center import Center, Console, following
from tests.support.parts import eventually, shut_database
from tests.support.servers import Platform


async def test_a_lost_database_is_told_and_got_over(
    platform: Platform, center: Center, database: Connection
) -> None:
    alert = await open_alert(database)
    client = await center.administrator()

    def told_lost(console: Console) -> bool:
        health = console.data("health")
        return bool(health) and "database_lost" in [p["code"] for p in health[-1]["problems"]]

    async with following(client) as console:
        assert not told_lost(console)
        shut_database(platform, shut=True)
        try:
            paths = ("/api/v1/alerts", f"/api/v1/alerts/{alert}", "/api/v1/health")
            asked = asyncio.gather(*map(client.get, paths))
            await eventually(lambda: told_lost(console), what="consoles are told", timeout_s=5)
            for response in await asked:
                assert (response.status_code, code_of(response)) == (503, "database_lost")
                assert message_of(response).startswith("The database cannot be reached.")
                assert "Traceback" not in response.text
                assert platform.database.rsplit("/", 1)[1] not in response.text
            assert (await client.get("/")).status_code == 200
        finally:
            shut_database(platform, shut=False)

        async def back() -> bool:
            return (await client.get("/api/v1/alerts")).status_code == 200

        await eventually(back, what="it answers again")
        await eventually(lambda: not told_lost(console), what="consoles are told that it is back")
        health = (await client.get("/api/v1/health")).json()
        assert "database_lost" not in [problem["code"] for problem in health["problems"]]
        async with await connect_database(platform.settings, "test") as connection:
            await tell_transitions(connection, alert)
        await eventually(lambda: console.ids, what="the same console is told what comes then")


async def test_a_pool_is_of_use_soon_after_a_long_absence_of_the_database(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The pool doubles its pauses while the database is away; as after a minute of that.
    monkeypatch.setattr(AttemptWithBackoff, "INITIAL_DELAY", 60.0)
    async with database_pool(platform.settings, "test", 8) as pool:

        async def usable() -> bool:
            try:
                async with pool.connection(timeout=0.3) as connection:
                    await connection.execute("SELECT 1")
            except psycopg.OperationalError:
                return False
            return True

        assert await usable()
        shut_database(platform, shut=True)
        try:
            for _ in range(3):
                assert not await usable()
        finally:
            shut_database(platform, shut=False)
        await eventually(usable, what="it answers again", timeout_s=4)
