"""Alerts in a real database, with several at work on them at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from ingest.housekeeping import _SQL as HOUSE_SQL
from smartopia.alarms.model import Disposition, TransitionKind
from smartopia.alarms.store import acknowledge_alert, clear_alert, resolve_alert
from smartopia.clock import utc_now
from smartopia.errors import AlarmConflictError, AlarmTransitionError
from smartopia.settings import Settings
from smartopia.store.connection import Connection, connect_database
from smartopia.store.migrate import migrate
from tests.support.alerts import add_alert, add_thing, draft, picture


@pytest.fixture
async def settings(database_url: str) -> Settings:
    """Settings that know a migrated database with one device (id 1)."""
    settings = Settings(database_url=SecretStr(database_url))
    await migrate(settings)
    async with await connect_database(settings, "test") as connection:
        assert await add_thing(connection) == 1
    return settings


@asynccontextmanager
async def _connected(settings: Settings) -> AsyncIterator[Connection]:
    async with await connect_database(settings, "test") as connection:
        yield connection


async def _column(connection: Connection, query: str) -> list[Any]:
    cursor = await connection.execute(query.encode())
    return [row[0] for row in await cursor.fetchall()]


async def test_several_that_raise_the_same_at_once_raise_one_alert(settings: Settings) -> None:
    async def raise_it() -> TransitionKind | None:
        async with _connected(settings) as connection:
            return await add_alert(connection, draft(1))

    kinds = await asyncio.gather(*(raise_it() for _ in range(8)))
    assert sorted(kinds, key=str) == [None] * 7 + [TransitionKind.RAISED]
    async with _connected(settings) as connection:
        assert await _column(connection, "SELECT count(*) FROM alert") == [1]
        assert await _column(connection, "SELECT count(*) FROM alert_transition") == [1]


async def test_one_that_is_raised_while_another_is_not_committed_waits(
    settings: Settings,
) -> None:
    async with _connected(settings) as first, _connected(settings) as second:
        assert await add_alert(first, draft(1)) is TransitionKind.RAISED
        later = asyncio.create_task(add_alert(second, draft(1)))
        done, _ = await asyncio.wait([later], timeout=0.2)
        assert not done
        await first.rollback()
        # What was taken back has not happened.
        assert await later is TransitionKind.RAISED


async def test_the_database_itself_allows_one_open_alert_a_key(settings: Settings) -> None:
    async with _connected(settings) as connection:
        await add_alert(connection, draft(1))
        columns = await _column(
            connection,
            "SELECT string_agg(column_name, ', ') FROM information_schema.columns"
            " WHERE table_name = 'alert' AND column_name <> 'id'",
        )
        with pytest.raises(psycopg.errors.UniqueViolation):
            await connection.execute(
                f"INSERT INTO alert ({columns[0]}) SELECT {columns[0]} FROM alert".encode()  # noqa: S608
            )
        await connection.rollback()


async def test_transitions_become_visible_in_the_order_of_their_ids(settings: Settings) -> None:
    """A reader that asks for what is newer than the last it saw misses none."""
    wanted = 8 * 25
    seen: list[int] = []

    async def raise_many(who: int) -> None:
        async with _connected(settings) as connection:
            for n in range(25):
                await add_alert(connection, draft(1, f"{who}:{n}"))
                # Committing takes a moment that differs from one to another.
                await asyncio.sleep(0.002 * ((who + n) % 3))
                await connection.commit()

    async def follow() -> None:
        async with _connected(settings) as connection:
            await connection.set_autocommit(True)
            while len(seen) < wanted:
                last = seen[-1] if seen else 0
                cursor = await connection.execute(
                    "SELECT id FROM alert_transition WHERE id > %s ORDER BY id", (last,)
                )
                seen.extend([row[0] for row in await cursor.fetchall()])

    await asyncio.wait_for(asyncio.gather(follow(), *(raise_many(who) for who in range(8))), 20)
    async with _connected(settings) as connection:
        assert seen == await _column(connection, "SELECT id FROM alert_transition ORDER BY id")


async def test_each_transition_is_told_when_it_is_committed(settings: Settings) -> None:
    async with _connected(settings) as listener, _connected(settings) as writer:
        await listener.set_autocommit(True)
        await listener.execute("LISTEN alert_transition")
        await add_alert(writer, draft(1, "taken back"))
        await writer.rollback()
        await add_alert(writer, draft(1))
        assert [n.payload async for n in listener.notifies(timeout=0.2)] == []
        await writer.commit()
        told = [n.payload async for n in listener.notifies(timeout=2, stop_after=1)]
        assert told == [str(n) for n in await _column(writer, "SELECT id FROM alert_transition")]


async def test_acknowledging_what_has_changed_conflicts(settings: Settings) -> None:
    async with _connected(settings) as connection:
        await add_alert(connection, draft(1))
        (alert,) = await _column(connection, "SELECT id FROM alert")
        await clear_alert(connection, "test:1", utc_now(), actor="rules")
        await connection.commit()
        for stale in (1, 3, 0, -1):
            with pytest.raises(AlarmConflictError, match=f"version 2, you saw {stale}"):
                await acknowledge_alert(connection, alert, stale, utc_now(), actor="me", note=None)
        await connection.rollback()
        assert await _column(connection, "SELECT acknowledged_by FROM alert") == [None]
        await acknowledge_alert(connection, alert, 2, utc_now(), actor="me", note="seen")
        assert await _column(connection, "SELECT acknowledged_by FROM alert") == ["me"]
        with pytest.raises(AlarmTransitionError, match="already acknowledged by me"):
            await acknowledge_alert(connection, alert, 3, utc_now(), actor="you", note=None)


async def test_of_two_operators_at_once_one_acknowledges(settings: Settings) -> None:
    async with _connected(settings) as connection:
        await add_alert(connection, draft(1))
        (alert,) = await _column(connection, "SELECT id FROM alert")
        await connection.commit()

    async def act(who: str) -> str | None:
        async with _connected(settings) as connection:
            try:
                await acknowledge_alert(connection, alert, 1, utc_now(), actor=who, note=None)
            except AlarmConflictError:
                return None
            return who

    winners = [who for who in await asyncio.gather(*map(act, "abcdef")) if who]
    assert len(winners) == 1
    async with _connected(settings) as connection:
        assert await _column(connection, "SELECT acknowledged_by FROM alert") == winners
        assert await _column(connection, "SELECT actor FROM alert_transition ORDER BY id") == [
            "rules",
            *winners,
        ]


async def test_resolving_frees_the_key_and_says_what_it_was(settings: Settings) -> None:
    async with _connected(settings) as connection:
        await add_alert(connection, draft(1))
        (alert,) = await _column(connection, "SELECT id FROM alert")
        await resolve_alert(
            connection,
            alert,
            1,
            utc_now(),
            actor="me",
            disposition=Disposition.FALSE,
            note="a test",
        )
        assert await clear_alert(connection, "test:1", utc_now(), actor="rules") is None
        assert await add_alert(connection, draft(1)) is TransitionKind.RAISED
        assert await _column(connection, "SELECT disposition FROM alert ORDER BY id") == [
            "false",
            None,
        ]
        with pytest.raises(AlarmTransitionError, match="already resolved by me"):
            await resolve_alert(
                connection,
                alert,
                2,
                utc_now(),
                actor="you",
                disposition=Disposition.TRUE,
                note=None,
            )


async def test_an_alert_that_is_not_there_is_told_as_such(settings: Settings) -> None:
    async with _connected(settings) as connection:
        with pytest.raises(AlarmTransitionError, match="no alert 99"):
            await acknowledge_alert(connection, 99, 1, utc_now(), actor="me", note=None)


async def test_pictures_are_deleted_when_their_time_is_over(settings: Settings) -> None:
    async with _connected(settings) as connection:
        kept, gone = picture(b"kept"), picture(b"gone")
        await add_alert(connection, draft(1, "kept", images=(kept,)), evidence_days=1)
        await add_alert(connection, draft(1, "gone", images=(gone,)), evidence_days=0)
        await connection.commit()
        await connection.execute(HOUSE_SQL["delete_expired_images"])
        await connection.commit()
        pictures = await _column(connection, "SELECT jpeg FROM evidence_image")
        alerts = await _column(connection, "SELECT key FROM alert ORDER BY id")
    assert [bytes(jpeg) for jpeg in pictures] == [b"kept"]
    assert alerts == ["kept", "gone"]
