"""The same migrations, writes and queries on a real TimescaleDB (compiled to WebAssembly).

Its connections share one session and take turns, so this shows what the statements mean
there, not how the server behaves under load. Its background jobs are run by hand.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import pytest
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from pydantic import SecretStr

from ingest.batch import Batch, Refused
from ingest.registry import Registry
from ingest.writer import write_batch
from smartopia.cli.state import free_port
from smartopia.clock import utc_now
from smartopia.contract.announce import Announce
from smartopia.contract.topics import DeviceKey
from smartopia.settings import Settings
from smartopia.store.connection import Connection, connect_database
from smartopia.store.migrate import has_timescale, migrate, migrations
from smartopia.store.queries import load_queries
from tests.conftest import _TAKEN

_INGEST = load_queries("ingest", "sql/ingest.sql")
_HOUSE = load_queries("ingest", "sql/housekeeping.sql")
_ALERTS = load_queries("control_center", "sql/alerts.sql")
_THINGS = load_queries("control_center", "sql/things.sql")
_HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def timescale_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A TimescaleDB of this file's own."""
    source = _TAKEN.get("SMARTOPIA_TIMESCALE")
    if not source:
        pytest.skip("no TimescaleDB: set SMARTOPIA_TIMESCALE to its folder")
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("no npm and node to run TimescaleDB with")
    folder = tmp_path_factory.mktemp("timescale") / "server"
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("node_modules"))
    # It knows COPY only as the first word; our statements begin with a comment.
    script = folder / "server.mjs"
    script.write_text(script.read_text().replace(r"/^\s*copy", r"/^(?:\s*--.*\n)*\s*copy"))
    subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=120,
    )
    port = free_port()
    with (folder / "errors.log").open("w") as errors:
        server = subprocess.Popen(
            [node, "server.mjs", str(port)],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        assert server.stdout is not None
        for line in server.stdout:
            if line.strip() == "ready":
                break
        else:
            pytest.fail(f"TimescaleDB did not start: {(folder / 'errors.log').read_text()}")
        yield f"postgresql://postgres:x@127.0.0.1:{port}/postgres?sslmode=disable"
    finally:
        server.kill()
        server.wait(10)
        if server.stdout is not None:
            server.stdout.close()


@pytest.fixture
def settings(timescale_url: str) -> Settings:
    """Settings that know it."""
    return Settings(database_url=SecretStr(timescale_url), retention_days=30)


@pytest.fixture
async def connection(settings: Settings) -> AsyncIterator[Connection]:
    """A connection to it, migrated."""
    await migrate(settings)
    async with await connect_database(settings, "test") as connection:
        yield connection


async def _rows(
    connection: AsyncConnection[Any], query: str, parameters: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query.encode(), parameters)
        return await cursor.fetchall()


async def test_the_migrations_run_once_and_only_once(settings: Settings) -> None:
    wanted = migrations(timescale=True)
    first = await migrate(settings)
    assert first in {0, len(wanted)}  # 0 where another test came first
    assert await migrate(settings) == 0
    async with await connect_database(settings, "test") as connection:
        assert await has_timescale(connection)
        applied = await _rows(connection, "SELECT number, digest FROM schema_migration")
    assert {row["number"]: row["digest"] for row in applied} == {
        migration.number: migration.digest for migration in wanted
    }


async def test_observation_is_a_hypertable_of_weeks(connection: Connection) -> None:
    (dimension,) = await _rows(
        connection,
        "SELECT column_name::text, time_interval FROM timescaledb_information.dimensions"
        " WHERE hypertable_name = 'observation'",
    )
    assert dimension == {"column_name": "phenomenon_time", "time_interval": timedelta(days=7)}
    indexes = await _rows(
        connection, "SELECT indexname::text FROM pg_indexes WHERE tablename = 'observation'"
    )
    assert [row["indexname"] for row in indexes] == ["observation_identity"]


async def test_it_is_kept_in_columns_by_datastream(connection: Connection) -> None:
    found = await _rows(
        connection,
        "SELECT segmentby, orderby FROM timescaledb_information.hypertable_compression_settings"
        " WHERE hypertable::text = 'observation'",
    )
    assert [row["segmentby"] for row in found] == ["datastream_id"]
    assert re.match(r'"?phenomenon_time"? DESC', found[0]["orderby"])


async def _jobs(connection: Connection) -> dict[str, dict[str, Any]]:
    found = await _rows(
        connection,
        "SELECT proc_name::text, config, job_id FROM timescaledb_information.jobs"
        " WHERE hypertable_name IS NOT NULL",
    )
    return {row["proc_name"]: row for row in found}


async def test_its_jobs_compress_refresh_and_drop(connection: Connection) -> None:
    jobs = await _jobs(connection)
    assert set(jobs) == {
        "policy_compression",
        "policy_refresh_continuous_aggregate",
        "policy_retention",
    }
    assert jobs["policy_compression"]["config"]["compress_after"] == "14 days"
    # By when a chunk was made: a recording replayed today lies years back.
    retention = jobs["policy_retention"]["config"]
    assert retention["drop_created_before"] == "30 days"
    assert "drop_after" not in retention


async def test_retention_follows_the_settings(settings: Settings, connection: Connection) -> None:
    await migrate(settings.model_copy(update={"retention_days": 7}))
    jobs = await _jobs(connection)
    assert jobs["policy_retention"]["config"]["drop_created_before"] == "7 days"


async def _announce(connection: Connection, name: str) -> tuple[int, int, int]:
    """A device, its datastream and its boot."""
    registry = Registry(sandbox=True)
    await registry.load(connection)
    announce = Announce.model_validate_json(
        b'{"kind": "river_gauge", "datastreams": [{"name": "level", "unit": "m",'
        b' "observed_property": "water_level", "period": 1, "range": [0, 20]}]}'
    )
    thing = await registry.announce(connection, DeviceKey("gimpo", name), announce, utc_now())
    boot = await registry.boot_id(connection, thing, "b1")
    return thing.id, thing.streams["level"].id, boot


async def _write(
    connection: Connection, name: str, times: list[datetime], *, quality: int = 1
) -> tuple[int, int]:
    """Write one observation a time, 2.0, 3.0 and so on; the datastream, and how many were new."""
    await connection.execute(_INGEST["make_incoming"])
    thing, stream, boot = await _announce(connection, name)
    batch = Batch("log")
    now = utc_now()
    batch.rows = [(stream, time, 2.0 + n, quality, now, boot, n, 0) for n, time in enumerate(times)]
    batch.seen[thing] = now
    batch.refused = [Refused(now, "a\0b", "malformed", "x", b"\0\xff", "log", stream)]
    stored = await write_batch(connection, batch)
    await connection.commit()
    return stream, stored


async def test_a_batch_is_written_once(connection: Connection) -> None:
    now = utc_now()
    times = [now - n * timedelta(seconds=1) for n in range(500)]
    stream, stored = await _write(connection, "river-once", times)
    assert stored == 500
    assert await _write(connection, "river-once", times) == (stream, 0)
    assert await _write(connection, "river-once", [*times, now + _HOUR]) == (stream, 1)
    (latest,) = await _rows(
        connection,
        "SELECT * FROM datastream_latest WHERE datastream_id = %(stream)s",
        {"stream": stream},
    )
    assert (latest["phenomenon_time"], latest["result"]) == (now + _HOUR, 502.0)
    refused = await _rows(
        connection,
        "SELECT topic, payload FROM quarantine WHERE log_seq = %(stream)s",
        {"stream": stream},
    )
    assert [(row["topic"], bytes(row["payload"])) for row in refused] == [("a\\0b", b"\0\xff")]


async def test_the_console_s_queries_answer_as_on_postgresql(connection: Connection) -> None:
    now = utc_now()
    times = [now - n * timedelta(minutes=1) for n in range(90)]
    stream, _ = await _write(connection, "river-asked", times)
    recent = await _rows(connection, _THINGS["recent_observations"], {"id": stream, "minutes": 60})
    assert [row["phenomenon_time"] for row in recent] == sorted(times)[-60:]
    around = await _rows(
        connection,
        _ALERTS["series_around"],
        {"datastream_id": stream, "earliest": times[20], "latest": times[10]},
    )
    assert [row["result"] for row in around] == [2.0 + n for n in range(20, 9, -1)]
    things = await _rows(connection, _THINGS["things"], {"ids": None})
    (asked,) = [row for row in things if row["name"] == "river-asked"]
    assert asked["datastreams"][0]["latest_result"] == 2.0


async def test_the_summary_counts_as_on_postgresql(connection: Connection) -> None:
    before = utc_now()
    await _write(connection, "river-summed", [before, before + _HOUR], quality=3)
    summary = load_queries("smartopia.cli", "sql/summary.sql")
    found = await _rows(connection, summary["observations"], {"since": before})
    assert found == [{"quality": 3, "count": 2}]


async def test_room_and_retention_are_the_server_s_own_business(connection: Connection) -> None:
    await connection.execute(
        "SELECT make_room(%s, %s)", (datetime(1970, 1, 2, tzinfo=UTC), utc_now())
    )
    cursor = await connection.execute(_HOUSE["apply_retention"])
    assert await cursor.fetchone() == (0,)


async def test_hours_are_summed_up(settings: Settings, connection: Connection) -> None:
    start = (utc_now() - timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    times = [start + n * timedelta(minutes=10) for n in range(12)]
    stream, _ = await _write(connection, "river-hourly", times)
    await _write(connection, "river-bad", times, quality=4)
    await connection.set_autocommit(True)
    await connection.execute(
        "CALL refresh_continuous_aggregate('observation_hourly', %s, %s)",
        (start - _HOUR, start + 3 * _HOUR),
    )
    asked = (
        "SELECT hour, mean, low, high, n FROM observation_hourly"
        " WHERE datastream_id = %(stream)s ORDER BY hour"
    )
    hours = await _rows(connection, asked, {"stream": stream})
    assert [tuple(row.values()) for row in hours] == [
        (start, 4.5, 2.0, 7.0, 6),
        (start + _HOUR, 10.5, 8.0, 13.0, 6),
    ]
    # What came since the refresh is told as well.
    await connection.set_autocommit(False)
    await _write(connection, "river-hourly", [*times, utc_now()])
    assert len(await _rows(connection, asked, {"stream": stream})) == 3
    total = await _rows(connection, "SELECT count(*) AS n FROM observation_hourly WHERE mean = 0")
    assert total == [{"n": 0}]


async def test_old_weeks_in_columns_take_late_observations_once(connection: Connection) -> None:
    start = utc_now() - timedelta(days=40)
    times = [start + n * timedelta(seconds=1) for n in range(100)]
    stream, _ = await _write(connection, "river-late", times)
    await connection.set_autocommit(True)
    job = (await _jobs(connection))["policy_compression"]["job_id"]
    await connection.execute("CALL run_job(%s)", (job,))
    (compressed,) = await _rows(
        connection,
        "SELECT count(*) FILTER (WHERE is_compressed) AS n FROM timescaledb_information.chunks"
        " WHERE hypertable_name = 'observation'",
    )
    assert compressed["n"] >= 1
    await connection.set_autocommit(False)
    late = [*times, start + timedelta(seconds=200)]
    assert await _write(connection, "river-late", late) == (stream, 1)


def _statements() -> dict[str, str]:
    found = {}
    for package in ("analytics", "control_center", "ingest", "smartopia"):
        for file in _sql_files(files(package)):
            name = f"{package}/{file.name}"
            for piece in re.split(r"^-- name: ", file.read_text("utf-8"), flags=re.MULTILINE)[1:]:
                title, _, body = piece.partition("\n")
                found[f"{name}:{title.strip()}"] = re.sub(r"--.*", "", body)
    return found


def _sql_files(folder: Traversable) -> Iterator[Traversable]:
    for item in folder.iterdir():
        if item.is_dir() and item.name not in {"web", "node_modules", "migrations"}:
            yield from _sql_files(item)
        elif item.name.endswith(".sql"):
            yield item


def test_every_statement_on_observations_is_tried_here() -> None:
    on_observations = {
        name
        for name, text in _statements().items()
        if re.search(r"\b(observation|observation_hourly|make_room|apply_retention)\b", text)
    }
    assert on_observations == {
        "control_center/alerts.sql:series_around",
        "control_center/things.sql:recent_observations",
        "ingest/ingest.sql:make_room",
        "ingest/ingest.sql:store_incoming",
        "ingest/housekeeping.sql:apply_retention",
        "smartopia/summary.sql:observations",
    }


async def test_all_plain_selects_are_understood(connection: Connection) -> None:
    """Every statement without parameters is planned by this server."""
    tried = 0
    for text in _statements().values():
        if text.lstrip().startswith("SELECT") and "%(" not in text:
            await connection.execute(b"EXPLAIN " + text.encode())
            tried += 1
    assert tried >= 8
