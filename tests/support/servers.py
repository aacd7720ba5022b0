"""A real broker and a real database for tests, started as `smartopia up` starts them."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from pydantic import SecretStr

from smartopia.cli.migrate import prepare
from smartopia.cli.state import free_port
from smartopia.cli.supervisor import child_environment, guarded
from smartopia.embedded.broker import EmbeddedBroker
from smartopia.embedded.postgres import EmbeddedPostgres
from smartopia.embedded.user import server_user
from smartopia.errors import UnavailableError
from smartopia.settings import Settings


@dataclass
class Server:
    """One guarded server process, which a test may kill and start again."""

    command: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(self.command),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=child_environment({}),
            )

    def stop(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
            self.process.wait(timeout=15)

    def wait_gone(self) -> None:
        assert self.process is not None
        self.process.wait(timeout=10)
        if self.process.stdin is not None:
            self.process.stdin.close()


@dataclass
class TestBroker:
    """A broker of one test's own."""

    __test__ = False
    embedded: EmbeddedBroker
    server: Server

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        pid = int((self.embedded.folder / "nats.pid").read_text())
        os.kill(pid, signal.SIGKILL)
        self.server.wait_gone()

    def start_again(self) -> None:
        self.server.start()


@dataclass
class Platform:
    """Settings that reach a broker and a database of one test's own."""

    settings: Settings
    broker: TestBroker
    database: str
    folder: Path
    extra: dict[str, object] = field(default_factory=dict)


_FAST = ("-c", "fsync=off", "-c", "full_page_writes=off")


@contextmanager
def run_postgres(folder: Path) -> Iterator[EmbeddedPostgres]:
    """A database server for the whole test session."""
    folder.chmod(0o755)
    postgres = EmbeddedPostgres(folder / "postgres", free_port(), secrets.token_hex(12))
    postgres.prepare()
    uid, gid = server_user()
    # Tests that kill the database use a city of their own, with fsync on.
    command = guarded([*postgres.command(), *_FAST], signal.SIGINT, uid, gid)
    server = Server(command, folder / "postgres.log")
    server.start()
    try:
        postgres.wait_ready()
        yield postgres
    finally:
        server.stop()


@contextmanager
def run_broker(folder: Path) -> Iterator[TestBroker]:
    """A broker for one test."""
    embedded = EmbeddedBroker(
        folder, free_port(), free_port(), secrets.token_hex(8), secrets.token_hex(8)
    )
    embedded.prepare()
    command = guarded(embedded.command(), signal.SIGTERM, os.geteuid(), os.getegid())
    server = Server(command, folder.parent / "broker.log")
    server.start()
    try:
        yield TestBroker(embedded, server)
    finally:
        server.stop()


@contextmanager
def fresh_database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The URL of an empty database, dropped afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    named = psycopg.sql.Identifier(name)
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("CREATE DATABASE {} STRATEGY FILE_COPY").format(named))
        yield postgres.url.rsplit("/", 1)[0] + f"/{name}"
        connection.execute(psycopg.sql.SQL("DROP DATABASE {} WITH (FORCE)").format(named))


async def prepared(
    postgres_url: str, broker: TestBroker, folder: Path, **changes: object
) -> Platform:
    """Migrate and prepare both, as `smartopia migrate` does."""
    settings = Settings(
        broker_url=SecretStr(broker.embedded.url),
        broker_system_url=SecretStr(broker.embedded.system_url),
        broker_dir=broker.embedded.folder,
        mqtt_port=broker.embedded.mqtt_port,
        database_url=SecretStr(postgres_url),
        credentials=folder / "credentials.json",
        **changes,  # type: ignore[arg-type]
    )
    deadline = time.monotonic() + 10
    while True:
        try:
            await prepare(settings)
        except UnavailableError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)
        else:
            return Platform(settings, broker, postgres_url, folder)
