"""kill -9 of each process under load: what was acknowledged to a device is stored once."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import httpx
import psutil

from tests.support.city import City, run_city, wait_until
from tests.support.load import Load

VICTIMS = ("ingest", "broker", "analytics-rules", "database", "control-center")
BETWEEN_S = 5.0


ARGUMENT = {"ingest": "ingest", "analytics-rules": "rules", "control-center": "control-center"}


def pid_of(city: City, name: str) -> int:
    """The process itself, not its guard."""
    if name == "broker":
        return int((city.data_dir / "broker" / "nats.pid").read_text())
    if name == "database":
        pid_file = city.data_dir / "postgres" / "data" / "postmaster.pid"
        return int(pid_file.read_text().splitlines()[0])
    for child in psutil.Process(city.process.pid).children():
        if child.cmdline()[-1:] == [ARGUMENT[name]]:
            return child.pid
    raise AssertionError(f"{name} does not run")


def shown(client: httpx.Client) -> list[str]:
    try:
        return [problem["text"] for problem in client.get("/api/v1/health").json()["problems"]]
    except (httpx.TransportError, KeyError):
        return ["the control center does not answer"]


def test_whatever_is_killed_what_was_acknowledged_is_stored_exactly_once(
    open_folder: Path,
) -> None:
    options = ("--without", "analytics-vision", "--without", "simulate")
    with run_city(open_folder / "city", *options) as city:
        load = Load(city, devices=20, rate=10, width=10)
        load.start()
        for victim in VICTIMS:
            time.sleep(BETWEEN_S)  # the load is the event: let it run against a whole city
            os.kill(pid_of(city, victim), signal.SIGKILL)
        time.sleep(BETWEEN_S)
        load.finish()
        url = city.running()["settings"]["database_url"]
        wait_until(
            lambda: load.missing_and_twice(url)[0] == 0,
            what="every acknowledged message is stored",
        )
        assert load.missing_and_twice(url) == (0, 0)
        assert load.ledger.acknowledged == load.ledger.sent
        assert len(load.ledger.sent) > 4000
        with city.sign_in() as client:
            wait_until(
                lambda: not [text for text in shown(client) if "vision" not in text],
                what="the screen says that all is well again",
            )


def test_the_end_of_up_ends_everything_it_started(open_folder: Path) -> None:
    with run_city(open_folder / "city", "--without", "analytics-vision") as city:
        city.wait_said("http://")
        wait_until(
            lambda: len(psutil.Process(city.process.pid).children(recursive=True)) >= 7,
            what="all parts run",
        )
        everybody = psutil.Process(city.process.pid).children(recursive=True)
        city.process.kill()
        city.process.wait()
        _, alive = psutil.wait_procs(everybody, timeout=12)
        assert [process.name() for process in alive] == []
