"""An open-loop load of real MQTT devices that keeps a ledger of what was acknowledged."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg

from smartopia.bus.accounts import BrokerFolder, reload_users
from smartopia.contract.topics import Channel, DeviceKey
from smartopia.settings import Settings
from tests.support.city import City
from tests.support.device import Device


@dataclass
class Ledger:
    """(device, seq) of each message, as sent and as acknowledged to the device."""

    sent: set[tuple[str, int]] = field(default_factory=set)
    acknowledged: set[tuple[str, int]] = field(default_factory=set)


class LoadDevice(Device):
    """A device that sends `width` observations in each message, on a schedule."""

    def __init__(
        self, key: DeviceKey, password: str, port: int, ledger: Ledger, width: int
    ) -> None:
        self._ledger = ledger
        self._width = width
        self._seq = 0
        self._waiting: dict[int, tuple[str, int]] = {}
        self._lock = threading.Lock()
        super().__init__(key, password, port)
        self.client.on_publish = self._on_publish

    def announce_streams(self, prop: str, unit: str) -> None:
        self.announce(
            [
                {"name": f"s{i}", "observed_property": prop, "unit": unit, "period": 0.1}
                for i in range(self._width)
            ]
        )

    def tell(self, value: float) -> None:
        seq, self._seq = self._seq, self._seq + 1
        message: dict[str, Any] = {
            "boot": "load",
            "seq": seq,
            "time": datetime.now(UTC).isoformat(),
            "results": {f"s{i}": value + i for i in range(self._width)},
        }
        name = (self.key.device, seq)
        self._ledger.sent.add(name)
        with self._lock:
            info = self.send(self.key.topic(Channel.OBSERVATIONS), json.dumps(message).encode())
            self._waiting[info.mid] = name

    def _on_publish(self, _c: Any, _u: Any, mid: int, _r: Any, _p: Any) -> None:
        with self._lock:
            name = self._waiting.pop(mid, None)
        if name is not None:
            self._ledger.acknowledged.add(name)

    @property
    def outstanding(self) -> int:
        return len(self._waiting)


class Load:
    """`devices` devices, each `rate` messages a second of `width` observations."""

    def __init__(self, city: City, devices: int, rate: float, width: int) -> None:
        self.ledger = Ledger()
        self.width = width
        self._rate = rate
        self._stop = threading.Event()
        city.wait_said("http://")
        folder = BrokerFolder(city.data_dir / "broker")
        keys = [DeviceKey("gimpo", f"load-{n:03d}") for n in range(devices)]
        passwords = folder.add_devices(keys)
        reload_broker(city)
        self.devices = [
            LoadDevice(key, passwords[key], city.mqtt_port, self.ledger, width) for key in keys
        ]
        for device in self.devices:
            device.wait_connected()
            device.announce_streams("load_test", "1")
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        """On a schedule of its own: a slow platform does not slow the load down."""
        begin = time.monotonic()
        step = 1 / (self._rate * len(self.devices))
        turn = 0
        while not self._stop.is_set():
            due = begin + turn * step
            pause = due - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            self.devices[turn % len(self.devices)].tell(float(turn % 1000))
            turn += 1

    def finish(self, timeout_s: float = 60) -> None:
        """Stop sending, and wait until all that was sent is acknowledged."""
        self._stop.set()
        self._thread.join()
        deadline = time.monotonic() + timeout_s
        while any(device.outstanding for device in self.devices):
            if time.monotonic() > deadline:
                left = sum(device.outstanding for device in self.devices)
                raise AssertionError(f"{left} messages were never acknowledged to their devices")
            time.sleep(0.05)
        for device in self.devices:
            device.close()

    def missing_and_twice(self, database_url: str) -> tuple[int, int]:
        """How many acknowledged messages are not whole in the database, and how many
        observations stand there more than once.
        """
        with psycopg.connect(database_url) as connection:
            rows = connection.execute(
                """
                SELECT t.name, o.seq, count(*), count(DISTINCT (o.datastream_id, o.ordinal))
                FROM observation o
                JOIN boot b ON b.id = o.boot_id
                JOIN thing t ON t.id = b.thing_id
                WHERE b.boot = 'load' GROUP BY 1, 2
                """
            ).fetchall()
        whole = {(name, seq) for name, seq, _, distinct in rows if distinct == self.width}
        twice = sum(n - distinct for _, _, n, distinct in rows)
        return len(self.ledger.acknowledged - whole), twice


def reload_broker(city: City) -> None:
    """Let the broker know its new users (in a thread: a browser test has a loop of its own)."""
    settings = Settings(**city.running()["settings"])
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(reload_users(settings))).result()
