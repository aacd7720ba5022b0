"""The desk at which ingest answers requests, against a real broker and a real database."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from ingest.desk import TRUTH, Desk, Request
from smartopia.errors import TruthError, UnavailableError
from smartopia.metrics import Metrics
from smartopia.store.connection import Connection, connect_database
from smartopia.truth import requests
from smartopia.truth.requests import SEAL, ask
from tests.support.parts import broker_of, count, eventually
from tests.support.sealing import a_desk, seal_request
from tests.support.servers import Platform


async def test_when_no_ingest_runs_it_is_known_at_once(platform: Platform) -> None:
    async with broker_of(platform) as broker:
        with pytest.raises(UnavailableError, match="no ingest runs"):
            await asyncio.wait_for(ask(broker, seal_request()), 1)


async def test_an_ingest_that_stands_by_leaves_requests_to_the_one_that_works(
    platform: Platform,
) -> None:
    async with a_desk(platform, works=False), a_desk(platform), broker_of(platform) as broker:
        for chapter in range(8):
            await asyncio.wait_for(ask(broker, seal_request(chapter=chapter)), 2)
    assert await count(platform, "truth_seal") == 8


async def test_a_request_nobody_waits_for_any_more_is_not_handled(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled: list[int] = []

    async def note(_connection: Connection, request: Request) -> dict[str, Any]:
        handled.append(request["n"])
        return {}

    async with (
        broker_of(platform) as broker,
        await connect_database(platform.settings, "test") as connection,
    ):
        desk = Desk(broker, Metrics(), {"platform.test": note})
        await desk.listen()
        old = asyncio.create_task(broker.client.request("platform.test", b'{"n": 1}', timeout=2))
        await eventually(lambda: desk._held, what="the first is heard")
        came, message = desk._held.popleft()
        desk._held.append((came - requests.ANSWER_S, message))
        new = asyncio.create_task(broker.client.request("platform.test", b'{"n": 2}', timeout=2))
        await eventually(lambda: len(desk._held) == 2, what="the second is heard")
        await desk.idle(connection)
        assert (await new).data == b"{}"
        assert handled == [2]
        assert not desk._held
        old.cancel()


async def test_a_request_that_fails_keeps_nothing_and_harms_no_other(platform: Platform) -> None:
    async def fail(connection: Connection, request: Request) -> dict[str, Any]:
        await connection.execute("INSERT INTO boot (thing_id, boot) VALUES (1, 'x')")
        return {}

    async def half(connection: Connection, request: Request) -> dict[str, Any]:
        await connection.execute(
            "INSERT INTO quarantine (received_at, topic, reason, detail,"
            " payload) VALUES (now(), 't', 'r', 'd', '')"
        )
        raise TruthError("after half of it")

    async def break_down(connection: Connection, request: Request) -> dict[str, Any]:
        raise KeyError("a bug")

    handlers = {**TRUTH, "platform.a": fail, "platform.b": half, "platform.c": break_down}
    async with a_desk(platform, handlers), broker_of(platform) as broker:

        async def answer(subject: str, request: bytes = b"{}") -> str:
            message = await broker.client.request(subject, request, timeout=5)
            return str(json.loads(message.data)["error"])

        answers = await asyncio.gather(
            answer("platform.a"),
            answer("platform.b"),
            answer("platform.c"),
            answer(SEAL),
            answer(SEAL, b"[1]"),
            answer(SEAL, b"\xff"),
            answer(SEAL, b'{"run": "../x", "chapter": -1}'),
        )
        await ask(broker, seal_request())
    for said, expected in zip(
        answers,
        [
            "foreign key",
            "after half of it",
            "ingest failed at it; see its log",
            "run: Field required",
            "a request is a JSON object",
            "can't decode",
            "chapter: Input should be greater than or equal to 0",
        ],
        strict=True,
    ):
        assert expected in said
    assert await count(platform, "quarantine") == 0
    assert await count(platform, "truth_seal") == 1
