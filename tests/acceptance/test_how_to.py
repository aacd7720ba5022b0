"""The how-to page, followed to the letter by somebody who has never seen the code."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import lacking
from tests.support.city import City, run_city, wait_until

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/how-to/add-a-device.md").read_text()
_FILE = r"`([\w/.-]+\.\w+)`[^`]*\n\n```(?:python|yaml|json)\n(.*?)```"
_NAMES = ["my-kinds/ozone_monitor.py", "ozone.yaml", "river-2.json"]
_CHECK = "smartopia device check ozone-city-hall"
_LOOK = "until smartopia device list | grep -q 'ozone-city-hall *sandbox'; do sleep 1; done"
_PASSWORD = "$(awk '/^password/ {print $2}' added.txt)"


def _files(folder: Path) -> None:
    """The files the page has its reader write: a block after the name in backticks."""
    found = re.findall(
        r"`([\w/.-]+\.\w+)`[^`]*\n\n```(?:python|yaml|json)\n(.*?)```", PAGE, re.DOTALL
    )
    assert [name for name, _ in found] == [
        "my-kinds/ozone_monitor.py",
        "ozone.yaml",
        "river-2.json",
    ]
    for name, text in found:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)


def _script(city: City) -> str:
    """The page's commands in their order; only the port and the password are this city's.

    A reader looks at the map before checking what should stand there.
    """
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
    assert "-p 1883" in commands
    return (
        commands.replace("-p 1883", f"-p {city.mqtt_port}")
        .replace("PASSWORD", _PASSWORD)
        .replace("river-2.json\n", "river-2.json | tee added.txt\n")
        .replace(_CHECK, f"{_LOOK}\n{_CHECK}")
    )


def _follow(city: City, folder: Path) -> str:
    """Do what the page says; returns what the terminal showed."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with (folder / "terminal.txt").open("w") as terminal:
        shell = subprocess.Popen(
            ["/bin/bash", "-euo", "pipefail", "-c", _script(city)],
            cwd=folder,
            env={"PATH": path, "HOME": str(folder), "SMARTOPIA_HOME": str(city.data_dir)},
            stdout=terminal,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        code = shell.wait(timeout=280)
    said = (folder / "terminal.txt").read_text()
    assert code == 0, said
    return said


def _things(city: City, names: set[str]) -> dict[str, dict[str, Any]]:
    with city.sign_in() as client:
        things = client.get("/api/v1/things").json()["things"]
    return {thing["name"]: thing for thing in things if thing["name"] in names}


@pytest.mark.timeout(400)
def test_a_new_device_is_on_the_map_graded_and_promoted_in_under_ten_minutes(
    open_folder: Path,
) -> None:
    if shutil.which("mosquitto_pub") is None:
        lacking("mosquitto_pub: apt-get install mosquitto-clients")
    names = {"ozone-city-hall", "river-2"}
    _files(open_folder)
    options = ("--without", "analytics-vision", "--scenario", "quiet")
    with run_city(open_folder / "city", *options) as city:
        began = time.monotonic()
        city.wait_said("http://")
        try:
            said = _follow(city, open_folder)
            took = time.monotonic() - began
            wait_until(
                lambda: {t["stage"] for t in _things(city, names).values()} == {"field"},
                what="both are in the field",
            )
            things = _things(city, names)
        finally:
            _end_background(open_folder)
    assert took < 600
    assert set(things) == names
    for thing in things.values():
        assert thing["latitude"] is not None
        assert thing["check"]["grade"] in {"A", "B", "C"}
        assert thing["datastreams"][0]["latest"] is not None
    assert '"device": "ozone-city-hall"' in said
    assert re.search(r"gimpo/river-2 +field", said) or "river-2 is in the field" in said


def _end_background(folder: Path) -> None:
    """End what the page started with `&`: the processes whose folder is this one."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            if (entry / "cwd").readlink() == folder:
                os.kill(int(entry.name), signal.SIGTERM)
        except OSError:
            continue
