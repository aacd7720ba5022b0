"""Migrations and partitions, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import AsyncConnection
from pydantic import SecretStr

from smartopia.cli.supervisor import child_environment
from smartopia.clock import utc_now
from smartopia.errors import ConfigurationError, UnavailableError
from smartopia.settings import Settings
from smartopia.store import migrate as migrate_module
from smartopia.store.connection import Connection, connect_database
from smartopia.store.migrate import Migration, migrate, migrations
from tests.support.servers import TestBroker, run_broker

_ALL = migrations(timescale=False)


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings that know an empty database."""
    return Settings(database_url=SecretStr(database_url))


@asynccontextmanager
async def _connected(settings: Settings) -> AsyncIterator[Connection]:
    async with await connect_database(settings, "test") as connection:
        await connection.set_autocommit(True)
        yield connection


async def _values(connection: AsyncConnection[Any], query: LiteralString) -> list[Any]:
    cursor = await connection.execute(query)
    return [row[0] for row in await cursor.fetchall()]


async def _shape(settings: Settings) -> list[Any]:
    """Every column, index, function and view there is."""
    async with _connected(settings) as connection:
        columns = await _values(
            connection,
            "SELECT format('%s.%s %s %s', table_name, column_name, data_type, is_nullable)"
            " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1",
        )
        indexes = await _values(
            connection, "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
        )
        functions = await _values(
            connection,
            "SELECT pg_get_functiondef(oid) FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
        )
        applied = await _values(connection, "SELECT number FROM schema_migration ORDER BY 1")
    return [columns, indexes, functions, applied]


async def test_an_empty_database_gets_everything(settings: Settings) -> None:
    assert await migrate(settings) == len(_ALL)
    async with _connected(settings) as connection:
        tables = await _values(
            connection,
            "SELECT relname::text FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')",
        )
        applied = await _values(connection, "SELECT number FROM schema_migration ORDER BY 1")
        kept = await _values(connection, "SELECT keep FROM retention")
    assert {
        "thing",
        "datastream",
        "datastream_latest",
        "boot",
        "thing_event",
        "quarantine",
        "log_cursor",
        "observation",
        "observation_hourly",
        "alert",
        "alert_transition",
        "evidence_image",
        "rule_state",
        "operator",
        "web_session",
    } <= set(tables)
    assert applied == [migration.number for migration in _ALL]
    assert kept == [timedelta(days=90)]


async def test_a_second_run_changes_nothing(settings: Settings) -> None:
    await migrate(settings)
    before = await _shape(settings)
    assert await migrate(settings) == 0
    assert await _shape(settings) == before


async def test_retention_follows_the_settings(settings: Settings) -> None:
    await migrate(settings)
    await migrate(settings.model_copy(update={"retention_days": 7}))
    async with _connected(settings) as connection:
        assert await _values(connection, "SELECT keep FROM retention") == [timedelta(days=7)]


async def test_several_at_once_apply_each_migration_once(settings: Settings) -> None:
    counts = await asyncio.gather(*(migrate(settings) for _ in range(4)))
    assert sorted(counts) == [0, 0, 0, len(_ALL)]
    assert (await _shape(settings))[-1] == [migration.number for migration in _ALL]


def _use(monkeypatch: pytest.MonkeyPatch, wanted: list[Migration]) -> None:
    def given(*, timescale: bool) -> list[Migration]:
        return wanted

    monkeypatch.setattr(migrate_module, "migrations", given)


@pytest.mark.parametrize("at", range(len(_ALL)))
async def test_a_migration_that_fails_leaves_nothing_and_the_next_run_goes_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    # The failure comes at the very end of the file, when all else of it has been done.
    broken = Migration(_ALL[at].number, _ALL[at].name, _ALL[at].sql + ";\nSELECT 1 / 0")
    _use(monkeypatch, [*_ALL[:at], broken, *_ALL[at + 1 :]])
    with pytest.raises(ConfigurationError, match="division by zero"):
        await migrate(settings)
    async with _connected(settings) as connection:
        tables = await _values(
            connection,
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
        )
        applied = await _values(connection, "SELECT number FROM schema_migration ORDER BY 1")
    assert applied == [migration.number for migration in _ALL[:at]]
    made_by_it = {0: "thing", 1: "observation", 2: "alert"}
    for number, table in made_by_it.items():
        assert (table in tables) == (number < at)
    _use(monkeypatch, _ALL)
    assert await migrate(settings) == len(_ALL) - at


async def test_a_database_of_a_newer_version_is_refused(settings: Settings) -> None:
    await migrate(settings)
    async with _connected(settings) as connection:
        await connection.execute(
            "INSERT INTO schema_migration (number, name, digest) VALUES (9000, 'future', 'x')"
        )
    before = await _shape(settings)
    with pytest.raises(ConfigurationError, match="9000"):
        await migrate(settings.model_copy(update={"retention_days": 1}))
    assert await _shape(settings) == before
    async with _connected(settings) as connection:
        assert await _values(connection, "SELECT keep FROM retention") == [timedelta(days=90)]


async def test_a_migration_changed_since_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(settings)
    changed = Migration(_ALL[1].number, _ALL[1].name, _ALL[1].sql + " ")
    _use(monkeypatch, [_ALL[0], changed, *_ALL[2:]])
    with pytest.raises(ConfigurationError, match="0002_observations"):
        await migrate(settings)


async def test_a_database_that_is_away_is_unavailable(settings: Settings) -> None:
    url = settings.database().rsplit(":", 1)[0] + ":1/nowhere"
    with pytest.raises(UnavailableError):
        await migrate(Settings(database_url=SecretStr(url)))


@pytest.fixture
def broker(open_folder: Path) -> Iterator[TestBroker]:
    """A broker nobody has prepared."""
    with run_broker(open_folder / "broker") as broker:
        yield broker


def _start_migrate(database_url: str, broker: TestBroker) -> subprocess.Popen[bytes]:
    settings = {
        "SMARTOPIA_DATABASE_URL": database_url,
        "SMARTOPIA_BROKER_URL": broker.embedded.url,
        "SMARTOPIA_BROKER_SYSTEM_URL": broker.embedded.system_url,
        "SMARTOPIA_BROKER_DIR": str(broker.embedded.folder),
        "SMARTOPIA_MQTT_PORT": str(broker.embedded.mqtt_port),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "smartopia", "migrate"],
        env=child_environment(settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _wait_for_its_connection(database_url: str, process: subprocess.Popen[bytes]) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        deadline = time.monotonic() + 10
        while process.poll() is None and time.monotonic() < deadline:
            found = connection.execute(
                "SELECT 1 FROM pg_stat_activity"
                " WHERE application_name = 'smartopia-migrate' AND datname = current_database()"
            ).fetchone()
            if found:
                return


def test_killed_at_any_moment_it_is_run_again_and_ends_whole(
    database_url: str, broker: TestBroker
) -> None:
    chance = random.Random(20251122)
    with psycopg.connect(database_url, autocommit=True) as connection:
        for _ in range(2):
            process = _start_migrate(database_url, broker)
            _wait_for_its_connection(database_url, process)
            time.sleep(chance.uniform(0, 0.05))
            os.kill(process.pid, signal.SIGKILL)
            process.wait(5)
        last = _start_migrate(database_url, broker)
        assert last.wait(20) == 0
        applied = connection.execute("SELECT number FROM schema_migration ORDER BY 1").fetchall()
        assert [row[0] for row in applied] == [migration.number for migration in _ALL]
        kept = connection.execute("SELECT keep FROM retention").fetchone()
        assert kept == (timedelta(days=90),)


# Partitions

_MONDAY = datetime(2025, 3, 3, tzinfo=UTC)


async def _partitions(connection: Connection) -> list[str]:
    return await _values(connection, "SELECT name FROM observation_partition ORDER BY 1")


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
    await migrate(settings)
    async with _connected(settings) as connection:
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
    await migrate(settings)
    async with _connected(settings) as connection:
        # Across the change to summer time, and asked from both sides of it.
        await connection.execute("SELECT set_config('TimeZone', %s, false)", (zone,))
        await _make_room(connection, _MONDAY, _MONDAY + timedelta(days=60))
        await connection.execute("SELECT set_config('TimeZone', 'UTC', false)")
        await _make_room(connection, _MONDAY, _MONDAY + timedelta(days=60))
        starts = await _values(connection, "SELECT from_time FROM observation_partition ORDER BY 1")
    assert starts == [_MONDAY + timedelta(days=7 * n) for n in range(9)]


async def test_room_made_by_several_at_once_is_made_once(settings: Settings) -> None:
    await migrate(settings)

    async def writer(number: int, first: int) -> None:
        async with await connect_database(settings, "test") as connection:
            for week in range(first, first + 12):
                time = _MONDAY + timedelta(days=7 * week)
                await _make_room(connection, time, time + timedelta(days=14))
                await _observe(connection, time, seq=number)
                await connection.commit()

    await asyncio.gather(*(writer(number, first) for number, first in enumerate((0, 0, 3, 6))))
    async with _connected(settings) as connection:
        made = await _partitions(connection)
        stored = await _values(connection, "SELECT count(*) FROM observation")
    assert len(made) == len(set(made)) == 20
    assert stored == [48]


async def test_room_whose_transaction_fails_is_made_again(settings: Settings) -> None:
    await migrate(settings)
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
    (dropped,) = await _values(connection, "SELECT apply_retention()")
    return int(dropped)


async def test_retention_drops_only_what_is_old_by_its_time_and_by_its_arrival(
    settings: Settings,
) -> None:
    await migrate(settings)
    now = utc_now()
    async with _connected(settings) as connection:
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
        assert await _values(connection, "SELECT count(*) FROM observation") == [2]
        assert await _apply_retention(connection) == 0


async def test_retention_keeps_a_recording_replayed_into_a_partition_made_long_ago(
    settings: Settings,
) -> None:
    await migrate(settings)
    async with _connected(settings) as connection:
        await _make_room(connection, _MONDAY, _MONDAY)
        await _age(connection, "observation_20250303", 200)
        await _observe(connection, _MONDAY, received=utc_now())
        await _apply_retention(connection)
        assert await _values(connection, "SELECT count(*) FROM observation") == [1]


async def test_retention_and_room_at_once_do_not_block_each_other(settings: Settings) -> None:
    await migrate(settings)
    async with _connected(settings) as connection:
        await _make_room(connection, _MONDAY, _MONDAY + timedelta(days=70))
        await connection.execute("UPDATE observation_partition SET created_at = '2025-01-01'")

    async def drop() -> int:
        async with _connected(settings) as connection:
            return await _apply_retention(connection)

    async def make() -> None:
        async with _connected(settings) as connection:
            now = utc_now()
            for week in range(10):
                time = now - timedelta(days=7 * week)
                await _make_room(connection, time, time)
                await _observe(connection, time)

    dropped, _ = await asyncio.wait_for(asyncio.gather(drop(), make()), 5)
    assert dropped == 11
    async with _connected(settings) as connection:
        assert await _values(connection, "SELECT count(*) FROM observation") == [10]
