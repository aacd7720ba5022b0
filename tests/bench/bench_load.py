"""The promised load on this machine: 2,000 observations/s and 2 cameras at 2 frames/s.

    python -m tests.bench.bench_load [--seconds 300]

Needs SMARTOPIA_DATA and SMARTOPIA_MODEL. Prints what was lost or stored twice, and the
latency from publishing to the console's event stream, beside two floors measured in the
same run: a commit alone, and a broker round trip alone.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import nats
import psutil
import psycopg

from smartopia.bus.accounts import BrokerFolder, reload_users
from smartopia.contract.topics import DeviceKey
from smartopia.settings import Settings
from tests.support.city import City, run_city
from tests.support.device import Device
from tests.support.load import Load

BELLS = 40
BELL = {
    "name": "pressed",
    "observed_property": "bell_pressed",
    "unit": "{pressed}",
    "period": 1,
    "range": [0, 1],
}
SCENARIO = """\
cameras:
  - {{name: cam-pedestrians, source: {data}/video/pedestrians-vtest.avi, rate: 2}}
  - {{name: cam-crossing, source: {data}/video/one-by-one-person.mp4, rate: 2}}
"""


class Bells:
    """Devices whose button is pressed again and again, so that alerts have to travel."""

    def __init__(self, city: City) -> None:
        keys = [DeviceKey("gimpo", f"bell-{n:02d}") for n in range(BELLS)]
        passwords = BrokerFolder(city.data_dir / "broker").add_devices(keys)
        asyncio.run(reload_users(Settings(**city.running()["settings"])))
        self._devices = [Device(key, passwords[key], city.mqtt_port) for key in keys]
        for device in self._devices:
            device.wait_connected()
            device.announce([BELL])
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        tick = 0
        while not self._stop.wait(1.0):
            for n, device in enumerate(self._devices):
                pressed = (tick + n) % 40 == 0
                message = {
                    "boot": "bench",
                    "seq": tick,
                    "time": datetime.now(UTC).isoformat(),
                    "results": {"pressed": 1 if pressed else 0},
                }
                device.send(f"smartopia/v1/{device.key}/observations", json.dumps(message).encode())
            tick += 1

    def finish(self) -> None:
        self._stop.set()
        self._thread.join()
        for device in self._devices:
            device.close()


class Screen(threading.Thread):
    """Reads the event stream as a console does, and notes when each alert came."""

    def __init__(self, client: httpx.Client) -> None:
        super().__init__(daemon=True)
        self._client = client
        self.delays: dict[str, list[float]] = {"sensor": [], "camera": []}
        self.values = 0
        self.ended = threading.Event()

    def run(self) -> None:
        with contextlib.suppress(httpx.TransportError):  # how the run ends
            self._read()

    def _read(self) -> None:
        with self._client.stream("GET", "/api/v1/live", timeout=60) as response:
            name = ""
            for line in response.iter_lines():
                if self.ended.is_set():
                    return
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: ") and name in {"alert", "values"}:
                    self._take(name, json.loads(line.removeprefix("data: ")))

    def _take(self, name: str, data: Any) -> None:
        if name == "values":
            self.values += len(data)
            return
        alert = data["alert"]
        if data["kind"] in {"raised", "reraised"}:
            seen = datetime.fromisoformat(alert["phenomenon_time"])
            source = "sensor" if alert["datastream"] else "camera"
            self.delays[source].append((datetime.now(UTC) - seen).total_seconds())


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def floor_commit(url: str) -> float:
    """The median of a one-row commit, alone."""
    times = []
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TEMPORARY TABLE floor (x int)")
        connection.execute("CREATE TABLE IF NOT EXISTS bench_floor (x int)")
        connection.commit()
        for _ in range(100):
            began = time.monotonic()
            connection.execute("INSERT INTO bench_floor VALUES (1)")
            connection.commit()
            times.append(time.monotonic() - began)
        connection.execute("DROP TABLE bench_floor")
        connection.commit()
    return statistics.median(times)


async def floor_round_trip(url: str) -> float:
    """The median of a request and reply over the broker, alone."""
    client = await nats.connect(url)

    async def answer(message: Any) -> None:
        await message.respond(b"")

    await client.subscribe("bench.echo", cb=answer)
    times = []
    for _ in range(200):
        began = time.monotonic()
        await client.request("bench.echo", b"x" * 200, timeout=2)
        times.append(time.monotonic() - began)
    await client.close()
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    arguments = parser.parse_args()
    data, model = Path(os.environ["SMARTOPIA_DATA"]), os.environ["SMARTOPIA_MODEL"]
    folder = Path(tempfile.mkdtemp(prefix="smartopia-bench-"))
    folder.chmod(0o755)
    scenario = folder / "cameras.yaml"
    scenario.write_text(SCENARIO.format(data=data.resolve()))
    summary = folder / "summary.json"
    options = (
        "--summary",
        str(summary),
        "--scenario",
        str(scenario),
        "--model",
        str(Path(model).resolve()),
    )
    with run_city(folder / "city", *options, sandbox="false") as city, city.sign_in() as client:
        settings = city.running()["settings"]
        commit_s = floor_commit(settings["database_url"])
        trip_s = asyncio.run(floor_round_trip(settings["broker_url"]))
        screen = Screen(client)
        screen.start()
        load = Load(city, devices=20, rate=10, width=10)
        bells = Bells(city)
        tree = psutil.Process(city.process.pid).children(recursive=True)
        before = {p.pid: sum(p.cpu_times()[:2]) for p in tree}
        began = time.monotonic()
        load.start()
        bells.start()
        time.sleep(arguments.seconds)
        cpu = sum(sum(p.cpu_times()[:2]) - before[p.pid] for p in tree if p.is_running())
        wall = time.monotonic() - began
        memory = {p.cmdline()[-1][-24:]: p.memory_info().rss >> 20 for p in tree if p.is_running()}
        bells.finish()
        load.finish()
        time.sleep(2)
        missing, twice = load.missing_and_twice(settings["database_url"])
        screen.ended.set()
    sent = len(load.ledger.sent)
    parts = json.loads(summary.read_text())["parts"]
    vision, watched = parts["analytics-vision"], parts["analytics-situations"]["latency"]
    print(f"{wall:.0f} s, {sent * load.width / wall:.0f} observations/s, 2 cameras at 2 frames/s")
    print(f"messages sent {sent}, acknowledged {len(load.ledger.acknowledged)}, ", end="")
    print(f"lost {missing}, stored twice {twice}")
    for source, delays in screen.delays.items():
        p50, p99 = percentile(delays, 0.5), percentile(delays, 0.99)
        print(
            f"{source}: publish to console n={len(delays)} p50 {p50 * 1000:.0f} ms, "
            f"p99 {p99 * 1000:.0f} ms, max {max(delays, default=float('nan')) * 1000:.0f} ms, "
            f"p50 is {p50 / (commit_s + trip_s):.1f} x (commit + round trip)"
        )
    print(f"camera: publish to watched {watched['frame_to_watched']}, ", end="")
    print(f"frames in {vision['frames_in']}, left out {vision.get('frames_dropped', 0)}")
    print(f"floors: commit {commit_s * 1000:.1f} ms, broker round trip {trip_s * 1000:.2f} ms")
    print(f"values shown {screen.values}; cpu {cpu / wall:.2f} cores; memory MB {memory}")
    print("load average", os.getloadavg())


if __name__ == "__main__":
    main()
