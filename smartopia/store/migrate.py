"""Bring the database to this version's shape.

Migrations are numbered .sql files. Each runs in one transaction together with its entry in
`schema_migration`, so one that was killed half way leaves nothing and runs again. Where the
file comes in two forms, NNNN_name.timescale.sql runs on a server with TimescaleDB and
NNNN_name.plain.sql on one without; they make the same tables, views and functions.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from importlib.resources import files
from typing import LiteralString

import psycopg
from psycopg import sql

from smartopia.errors import ConfigurationError, UnavailableError
from smartopia.settings import Settings
from smartopia.store.connection import Connection, connect_database

log = logging.getLogger(__name__)

_LOCK = 72_101
_TABLE: LiteralString = """
CREATE TABLE IF NOT EXISTS schema_migration (
  number int PRIMARY KEY,
  name text NOT NULL,
  digest text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file."""

    number: int
    name: str
    sql: LiteralString

    @property
    def digest(self) -> str:
        """Its SHA-256: an applied migration must never change."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(*, timescale: bool) -> list[Migration]:
    """The migrations for a server with or without TimescaleDB, in order."""
    unwanted = ".plain.sql" if timescale else ".timescale.sql"
    found = []
    for file in files("smartopia.store").joinpath("migrations").iterdir():
        if file.name.endswith(".sql") and not file.name.endswith(unwanted):
            number, _, rest = file.name.partition("_")
            text = file.read_text("utf-8")
            found.append(Migration(int(number), rest.split(".")[0], text))
    return sorted(found, key=lambda migration: migration.number)


async def migrate(settings: Settings) -> int:
    """Apply what is missing; returns how many migrations ran.

    Raises:
        UnavailableError: the database does not answer.
        ConfigurationError: it was migrated by another version of these files, or refuses.
    """
    connection = await connect_database(settings, "migrate")
    try:
        async with connection:
            await connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            await connection.execute(_TABLE)
            await connection.commit()
            timescale = await _enable_timescale(connection)
            count = await _apply_all(connection, migrations(timescale=timescale))
            await connection.execute(
                "SELECT set_retention(%s)", (f"{settings.retention_days} days",)
            )
    except psycopg.OperationalError as error:
        raise UnavailableError(f"the database went away while migrating: {error}") from None
    return count


async def has_timescale(connection: Connection) -> bool:
    """Whether TimescaleDB is installed in this database."""
    cursor = await connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'")
    return await cursor.fetchone() is not None


async def _enable_timescale(connection: Connection) -> bool:
    cursor = await connection.execute(
        "SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb'"
    )
    if await cursor.fetchone() is None:
        log.info("this server has no TimescaleDB; using range partitions instead")
        return False
    await connection.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
    await connection.commit()
    return True


async def _apply_all(connection: Connection, wanted: list[Migration]) -> int:
    cursor = await connection.execute("SELECT number, digest FROM schema_migration")
    applied = {int(number): str(digest) for number, digest in await cursor.fetchall()}
    await connection.commit()
    unknown = sorted(set(applied) - {migration.number for migration in wanted})
    if unknown:
        raise ConfigurationError(
            f"the database has migration {unknown[-1]}, which this version does not know; "
            "run the version that made it, or a newer one"
        )
    count = 0
    for migration in wanted:
        if migration.number not in applied:
            await _apply(connection, migration)
            count += 1
        elif applied[migration.number] != migration.digest:
            raise ConfigurationError(
                f"migration {migration.number:04d}_{migration.name} was applied in another form "
                "(a changed file, or TimescaleDB was added or removed since); start with a new "
                "database and copy the data over"
            )
    return count


async def _apply(connection: Connection, migration: Migration) -> None:
    label = f"{migration.number:04d}_{migration.name}"
    try:
        async with connection.transaction():
            await connection.execute(sql.SQL(migration.sql))
            await connection.execute(
                "INSERT INTO schema_migration (number, name, digest) VALUES (%s, %s, %s)",
                (migration.number, migration.name, migration.digest),
            )
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        raise ConfigurationError(f"migration {label} failed: {error}") from error
    log.info("applied migration %s", label)
