"""Migrations, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from smartopia.cli.supervisor import child_environment
from smartopia.errors import ConfigurationError, UnavailableError
from smartopia.settings import Settings
from smartopia.store import migrate as migrate_module
from smartopia.store.migrate import Migration, migrate, migrations
from tests.support.database import connected, values
from tests.support.servers import TestBroker, run_broker

_ALL = migrations(timescale=False)


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings that know an empty database."""
    return Settings(database_url=SecretStr(database_url))


async def _shape(settings: Settings) -> list[Any]:
    """Every column, index, function and view there is."""
    async with connected(settings) as connection:
        columns = await values(
            connection,
            "SELECT format('%s.%s %s %s', table_name, column_name, data_type, is_nullable)"
            " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1",
        )
        indexes = await values(
            connection, "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
        )
        functions = await values(
            connection,
            "SELECT pg_get_functiondef(oid) FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
        )
        applied = await values(connection, "SELECT number FROM schema_migration ORDER BY 1")
    return [columns, indexes, functions, applied]


async def test_an_empty_database_gets_everything(settings: Settings) -> None:
    assert await migrate(settings) == len(_ALL)
    async with connected(settings) as connection:
        tables = await values(
            connection,
            "SELECT relname::text FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')",
        )
        applied = await values(connection, "SELECT number FROM schema_migration ORDER BY 1")
        kept = await values(connection, "SELECT keep FROM retention")
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
        "watch_spell",
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
    async with connected(settings) as connection:
        assert await values(connection, "SELECT keep FROM retention") == [timedelta(days=7)]


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
    async with connected(settings) as connection:
        tables = await values(
            connection,
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
        )
        applied = await values(connection, "SELECT number FROM schema_migration ORDER BY 1")
    assert applied == [migration.number for migration in _ALL[:at]]
    made_by_it = {0: "thing", 1: "observation", 2: "alert"}
    for number, table in made_by_it.items():
        assert (table in tables) == (number < at)
    _use(monkeypatch, _ALL)
    assert await migrate(settings) == len(_ALL) - at


async def test_a_database_of_a_newer_version_is_refused(settings: Settings) -> None:
    await migrate(settings)
    async with connected(settings) as connection:
        await connection.execute(
            "INSERT INTO schema_migration (number, name, digest) VALUES (9000, 'future', 'x')"
        )
    before = await _shape(settings)
    with pytest.raises(ConfigurationError, match="9000"):
        await migrate(settings.model_copy(update={"retention_days": 1}))
    assert await _shape(settings) == before
    async with connected(settings) as connection:
        assert await values(connection, "SELECT keep FROM retention") == [timedelta(days=90)]


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
