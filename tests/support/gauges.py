"""River gauges in plain paho for the check: a sound one, and some that break one thing each."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import secrets
import socket
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from devices_sim.sdk.connection import Door
from smartopia.clock import rfc3339, utc_now
from smartopia.contract.topics import Channel, DeviceKey

PERIOD_S = 0.4


class Gauge:
    """A sound river gauge in plain paho; those below break one thing each."""

    breaks: ClassVar[set[str]] = set()
    unit = "m"
    retain = True
    period_s = PERIOD_S
    qos = 1

    def __init__(self) -> None:
        self.key = DeviceKey("check", type(self).__name__.lower())
        self.tasks: list[asyncio.Task[None]] = []

    async def start(self, door: Door) -> None:
        self.door = door
        self.loop = asyncio.get_running_loop()
        self.boot = secrets.token_urlsafe(6)
        self.seqs = itertools.count()
        self.connect()
        self.tasks.append(asyncio.create_task(self.tell()))

    def connect(self) -> None:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=self.door.user)
        client.username_pw_set(self.door.user, self.door.password)
        client.will_set(self.key.topic(Channel.STATUS), b'{"state": "lost"}', 1, retain=True)
        client.on_connect = self.connected
        client.on_disconnect = self.disconnected
        client.on_message = self.commanded
        client.connect_async(self.door.host, self.door.port, keepalive=10)
        client.loop_start()
        self.client = client

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        self.tasks.clear()
        self.say(Channel.STATUS, {"state": "offline"}, retain=True)
        await asyncio.sleep(0.2)
        self.client.disconnect()
        await asyncio.to_thread(self.client.loop_stop)

    def die(self) -> None:
        """As a crashed program does: no goodbye, and nothing any more."""
        for task in self.tasks:
            task.cancel()
        connection = self.client.socket()
        self.client.on_disconnect = None
        self.client.reconnect_delay_set(1000, 1000)
        if connection is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)  # type: ignore[arg-type]

    def connected(self, client: mqtt.Client, *_: Any) -> None:
        client.subscribe([(self.key.topic(c), 0) for c in (Channel.COMMANDS, Channel.ERRORS)])
        self.announce()
        self.say(Channel.STATUS, {"state": "online"}, retain=True)

    def disconnected(self, *_: Any) -> None:
        pause = random.uniform(0.1, 0.4)
        self.client.reconnect_delay_set(pause, 1)  # type: ignore[arg-type]

    def commanded(self, _c: Any, _u: Any, _m: mqtt.MQTTMessage) -> None:
        pass

    def announce(self) -> None:
        self.say(Channel.ANNOUNCE, self.announcement(), retain=self.retain)

    def announcement(self) -> dict[str, Any]:
        level = {
            "name": "level",
            "observed_property": "water_level",
            "unit": self.unit,
            "range": [0, 15],
            "period": PERIOD_S,
        }
        return {
            "kind": "river_gauge",
            "title": "Old bridge",
            "location": {"latitude": 37.6, "longitude": 126.7},
            "datastreams": [level],
        }

    async def tell(self) -> None:
        while True:
            self.say(Channel.OBSERVATIONS, self.message())
            await asyncio.sleep(self.period_s)

    def message(self) -> dict[str, Any]:
        return {
            "boot": self.boot,
            "seq": next(self.seqs),
            "time": rfc3339(utc_now()),
            "results": self.results(),
        }

    def results(self) -> dict[str, Any]:
        return {"level": 2 + random.random()}

    def say(self, channel: Channel, message: Mapping[str, Any], *, retain: bool = False) -> None:
        payload = json.dumps(message).encode()
        self.client.publish(self.key.topic(channel), payload, self.qos, retain=retain)


class WrongUnit(Gauge):
    breaks: ClassVar[set[str]] = {"D1.4"}
    unit = "cm"


class Silent(Gauge):
    breaks: ClassVar[set[str]] = {"D1.1"}

    def announce(self) -> None:
        pass


class NotRetained(Gauge):
    breaks: ClassVar[set[str]] = {"D1.2"}
    retain = False


class Misspelt(Gauge):
    breaks: ClassVar[set[str]] = {"D1.3"}

    def announcement(self) -> dict[str, Any]:
        return {**super().announcement(), "titel": "Old bridge"}


class Reuses(Gauge):
    breaks: ClassVar[set[str]] = {"D3.2"}

    def message(self) -> dict[str, Any]:
        message = super().message()
        return {**message, "seq": message["seq"] % 5}


class Ahead(Gauge):
    breaks: ClassVar[set[str]] = {"D3.4", "D3.5"}

    def message(self) -> dict[str, Any]:
        return {**super().message(), "time": rfc3339(utc_now() + timedelta(hours=1))}


class AtQos0(Gauge):
    breaks: ClassVar[set[str]] = {"D3.6", "D7.5"}
    qos = 0


class Talks(Gauge):
    breaks: ClassVar[set[str]] = {"D4.2"}

    def results(self) -> dict[str, Any]:
        return {"level": random.choice([2.5, "high"])}


class OutOfRange(Gauge):
    breaks: ClassVar[set[str]] = {"D4.4"}

    def results(self) -> dict[str, Any]:
        return {"level": random.choice([2.5, 2.6, -999.0])}


class Unannounced(Gauge):
    breaks: ClassVar[set[str]] = {"D4.3"}

    def results(self) -> dict[str, Any]:
        return {**super().results(), "voltage": 12.1}


class Slow(Gauge):
    breaks: ClassVar[set[str]] = {"D4.5", "D4.6"}
    period_s = 3 * PERIOD_S + 0.4


class DiesOfACommand(Gauge):
    breaks: ClassVar[set[str]] = {"D6.4"}

    def commanded(self, _c: Any, _u: Any, message: mqtt.MQTTMessage) -> None:
        try:
            json.loads(message.payload)
        except ValueError:
            self.loop.call_soon_threadsafe(self.die)


class NeverBack(Gauge):
    breaks: ClassVar[set[str]] = {"D7.1"}

    def disconnected(self, *_: Any) -> None:
        self.loop.call_soon_threadsafe(self.die)


class Forgets(Gauge):
    """Makes a new client for each connection, and with it a new, empty queue."""

    breaks: ClassVar[set[str]] = {"D7.5"}

    def disconnected(self, *_: Any) -> None:
        self.client.on_disconnect = None
        self.loop.call_soon_threadsafe(self.loop.create_task, self.again(self.client))

    async def again(self, old: mqtt.Client) -> None:
        old.disconnect()
        await asyncio.to_thread(old.loop_stop)
        await asyncio.sleep(random.uniform(0.1, 0.4))
        self.connect()


class AnnouncesAnother(Gauge):
    breaks: ClassVar[set[str]] = {"D7.6"}

    def __init__(self) -> None:
        super().__init__()
        self.connects = 0

    def announcement(self) -> dict[str, Any]:
        self.connects += 1
        return {**super().announcement(), "kind": "river_gauge" if self.connects < 2 else "other"}


class Repeats(Gauge):
    breaks: ClassVar[set[str]] = {"D7.8"}

    async def tell(self) -> None:
        while True:
            message = self.message()
            for _ in range(3):
                self.say(Channel.OBSERVATIONS, message)
            await asyncio.sleep(self.period_s)


class Storms(Gauge):
    """Pauses after a loss, and not at all between attempts in vain."""

    breaks: ClassVar[set[str]] = {"D7.9"}
    was_in = False

    def connected(self, client: mqtt.Client, *rest: Any) -> None:
        self.was_in = True
        super().connected(client, *rest)

    def disconnected(self, *rest: Any) -> None:
        super().disconnected(*rest)
        if not self.was_in:
            self.client.reconnect_delay_set(0.02, 0.02)  # type: ignore[arg-type]
        self.was_in = False
