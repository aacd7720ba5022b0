"""Alerts to ask the API for, and what it answers."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from smartopia.store.connection import Connection
from tests.support.alerts import add_alert, add_thing, draft
from tests.support.center import Center


async def open_alert(database: Connection, key: str = "test:1", **more: Any) -> int:
    """An open alert; its id."""
    async with database.transaction():
        thing = await add_thing(database)
        await add_alert(database, draft(thing, key, **more))
    cursor = await database.execute("SELECT max(id) FROM alert")
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def tell_transitions(database: Connection, alert: int, n: int = 1) -> None:
    """So many transitions, each committed."""
    for _ in range(n):
        await database.execute(
            "INSERT INTO alert_transition (alert_id, kind, at, actor, version)"
            " VALUES (%s, 'cleared', now(), 'rules', 1)",
            (alert,),
        )


def code_of(response: httpx.Response) -> str:
    """Of the error."""
    return str(response.json()["error"]["code"])


def message_of(response: httpx.Response) -> str:
    """What the error says."""
    return str(response.json()["error"]["message"])


async def _raw(center: Center, request: bytes, *, timeout_s: float = 3) -> bytes:
    """What the listener answers to these very bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", center.settings.http_port)
    try:
        writer.write(request)
        await writer.drain()
        async with asyncio.timeout(timeout_s):
            return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


async def get_raw(center: Center, target: bytes, *headers: bytes) -> tuple[int, bytes]:
    """The status, and all of the answer, of a target that no client would send."""
    head = b"\r\n".join((b"Host: x", b"Connection: close", *headers))
    answer = await _raw(center, b"GET " + target + b" HTTP/1.1\r\n" + head + b"\r\n\r\n")
    return int(answer.split(b" ", 2)[1]), answer
