"""Hears a device at the broker: what it says, when it connects, and what is kept of it."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from devices_sim.check.evidence import RESULT_CHANNELS, open_links
from devices_sim.check.transcript import Heard, Link, LinkState
from smartopia.bus.connection import connect_once
from smartopia.clock import utc_now
from smartopia.contract.topics import Channel, DeviceKey, topic_of_subject
from smartopia.errors import ConfigurationError, UnavailableError
from smartopia.settings import Settings

_KEPT_CHANNELS = (Channel.ANNOUNCE, Channel.STATUS, Channel.OBSERVATIONS, Channel.FRAMES)
_ASK_S = 3.0
# A device that floods shall not fill our memory.
_MOST_MESSAGES = 20_000
_MOST_BYTES = 300_000_000


@dataclass(frozen=True, slots=True)
class Connected:
    """One open connection of the device, as the server lists it."""

    server: str
    cid: int
    topics: tuple[str, ...]


@dataclass
class Ear:
    """Collects what is heard, from `listening` on."""

    key: DeviceKey
    platform: Client
    system: Client
    began: datetime = field(default_factory=utc_now)
    heard: list[Heard] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    _bytes: int = 0
    _start: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def now(self) -> float:
        """Seconds since the check began."""
        return asyncio.get_running_loop().time() - self._start

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until something heard makes the condition true, at most so long."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                while not condition():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return condition()
        return True

    def result_since(self, at: float) -> bool:
        """Whether a result, picture or event came after a second of the check."""
        return any(one.at > at and one.channel in RESULT_CHANNELS for one in reversed(self.heard))

    @property
    def is_open(self) -> bool:
        """Whether it has a connection, as far as we were told of any."""
        told = [link for link in self.links if link.state is not LinkState.REFUSED]
        return not told or bool(open_links(told))

    def open_since(self, at: float) -> bool:
        """Whether it has a connection made after a second of the check."""
        return bool(open_links(link for link in self.links if link.at > at))

    async def lost_by(self, cut: Callable[[], Awaitable[object]]) -> None:
        """Cut its connection, and wait until the broker says that it is gone."""
        before = len(self.links)
        await cut()

        def gone() -> bool:
            return any(link.state is LinkState.CLOSED for link in self.links[before:])

        await self.until(gone, _ASK_S)

    def note(self, state: LinkState, number: int = 0) -> None:
        """Take a change of the device's connection."""
        self.links.append(Link(self.now, state, number))
        self._news.set()

    async def retained(self) -> dict[Channel, bytes]:
        """What the broker keeps of the device, by channel."""
        kept = {}
        for channel in _KEPT_CHANNELS:
            wanted = {"last_by_subj": f"$MQTT.rmsgs.{self.key.subject(channel)}"}
            answer = await _ask(self.platform, "$JS.API.STREAM.MSG.GET.$MQTT_rmsgs", wanted)
            message = answer.get("message")
            if message is not None and message.get("data"):
                kept[channel] = base64.b64decode(message["data"])
        return kept

    async def connections(self) -> list[Connected]:
        """The device's open connections."""
        wanted = {"user": self.key.device, "auth": True, "subscriptions": True}
        answer = await _ask(self.system, "$SYS.REQ.SERVER.PING.CONNZ", wanted)
        server = answer["server"]["id"]
        return [
            Connected(
                server,
                one["cid"],
                tuple(topic_of_subject(s) for s in one.get("subscriptions_list", ())),
            )
            for one in answer["data"].get("connections") or ()
        ]

    async def kick(self) -> bool:
        """Cut the device's connections at the server; false if it has none."""
        found = await self.connections()
        for one in found:
            await _ask(self.system, f"$SYS.REQ.SERVER.{one.server}.KICK", {"cid": one.cid})
        return bool(found)

    async def command(self, payload: bytes) -> None:
        """Send the device a command."""
        await self.platform.publish(self.key.subject(Channel.COMMANDS), payload)
        await self.platform.flush()

    async def _take(self, message: Msg) -> None:
        name = message.subject.rpartition(".")[2]
        channel = next((one for one in Channel if one.value == name), None)
        full = len(self.heard) >= _MOST_MESSAGES or self._bytes >= _MOST_BYTES
        if channel is None or channel in {Channel.COMMANDS, Channel.ERRORS} or full:
            return
        qos = (message.headers or {}).get("Nmqtt-Pub")
        heard = Heard(self.now, utc_now(), channel, message.data, int(qos) if qos else None)
        self.heard.append(heard)
        self._bytes += len(message.data)
        self._news.set()

    async def _take_link(self, message: Msg) -> None:
        client = json.loads(message.data)["client"]
        if client.get("user") == self.key.device:
            opened = message.subject.endswith(".CONNECT")
            self.note(LinkState.OPENED if opened else LinkState.CLOSED, client["id"])

    async def listen(self) -> None:
        """Begin to hear."""
        await self.platform.subscribe(self.key.subject(Channel.ANNOUNCE)[:-8] + "*", cb=self._take)
        for event in ("CONNECT", "DISCONNECT"):
            await self.system.subscribe(f"$SYS.ACCOUNT.*.{event}", cb=self._take_link)
        await self.platform.flush()
        await self.system.flush()


@asynccontextmanager
async def listening(settings: Settings, key: DeviceKey) -> AsyncIterator[Ear]:
    """Hear a device at this broker.

    Raises:
        ConfigurationError: the broker's system user is not known.
        UnavailableError: the broker does not answer.
    """
    url = settings.broker_system_url.get_secret_value()
    if not url:
        raise ConfigurationError(
            "SMARTOPIA_BROKER_SYSTEM_URL is not set, so nobody can see and cut a device's "
            "connection. Set it to nats://system:PASSWORD@HOST:PORT."
        )
    try:
        async with AsyncExitStack() as stack:
            platform = await connect_once(settings.broker(), "device-check")
            stack.push_async_callback(platform.close)
            system = await connect_once(url, "device-check")
            stack.push_async_callback(system.close)
            ear = Ear(key, platform, system)
            await ear.listen()
            yield ear
    except (NatsError, OSError) as error:
        raise UnavailableError(f"the broker does not answer: {error!r}") from None


async def _ask(client: Client, subject: str, body: dict[str, Any]) -> dict[str, Any]:
    reply = await client.request(subject, json.dumps(body).encode(), timeout=_ASK_S)
    answer: dict[str, Any] = json.loads(reply.data)
    problem = answer.get("error")
    if problem is not None and problem.get("code") != 404:
        raise UnavailableError(f"the broker refused {subject}: {problem.get('description')}")
    return answer
