"""A device on the wire: what it says first, and that it loses nothing when the broker goes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from devices_sim.sdk.connection import Door
from devices_sim.sdk.device import Device
from devices_sim.sdk.outbox import MAX_IN_FLIGHT
from smartopia.contract.announce import Announce
from smartopia.contract.topics import DeviceKey
from smartopia.metrics import Metrics

KEY = DeviceKey("gimpo", "river-1")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
CONNECT, PUBLISH, SUBSCRIBE, DISCONNECT = 1, 3, 8, 14


def _topics(wanted: bytes) -> Iterator[str]:
    """The topics in the body of a SUBSCRIBE, after its id."""
    at = 0
    while at < len(wanted):
        end = at + 2 + int.from_bytes(wanted[at : at + 2], "big")
        yield wanted[at + 2 : end].decode()
        at = end + 1


class Broker:
    """As much of an MQTT 3.1.1 broker as a device meets; it acknowledges when it likes."""

    def __init__(self) -> None:
        self.connects: list[bytes] = []
        self.seen: list[tuple[str, dict[str, Any]]] = []
        self.subscribed: list[str] = []
        self.goodbyes = 0
        self.acknowledges = True
        self.changed = asyncio.Condition()
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                kind, body = await self._packet(reader)
                writer.write(self._answer(kind, body))
                async with self.changed:
                    self.changed.notify_all()
        writer.close()

    def drop(self) -> None:
        while self._writers:
            self._writers.pop().transport.abort()

    async def until(self, condition: Any) -> None:
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(condition)

    def seqs(self, channel: str) -> list[int]:
        return [message["seq"] for topic, message in self.seen if topic.endswith(channel)]

    async def _packet(self, reader: asyncio.StreamReader) -> tuple[int, bytes]:
        head = (await reader.readexactly(1))[0]
        length = shift = 0
        while True:
            byte = (await reader.readexactly(1))[0]
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return head >> 4, await reader.readexactly(length)

    def _answer(self, kind: int, body: bytes) -> bytes:
        if kind == CONNECT:
            self.connects.append(body)
            return b"\x20\x02\x00\x00"
        if kind == SUBSCRIBE:
            wanted = list(_topics(body[2:]))
            self.subscribed += wanted
            return bytes([0x90, 2 + len(wanted)]) + body[:2] + b"\x00" * len(wanted)
        if kind == DISCONNECT:
            self.goodbyes += 1
        if kind != PUBLISH:
            return b""
        end = 2 + int.from_bytes(body[:2], "big")
        self.seen.append((body[2:end].decode(), json.loads(body[end + 2 :])))
        return b"\x40\x02" + body[end : end + 2] if self.acknowledges else b""


@pytest.fixture
async def broker() -> AsyncIterator[tuple[Broker, int]]:
    broker = Broker()
    server = await asyncio.start_server(broker.serve, "127.0.0.1", 0)
    yield broker, server.sockets[0].getsockname()[1]
    server.close()
    broker.drop()


def device_at(port: int) -> tuple[Device, Metrics]:
    metrics = Metrics()
    door = Door("127.0.0.1", port, KEY.device, "secret")
    return Device(KEY, door, Announce(kind="river_gauge"), metrics), metrics


async def test_it_announces_itself_listens_tells_and_says_goodbye(
    broker: tuple[Broker, int],
) -> None:
    there, port = broker
    device, metrics = device_at(port)
    device.start()
    device.observe({"level": 2.0}, NOW)
    await there.until(lambda: len(there.seen) == 3)
    await device.stop("tired")
    await there.until(lambda: there.goodbyes == 1)
    topics = [topic.rsplit("/", 1)[1] for topic, _ in there.seen]
    assert topics == ["announce", "status", "observations", "status"]
    assert [m["state"] for t, m in there.seen if t.endswith("status")] == ["online", "offline"]
    assert there.seen[-1][1]["note"] == "tired"
    own = "smartopia/v1/gimpo/river-1"
    assert there.subscribed == [f"{own}/commands", f"{own}/errors"]
    assert b'"state":"lost"' in there.connects[0], "its last will"
    assert {m["boot"] for _, m in there.seen} == {device.boot}
    assert metrics.counters["published"] == metrics.counters["acknowledged"] == 4


async def test_nothing_is_lost_when_the_broker_goes_before_it_acknowledges(
    broker: tuple[Broker, int],
) -> None:
    there, port = broker
    there.acknowledges = False
    device, metrics = device_at(port)
    device.start()
    await there.until(lambda: len(there.seen) == 2)
    total = 2 * MAX_IN_FLIGHT + 50
    for level in range(total):
        device.observe({"level": float(level)}, NOW)
    await there.until(lambda: len(there.seqs("observations")) >= MAX_IN_FLIGHT // 2)
    there.drop()
    there.acknowledges = True
    await there.until(lambda: len(set(there.seqs("observations"))) == total)
    await device.stop()
    assert metrics.counters["reconnects"] == 1
    everything = [message["seq"] for _, message in there.seen]
    assert set(everything) == set(range(max(everything) + 1)), "each seq was seen"
    results = {m["seq"]: m["results"]["level"] for t, m in there.seen if t.endswith("observations")}
    assert sorted(results.values()) == list(range(total))


async def test_one_that_stops_before_it_connects_is_offline_in_the_end(
    broker: tuple[Broker, int],
) -> None:
    there, port = broker
    device, _ = device_at(port)
    device.start()
    await device.stop("no such file")
    assert [m["state"] for t, m in there.seen if t.endswith("status")] == ["offline"]
