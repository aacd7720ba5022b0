"""A run's truth, as an evaluator meets it: sealed before, revealed after, refused if changed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smartopia.cli.supervisor import child_environment
from tests.support.city import City, run_city, wait_until


def _environment(city: City, **more: str) -> dict[str, str]:
    given = city.running()["settings"]
    names = ("broker_url", "broker_system_url", "broker_dir", "database_url", "mqtt_port")
    settings = {name: str(given[name]) for name in names} | more
    return child_environment({f"SMARTOPIA_{name.upper()}": v for name, v in settings.items()})


def _truth(city: City, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "smartopia", "truth", *arguments],
        env=_environment(city),
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def _simulating(city: City, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = _environment(
        city, truth_dir=str(folder), credentials=str(folder.parent / "words.json"), scenario="city"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "smartopia", "simulate"],
        env=environment,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=20)


def _listed(city: City, word: str) -> list[str]:
    return [line for line in _truth(city, "list").stdout.splitlines() if word in line]


def test_what_was_played_is_sealed_before_and_revealed_after(open_folder: Path) -> None:
    options = [f"--without={name}" for name in ("simulate", "analytics-vision", "analytics-rules")]
    folder = open_folder / "truth"
    with run_city(open_folder / "city", *options) as city:
        city.wait_said("http://")
        with _simulating(city, folder) as run:
            wait_until(lambda: _listed(city, "before it began"), what="the chapter is sealed")
            assert list(folder.iterdir()) == []
            run.send_signal(signal.SIGTERM)
            assert run.wait(timeout=30) == 0
        assert _listed(city, "revealed")
        (file,) = folder.glob("*.json")
        kinds = {event["kind"] for event in json.loads(file.read_text())["schedule"]["events"]}
        assert {"cloudburst", "crime", "accident", "dust", "fire", "noise"} <= kinds
        assert file.stat().st_mode & 0o077 == 0
        assert _truth(city, "verify", str(file)).returncode == 0

        text = file.read_text()
        file.write_text(text.replace('"crime"', '"noise"', 1))
        changed = _truth(city, "verify", str(file))
        assert changed.returncode == 1
        assert "sealed" in changed.stdout + changed.stderr


def test_a_simulator_that_was_killed_reveals_nothing(open_folder: Path) -> None:
    options = [f"--without={name}" for name in ("simulate", "analytics-vision", "analytics-rules")]
    folder = open_folder / "truth"
    with run_city(open_folder / "city", *options) as city:
        city.wait_said("http://")
        with _simulating(city, folder) as run:
            wait_until(lambda: _listed(city, "before it began"), what="the chapter is sealed")
            os.kill(run.pid, signal.SIGKILL)
            run.wait(timeout=20)
        assert list(folder.iterdir()) == []
        assert not _listed(city, "revealed")


def test_parts_that_are_scored_do_not_know_where_the_truth_is(open_folder: Path) -> None:
    with run_city(open_folder / "city", "--without", "analytics-vision") as city:
        city.wait_said("http://")
        told = {}
        for child in Path("/proc").iterdir():
            try:
                line = (child / "cmdline").read_bytes().split(b"\0")
                environment = (child / "environ").read_bytes()
            except OSError:
                continue
            if str(open_folder).encode() in environment and b"smartopia" in line:
                part = b" ".join(line[line.index(b"smartopia") + 1 :]).decode().strip()
                told[part] = b"SMARTOPIA_TRUTH_DIR=" in environment
    assert told.get("simulate") is True
    assert told.get("analytics rules") is False
