"""A control center in the test's own loop, and consoles that follow it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from control_center.app import serve
from control_center.auth.accounts import FIRST, add_operator
from smartopia.cli.state import free_port
from smartopia.settings import Settings
from tests.support.parts import eventually, running
from tests.support.servers import Platform


@dataclass
class Center:
    """A running control center."""

    settings: Settings
    said: list[str] = field(default_factory=list)
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.http_port}"

    def client(self, **more: Any) -> httpx.AsyncClient:
        """A browser with our page, not signed in."""
        headers = {"X-Smartopia": "1"} | more.pop("headers", {})
        made = httpx.AsyncClient(
            base_url=self.url,
            headers=headers,
            timeout=8,
            verify=False,  # noqa: S501 - plain http
            **more,
        )
        self.clients.append(made)
        return made

    async def sign_in(self, user: str, password: str) -> httpx.AsyncClient:
        """A browser that is signed in."""
        client = self.client()
        login = {"user": user, "password": password}
        response = await client.post("/api/v1/session", json=login)
        assert response.status_code == 200, response.text
        return client

    @property
    def password(self) -> str:
        """The first administrator's."""
        return find_password(" ".join(self.said))

    async def administrator(self) -> httpx.AsyncClient:
        """The first administrator, signed in."""
        return await self.sign_in(FIRST, self.password)

    async def operator(self, name: str, role: str) -> httpx.AsyncClient:
        """A new operator, signed in."""
        said = await add_operator(self.settings, name, role)
        return await self.sign_in(name, find_password(said))


def find_password(words: str) -> str:
    """The password in what was said to a person."""
    match = re.search(r"the password (\S+)", words)
    assert match is not None, words
    return match[1]


@asynccontextmanager
async def running_center(
    platform: Platform, *, say: Callable[[str], None] | None = None, **changes: Any
) -> AsyncIterator[Center]:
    """A control center that answers, from here to the end of the block."""
    settings = platform.settings.model_copy(update={"http_port": free_port()} | changes)
    center = Center(settings)

    async def main(settings: Settings, stop: asyncio.Event) -> None:
        await serve(settings, stop, say or center.said.append)

    async with running(main, settings) as part:
        async with httpx.AsyncClient(base_url=center.url, verify=False) as anybody:  # noqa: S501

            async def answers() -> bool:
                if part.task.done():
                    part.task.result()
                try:
                    return (await anybody.get("/api/v1/schemas")).status_code == 200
                except httpx.TransportError:
                    return False

            await eventually(answers, what="the control center answers")
        try:
            yield center
        finally:
            for client in center.clients:
                await client.aclose()


@dataclass
class Console:
    """What came over one stream: (event id, name, data)."""

    events: list[tuple[int | None, str, Any]] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def ids(self) -> list[int]:
        """Ids of the alert events, as they came."""
        return [number for number, _, _ in self.events if number is not None]

    def data(self, name: str) -> list[Any]:
        """What the events of that name said."""
        return [data for _, told, data in self.events if told == name]


@asynccontextmanager
async def following(
    client: httpx.AsyncClient, *, after: object = None, last_event_id: object = None
) -> AsyncIterator[Console]:
    """A console that follows what happens; entered once it has been greeted."""
    console = Console()
    headers = {} if last_event_id is None else {"Last-Event-ID": str(last_event_id)}
    params = {} if after is None else {"after": str(after)}

    async def read() -> None:
        try:
            async with client.stream(
                "GET", "/api/v1/live", params=params, headers=headers, timeout=None
            ) as response:
                assert response.status_code == 200, await response.aread()
                await _take(response, console)
        except httpx.TransportError:
            pass
        finally:
            console.ended.set()

    task = asyncio.create_task(read())
    try:
        await eventually(lambda: console.events or task.done(), what="the stream greets")
        if task.done():
            task.result()
        yield console
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _take(response: httpx.Response, console: Console) -> None:
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        if "event" in fields:
            number = int(fields["id"]) if "id" in fields else None
            console.events.append((number, fields["event"], json.loads(fields["data"])))
        fields = {}
