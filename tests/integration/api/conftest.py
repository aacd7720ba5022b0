"""A control center, its database and a console's page for the tests of the API."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from control_center.routes import overview
from smartopia.embedded.postgres import EmbeddedPostgres
from smartopia.store.connection import Connection, connect_database
from tests.support.center import Center, running_center
from tests.support.parts import rows
from tests.support.servers import Platform, fresh_database, prepared, run_broker

_SECRET = "not for browsers"


@pytest.fixture(scope="package")
def prepared_platform(postgres: EmbeddedPostgres, session_folder: Path) -> Iterator[Platform]:
    """A platform for all tests of this folder: none of them changes its shape."""
    folder = Path(tempfile.mkdtemp(dir=session_folder))
    folder.chmod(0o755)
    with fresh_database(postgres) as url, run_broker(folder / "broker") as broker:
        yield asyncio.run(prepared(url, broker, folder))


@pytest.fixture
async def platform(prepared_platform: Platform) -> Platform:
    """It, empty."""
    await rows(
        prepared_platform,
        # Past the triggers that keep revisions and openings from being deleted.
        "SET session_replication_role = replica;"
        " TRUNCATE thing, alert, alert_transition, operator, quarantine, observation"
        " RESTART IDENTITY CASCADE",
    )
    return prepared_platform


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built page, with a secret beside it."""
    folder = tmp_path / "web" / "dist"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Smartopia</title>")
    (folder / "app.js").write_text("export {};")
    (tmp_path / "secret.txt").write_text(_SECRET)
    (folder / "linked.txt").symlink_to(tmp_path / "secret.txt")
    monkeypatch.setattr(overview, "DIST", folder)
    return folder


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 that takes no time to speak of."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("control_center.auth.accounts._HASHER", quick)


@pytest.fixture
async def center(platform: Platform, dist: Path) -> AsyncIterator[Center]:
    """A control center of this test's own."""
    async with running_center(platform) as center:
        yield center


@pytest.fixture
async def database(platform: Platform) -> AsyncIterator[Connection]:
    """A connection that commits each statement."""
    async with await connect_database(platform.settings, "test") as connection:
        await connection.set_autocommit(True)
        yield connection
