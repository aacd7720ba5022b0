"""What a fleet of simulated devices costs: python -m tests.bench.bench_fleet [--devices 1000]

Each device has its own connection and credentials and tells one reading a second to a real
broker; all are in one process, whose processor time is measured once all are connected.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from devices_sim.sdk.registry import discover_kinds
from smartopia.cli.supervisor import child_environment
from tests.support.servers import Platform, fresh_database, prepared, run_broker, run_postgres

LIMIT = 0.60
_GRID = 40


def scenario(devices: int, conditions: bool) -> str:
    """A scenario of so many sensors of all kinds, each at 1 Hz."""
    kinds = sorted(discover_kinds().sensors)
    lines = ["seed: 3", "pace: 20", "devices:"]
    for n in range(devices):
        place = f"[{37.6 + n // _GRID * 0.002:.4f}, {126.65 + n % _GRID * 0.002:.4f}]"
        kind = kinds[n % len(kinds)]
        lines.append(f"- {{name: d-{n:04d}, kind: {kind}, place: {place}, period: 1}}")
    if conditions:
        on = ", ".join(f"d-{n:04d}" for n in range(0, devices, 10))
        lines.append("conditions:")
        lines += [f"- {{condition: {name}, on: [{on}]}}" for name in ("drift", "noise", "spike")]
    return "\n".join(lines)


def measure(platform: Platform, file: Path, devices: int, seconds: int) -> list[float]:
    """Shares of one core, second by second, once all devices are connected."""
    settings = platform.settings
    given = {
        "broker_url": settings.broker(),
        "broker_system_url": settings.broker_system_url.get_secret_value(),
        "broker_dir": str(settings.broker_dir),
        "credentials": str(settings.credentials),
        "mqtt_port": str(settings.mqtt_port),
        "scenario": str(file),
        "log_level": "WARNING",
    }
    environment = child_environment({f"SMARTOPIA_{name.upper()}": v for name, v in given.items()})
    command = [sys.executable, "-m", "smartopia", "simulate"]
    with subprocess.Popen(command, env=environment) as process:
        try:
            watched = psutil.Process(process.pid)
            while _connected(watched) < devices:
                time.sleep(1)
            time.sleep(5)
            shares = []
            for _ in range(seconds):
                before, began = watched.cpu_times(), time.monotonic()
                time.sleep(1)
                after, took = watched.cpu_times(), time.monotonic() - began
                shares.append((sum(after[:2]) - sum(before[:2])) / took)
            return shares
        finally:
            process.terminate()


def _connected(process: psutil.Process) -> int:
    return sum(one.status == "ESTABLISHED" for one in process.net_connections())


def main(devices: int, seconds: int) -> None:
    """Measure a plain fleet and one with conditions on each tenth device."""
    with tempfile.TemporaryDirectory(prefix="smartopia-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with run_postgres(folder) as postgres, fresh_database(postgres) as url:
            for conditions in (False, True):
                place = folder / f"run-{conditions}"
                place.mkdir()
                file = place / "fleet.yaml"
                file.write_text(scenario(devices, conditions))
                with run_broker(place / "broker") as broker:
                    platform = asyncio.run(prepared(url, broker, place))
                    shares = measure(platform, file, devices, seconds)
                share = statistics.median(shares)
                what = "three conditions on each tenth" if conditions else "plain"
                print(
                    f"{devices} devices at 1 Hz, {what}: {share:.2f} of one core "
                    f"(median of {len(shares)} s, worst {max(shares):.2f}); "
                    f"{share / LIMIT:.2f} of the limit of {LIMIT:.2f}"
                )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=30)
    options = parser.parse_args()
    main(options.devices, options.seconds)
