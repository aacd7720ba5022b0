"""Parts of the platform in the test's own loop, and waiting for what they do."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, overload

import psycopg
from nats.aio.msg import Msg
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from smartopia.bus.accounts import BrokerFolder, reload_users
from smartopia.bus.connection import Broker, connect_broker
from smartopia.bus.health import Heartbeat, read_heartbeat
from smartopia.bus.log import LogEntry, LogReader
from smartopia.bus.subjects import health_of
from smartopia.clock import rfc3339, utc_now
from smartopia.contract.topics import DeviceKey
from smartopia.settings import Settings
from smartopia.store.connection import connect_database
from smartopia.things.stage import enlist
from tests.support.device import Device
from tests.support.servers import Platform

T = TypeVar("T")
Main = Callable[[Settings, asyncio.Event], Awaitable[None]]
Row = dict[str, Any]
_PAUSE_S = 0.02


@overload
async def eventually(
    look: Callable[[], Awaitable[T | None]], *, what: str, timeout_s: float = ...
) -> T: ...
@overload
async def eventually(look: Callable[[], T | None], *, what: str, timeout_s: float = ...) -> T: ...
async def eventually(look: Callable[[], Any], *, what: str, timeout_s: float = 8) -> Any:
    """What look returns, once it is true.

    Raises:
        AssertionError: it did not become true in time.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        seen = look()
        found = await seen if inspect.isawaitable(seen) else seen
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"after {timeout_s:.0f} s still not: {what}; last: {found!r}")
        await asyncio.sleep(_PAUSE_S)


@dataclass
class Running:
    """A part that runs in this loop."""

    task: asyncio.Task[None]
    stop_event: asyncio.Event

    async def stop(self) -> None:
        """Ask it to end, and wait."""
        self.stop_event.set()
        # The NATS client may swallow a cancellation while it connects, and then each question
        # to the broker takes its whole timeout.
        await asyncio.wait_for(self.task, 25)

    async def break_off(self) -> None:
        """End it wherever it is, between any two awaits."""
        self.task.cancel()
        await asyncio.wait([self.task], timeout=5)


@asynccontextmanager
async def running(main: Main, settings: Settings) -> AsyncIterator[Running]:
    """A part, from here to the end of the block; what it raises, the test raises."""
    stop = asyncio.Event()

    async def run() -> None:
        await main(settings, stop)

    part = Running(asyncio.create_task(run()), stop)
    try:
        yield part
    finally:
        if not part.task.cancelled():
            await part.stop()


@asynccontextmanager
async def broker_of(platform: Platform) -> AsyncIterator[Broker]:
    """A connection to the broker as the platform."""
    broker = await connect_broker(platform.settings, "test")
    try:
        yield broker
    finally:
        await broker.close()


async def register(platform: Platform, *names: str, field: bool = True) -> list[Device]:
    """Devices with accounts, connecting; in the field, or else in the sandbox."""
    if field:
        await in_field(platform, *names)
    keys = [DeviceKey(platform.settings.site, name) for name in names]
    assert platform.settings.broker_dir is not None
    passwords = BrokerFolder(platform.settings.broker_dir).add_devices(keys)
    await reload_users(platform.settings)
    return [Device(key, passwords[key], platform.settings.mqtt_port) for key in keys]


async def in_field(platform: Platform, *names: str) -> None:
    """Let these devices begin in the field."""
    async with await connect_database(platform.settings, "test") as connection:
        await enlist(connection, platform.settings.site, names, by="test")
        await connection.commit()


async def rows(
    platform: Platform, query: str, parameters: Mapping[str, object] | Sequence[object] = ()
) -> list[Row]:
    """What the database answers."""
    connection = await AsyncConnection.connect(
        platform.database, row_factory=dict_row, autocommit=True
    )
    async with connection:
        cursor = await connection.execute(query.encode(), parameters or None)
        return await cursor.fetchall() if cursor.description else []


async def count(platform: Platform, table: str) -> int:
    """How many rows a table has."""
    found = await rows(platform, f"SELECT count(*) AS n FROM {table}")  # noqa: S608 - ours
    return int(found[0]["n"])


async def read_until(reader: LogReader, n: int, timeout_s: float = 8) -> list[LogEntry]:
    """At least so many entries, or as many as came in time."""
    entries: list[LogEntry] = []
    deadline = time.monotonic() + timeout_s
    while len(entries) < n and time.monotonic() < deadline:
        entries += await reader.read(n - len(entries), 0.1)
    return entries


class Heartbeats:
    """A part's heartbeats as they come."""

    def __init__(self) -> None:
        self.came: list[Heartbeat] = []

    async def take(self, message: Msg) -> None:
        beat = read_heartbeat(message.data)
        if beat is not None:
            self.came.append(beat)

    def codes(self) -> set[str]:
        """Why the part is degraded, by its last heartbeat."""
        return {reason.code for reason in self.came[-1].reasons} if self.came else set()


async def listen_to(broker: Broker, part: str) -> Heartbeats:
    """Take a part's heartbeats."""
    beats = Heartbeats()
    await broker.client.subscribe(health_of(part), cb=beats.take)
    await broker.client.flush()
    return beats


def kill_broker(platform: Platform) -> None:
    """kill -9, wait until it is gone, and forget its guard's pipe."""
    platform.broker.kill()
    process = platform.broker.server.process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()


def shut_database(platform: Platform, *, shut: bool) -> None:
    """Refuse connections to the database and end those there are; or let them in again."""
    server, _, name = platform.database.rpartition("/")
    with psycopg.connect(f"{server}/smartopia", autocommit=True) as connection:
        connection.execute(
            psycopg.sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(
                psycopg.sql.Identifier(name), psycopg.sql.SQL("false" if shut else "true")
            )
        )
        if shut:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = %s",
                (name,),
            )


def ago(seconds: float) -> str:
    """An instant that long ago, as devices tell it."""
    return rfc3339(utc_now() - timedelta(seconds=seconds))
