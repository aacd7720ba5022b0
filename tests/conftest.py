"""Fixtures: real servers, real data, and what a machine may lack."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from smartopia.embedded.postgres import EmbeddedPostgres
from tests.support.servers import Platform, fresh_database, prepared, run_broker, run_postgres

IN_CI = os.environ.get("CI", "").lower() == "true"

os.environ.setdefault("YOLO_OFFLINE", "true")
os.environ.setdefault("YOLO_AUTOINSTALL", "false")
os.environ.setdefault("YOLO_VERBOSE", "false")

# What tests need is taken here and kept from the code under test, which reads SMARTOPIA_*.
_TAKEN = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("SMARTOPIA_")}


def lacking(what: str) -> None:
    """Skip on a laptop; fail in CI, where nothing may be missing."""
    if IN_CI:
        pytest.fail(f"CI lacks {what}")
    pytest.skip(f"this machine lacks {what}")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real pictures, video and sensor series."""
    folder = _TAKEN.get("SMARTOPIA_DATA")
    if not folder or not Path(folder).is_dir():
        lacking("real data: set SMARTOPIA_DATA")
    return Path(folder or "").resolve()


@pytest.fixture(scope="session")
def model() -> Path:
    """Real detector weights."""
    file = _TAKEN.get("SMARTOPIA_MODEL")
    if not file or not Path(file).exists():
        lacking("detector weights: set SMARTOPIA_MODEL")
    return Path(file or "").resolve()


@pytest.fixture(scope="session")
def chromium() -> str:
    """A Chromium to drive."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    lacking("Chromium")
    return ""


@pytest.fixture(scope="session")
def session_folder() -> Iterator[Path]:
    """A folder the unprivileged database user may enter (pytest's own is closed to it)."""
    folder = Path(tempfile.mkdtemp(prefix="smartopia-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def open_folder(session_folder: Path) -> Path:
    """A fresh folder of this test's own, which the database user may enter."""
    folder = Path(tempfile.mkdtemp(dir=session_folder))
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def postgres(session_folder: Path) -> Iterator[EmbeddedPostgres]:
    """A real database server."""
    with run_postgres(session_folder) as server:
        yield server


@pytest.fixture
def database_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """An empty database."""
    with fresh_database(postgres) as url:
        yield url


@pytest.fixture
async def platform(database_url: str, open_folder: Path) -> AsyncIterator[Platform]:
    """A migrated database and a prepared broker of this test's own."""
    with run_broker(open_folder / "broker") as broker:
        yield await prepared(database_url, broker, open_folder)
