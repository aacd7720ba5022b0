"""Partitions by the week, and what retention drops of them, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from pydantic import SecretStr

from smartopia.clock import utc_now
from smartopia.settings import Settings
from smartopia.store.connection import Connection, connect_database
from smartopia.store.migrate import migrate
from tests.support.database import connected, values

_MONDAY = datetime(2025, 3, 3, tzinfo=UTC)


@pytest.fixture
async def settings(database_url: str) -> Settings:
    """Settings of a database with all its tables."""
    settings = Settings(database_url=SecretStr(database_url))
    await migrate(settings)
    return settings


async def _partitions(connection: Connection) -> list[str]:
    return await values(connection, "SELECT name FROM observation_partition ORDER BY 1")


async def _make_room(connection: Connection, earliest: datetime, latest: datetime) -> None:
    await connection.execute("SELECT make_room(%s, %s)", (earliest, latest))


async def _observe(
    connection: Connection, time: datetime, *, received: datetime | None = None, seq: int = 0
) -> None:
    await connection.execute(
        "INSERT INTO observation VALUES (1, %s, 2.5, 1, %s, 1, %s, 0)",
        (time, received or utc_now(), seq),
    )


async def test_room_is_made_by_the_week_and_once(settings: Settings) -> None:
    async with connected(settings) as connection:
        last_of_week = _MONDAY + timedelta(days=7) - timedelta(microseconds=1)
        for _ in range(3):
            await _make_room(connection, _MONDAY, last_of_week)
        assert await _partitions(connection) == ["observation_20250303"]
        await _observe(connection, _MONDAY)
        await _observe(connection, last_of_week)
        with pytest.raises(psycopg.errors.CheckViolation):
            await _observe(connection, last_of_week + timedelta(microseconds=1))
        with pytest.raises(psycopg.errors.CheckViolation):
            await _observe(connection, _MONDAY - timedelta(microseconds=1))
        await _make_room(connection, _MONDAY - timedelta(days=8), _MONDAY + timedelta(days=15))
        assert await _partitions(connection) == [
            "observation_20250217",
            "observation_20250224",
            "observation_20250303",
            "observation_20250310",
            "observation_20250317",
        ]


@pytest.mark.parametrize(
    "zone",
    [
        "Asia/Seoul",
        "Europe/Berlin",
    ],
)
async def test_weeks_are_those_of_utc_whatever_the_connection_says(
    settings: Settings, zone: str
) -> None:
    async with connected(settings) as connection:
        # Across the change to summer time, and asked from both sides of it.
        await connection.execute("SELECT set_config('TimeZone', %s, false)", (zone,))
        await _make_room(connection, _MONDAY, _MONDAY + timedelta(days=60))
        await connection.execute("SELECT set_config('TimeZone', 'UTC', false)")
        await _make_room(connection, _MONDAY, _MONDAY + timedelta(days=60))
        starts = await values(connection, "SELECT from_time FROM observation_partition ORDER BY 1")
    assert starts == [_MONDAY + timedelta(days=7 * n) for n in range(9)]


async def test_room_made_by_several_at_once_is_made_once(settings: Settings) -> None:

    async def writer(number: int, first: int) -> None:
        async with await connect_database(settings, "test") as connection:
            for week in range(first, first + 12):
                time = _MONDAY + timedelta(days=7 * week)
                await _make_room(connection, time, time + timedelta(days=14))
                await _observe(connection, time, seq=number)
                await connection.commit()

    await asyncio.gather(*(writer(number, first) for number, first in enumerate((0, 0, 3, 6))))
    async with connected(settings) as connection:
        made = await _partitions(connection)
        stored = await values(connection, "SELECT count(*) FROM observation")
    assert len(made) == len(set(made)) == 20
    assert stored == [48]


async def test_room_whose_transaction_fails_is_made_again(settings: Settings) -> None:
    async with await connect_database(settings, "test") as connection:
        await _make_room(connection, _MONDAY, _MONDAY)
        await connection.rollback()
        await _make_room(connection, _MONDAY, _MONDAY)
        await _observe(connection, _MONDAY)
        await connection.commit()
        assert await _partitions(connection) == ["observation_20250303"]


async def _age(connection: Connection, partition: str, days: int) -> None:
    await connection.execute(
        "UPDATE observation_partition SET created_at = now() - make_interval(days => %s)"
        " WHERE name = %s",
        (days, partition),
    )


async def _apply_retention(connection: Connection) -> int:
    (dropped,) = await values(connection, "SELECT apply_retention()")
    return int(dropped)


async def test_retention_drops_only_what_is_old_by_its_time_and_by_its_arrival(
    settings: Settings,
) -> None:
    now = utc_now()
    async with connected(settings) as connection:
        old, replayed, recent = now - timedelta(days=200), _MONDAY, now - timedelta(days=1)
        for time in (old, replayed, recent):
            await _make_room(connection, time, time)
        await _observe(connection, old, received=old)
        await _observe(connection, replayed, received=now)
        await _observe(connection, recent, received=recent)
        oldest, past, present = sorted(
            await _partitions(connection), key=lambda name: name != "observation_20250303"
        )
        assert oldest == "observation_20250303"
        # What came long ago: the old week's partition, and one that was made early.
        await _age(connection, past, 200)
        await _age(connection, present, 200)
        assert await _apply_retention(connection) == 1
        assert await _partitions(connection) == sorted([oldest, present])
        assert await values(connection, "SELECT count(*) FROM observation") == [2]
        assert await _apply_retention(connection) == 0


async def test_retention_keeps_a_recording_replayed_into_a_partition_made_long_ago(
    settings: Settings,
) -> None:
    async with connected(settings) as connection:
        await _make_room(connection, _MONDAY, _MONDAY)
        await _age(connection, "observation_20250303", 200)
        await _observe(connection, _MONDAY, received=utc_now())
        await _apply_retention(connection)
        assert await values(connection, "SELECT count(*) FROM observation") == [1]


async def test_retention_and_room_at_once_do_not_block_each_other(settings: Settings) -> None:
    async with connected(settings) as connection:
        await _make_room(connection, _MONDAY, _MONDAY + timedelta(days=70))
        await connection.execute("UPDATE observation_partition SET created_at = '2025-01-01'")

    async def drop() -> int:
        async with connected(settings) as connection:
            return await _apply_retention(connection)

    async def make() -> None:
        async with connected(settings) as connection:
            now = utc_now()
            for week in range(10):
                time = now - timedelta(days=7 * week)
                await _make_room(connection, time, time)
                await _observe(connection, time)

    dropped, _ = await asyncio.wait_for(asyncio.gather(drop(), make()), 5)
    assert dropped == 11
    async with connected(settings) as connection:
        assert await values(connection, "SELECT count(*) FROM observation") == [10]
