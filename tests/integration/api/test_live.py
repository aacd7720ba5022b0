"""What consoles are told: each transition, once and in order."""

from __future__ import annotations

import asyncio
import socket

import psutil
import pytest

from control_center.auth.sessions import COOKIE
from smartopia.settings import Settings
from smartopia.store.connection import Connection, connect_database
from tests.support.api import open_alert, tell_transitions
from tests.support.center import Center, Console, following, running_center
from tests.support.parts import eventually
from tests.support.servers import Platform


async def test_a_console_is_told_of_each_transition_as_it_happens(
    center: Center, database: Connection
) -> None:
    client = await center.administrator()
    async with following(client) as console:
        assert console.events[0][1] == "hello"
        alert = await open_alert(database)
        await eventually(lambda: console.ids, what="the alert is told")
        await client.post(f"/api/v1/alerts/{alert}/acknowledge", json={"version": 1})
        await eventually(lambda: len(console.ids) == 2, what="the acknowledgement is told")
    kinds = [(told["kind"], told["alert"]["id"]) for told in console.data("alert")]
    assert kinds == [("raised", alert), ("acknowledged", alert)]
    assert console.data("alert")[1]["alert"]["acknowledged_by"] == "admin"


async def _settled(console: Console, newest: int) -> list[int]:
    """The ids that came, once the newest is among them and the next health report has come."""
    await eventually(lambda: newest in console.ids, what=f"event {newest}")
    return console.ids


@pytest.mark.parametrize("how", ["after", "last_event_id"])
async def test_what_was_missed_is_told_once_and_in_order(
    center: Center, database: Connection, how: str
) -> None:
    client = await center.administrator()
    alert = await open_alert(database)
    await tell_transitions(database, alert, 1200)  # more than two pages
    newest = 1201
    async with following(client, after=0) as console:
        assert await _settled(console, newest) == list(range(1, newest + 1))
    for seen in (newest - 30, newest - 1):
        async with following(client, **{how: seen}) as console:
            writing = asyncio.create_task(tell_transitions(database, alert, 20))
            await writing
            newest += 20
            assert await _settled(console, newest) == list(range(seen + 1, newest + 1))


async def test_resuming_while_much_happens_misses_and_repeats_nothing(
    center: Center, database: Connection
) -> None:
    client = await center.administrator()
    alert = await open_alert(database)
    total = 301
    writing = asyncio.create_task(tell_transitions(database, alert, total - 1))
    seen: list[int] = [0]
    while seen[-1] < total:
        async with following(client, last_event_id=seen[-1]) as console:
            await eventually(lambda: console.ids, what="more is told")
            seen += console.ids
    await writing
    assert seen == list(range(total + 1))


async def test_without_an_id_a_console_is_told_only_what_is_new(
    center: Center, database: Connection
) -> None:
    client = await center.administrator()
    alert = await open_alert(database)
    await tell_transitions(database, alert, 5)
    async with following(client, after=0) as first:  # the center has seen them, too
        await _settled(first, 6)
    for odd in (None, "", "x", "-1", "1.5"):
        async with following(client, last_event_id=odd) as console:
            await tell_transitions(database, alert)
            await eventually(lambda: console.ids, what="what is new is told")
            (row,) = await (
                await database.execute("SELECT max(id) FROM alert_transition")
            ).fetchall()
            assert console.ids == [row[0]], odd


async def test_an_id_from_the_future_does_not_silence_the_stream(
    center: Center, database: Connection
) -> None:
    client = await center.administrator()
    alert = await open_alert(database)
    async with following(client, after=0) as first:
        await _settled(first, 1)
    for n, future in enumerate((2, 10_000, 2**63 - 1, 2**64, 10**50)):
        async with following(client, last_event_id=future) as console:
            await tell_transitions(database, alert)
            assert await _settled(console, n + 2) == [n + 2], future


async def test_a_center_that_just_started_tells_what_was_missed_and_no_more(
    platform: Platform, center: Center, database: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Consoles come back within a second of a restart; the feed may be later than they."""
    alert = await open_alert(database)
    await tell_transitions(database, alert, 50)
    cookies = dict((await center.administrator()).cookies)
    slow = asyncio.Event()

    async def delayed(settings: Settings, name: str) -> Connection:
        await slow.wait()
        return await connect_database(settings, name)

    monkeypatch.setattr("control_center.feed.connect_database", delayed)
    async with running_center(platform) as again:
        client = again.client(cookies=cookies)
        async with following(client, last_event_id=51) as console:
            await tell_transitions(database, alert)
            slow.set()
            await eventually(lambda: console.ids, what="it is told", timeout_s=3)
            assert console.ids == [52]


def _lazy_console(center: Center, cookie: str) -> socket.socket:
    """A browser that asks for the stream and never reads."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect(("127.0.0.1", center.settings.http_port))
    head = f"GET /api/v1/live HTTP/1.1\r\nHost: x\r\nCookie: {COOKIE}={cookie}\r\n\r\n"
    line.sendall(head.encode())
    return line


async def _flood(database: Connection, console: Console) -> int:
    """More than a console may leave unread, given slowly enough for one that reads."""
    alert = await open_alert(database, guidance="x" * 30_000)
    for n in range(16):
        async with database.transaction():
            await tell_transitions(database, alert, 50)
        await _settled(console, 1 + (n + 1) * 50)
    return 1 + 16 * 50


async def test_a_console_that_never_reads_does_not_hold_up_others(
    center: Center, database: Connection
) -> None:
    client = await center.administrator()
    lazy = _lazy_console(center, client.cookies[COOKIE])
    try:
        async with following(client, after=0) as console:
            newest = await _flood(database, console)
            assert console.ids == list(range(1, newest + 1))
            assert not console.ended.is_set()
        assert (await client.get("/api/v1/alerts")).status_code == 200
    finally:
        lazy.close()


async def test_a_console_that_never_reads_is_let_go(center: Center, database: Connection) -> None:
    client = await center.administrator()
    lazy = _lazy_console(center, client.cookies[COOKIE])
    port = lazy.getsockname()[1]

    def connected() -> bool:
        connections = psutil.Process().net_connections("tcp")
        return any(
            one.laddr.port == center.settings.http_port and one.raddr and one.raddr.port == port
            for one in connections
        )

    try:
        async with following(client, after=0) as console:
            assert connected()
            await _flood(database, console)
            await eventually(lambda: not connected(), what="its connection is ended", timeout_s=2)
    finally:
        lazy.close()
