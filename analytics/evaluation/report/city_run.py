"""A run to be scored: a city of its own plays a scenario; its truth and its alerts are kept."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from analytics.evaluation.report.export import Export, export
from smartopia.cli.state import settings_of_running
from smartopia.clock import utc_now
from smartopia.errors import ConfigurationError, UnavailableError

Say = Callable[[str], None]

_TOLD_EVERY_S = 60.0
_STOPS_S = 120.0
# Settings by which it would be another city's: its servers, its state, its ports.
_OF_ANOTHER = (
    "BROKER_URL",
    "BROKER_SYSTEM_URL",
    "BROKER_DIR",
    "DATABASE_URL",
    "CREDENTIALS",
    "HOME",
    "TRUTH_DIR",
    "REPORTS",
    "EVIDENCE_KEYS",
    "EVIDENCE_PUBLIC_KEY",
    "HTTP_PORT",
    "MQTT_PORT",
)


@dataclass(frozen=True, slots=True)
class CityRun:
    """What is played, for how long, and where what is to be scored goes.

    Attributes:
        scenarios: names of shipped ones, or YAML files.
        seconds: how long.
        model: detector weights; None: as configured.
        out: a folder that is empty, or is not there yet.
        port: of the control center, where it can be watched; 0: any free one.
    """

    scenarios: tuple[str, ...]
    seconds: float
    model: str | None
    out: Path
    port: int = 0


def record_run(run: CityRun, say: Say) -> Export:
    """Play it, and put truth and alerts.json into its folder.

    The city lives in a folder of its own, which is deleted with all its pictures. Stopped with
    Ctrl-C, what was played until then is kept.

    Raises:
        ConfigurationError: the folder is not empty, or the scenario cannot be played.
        UnavailableError: the city could not be started, or has told no truth; it has said why.
    """
    run.out.mkdir(parents=True, exist_ok=True)
    if any(run.out.iterdir()):
        raise ConfigurationError(
            f"{run.out} is not empty; each run needs a folder of its own: name another by --out"
        )
    _rehearse(run.scenarios)
    with TemporaryDirectory(prefix="smartopia-run-") as place:
        Path(place).chmod(0o711)  # the database runs as a user of its own
        data_dir = Path(place) / "city"
        begun = utc_now()
        _play(run, data_dir, say)
        found = _export(data_dir, begun, utc_now())
        truth = sorted((data_dir / "truth").glob("*"))
        if not truth:
            raise UnavailableError(
                "the simulator has told no truth, so nothing can be scored; it says above why"
            )
        for file in truth:
            shutil.move(file, run.out / file.name)
    (run.out / "alerts.json").write_text(found.model_dump_json(indent=1) + "\n")
    return found


def _rehearse(scenarios: Sequence[str]) -> None:
    """Refuse what cannot be played before a city is built for it."""
    played = [f"--scenario={name}" for name in scenarios]
    command = [sys.executable, "-m", "smartopia", "simulate", "--dry-run", "--for", "0", *played]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode != 0:
        raise ConfigurationError(told.stderr.strip().removeprefix("smartopia: "))


def _play(run: CityRun, data_dir: Path, say: Say) -> None:
    """Let the city live, until its time is over or somebody stops it."""
    options = ["--for", f"{run.seconds:g}", "--port", str(run.port)]
    options += [f"--scenario={name}" for name in run.scenarios]
    options += ["--model", run.model] if run.model else []
    city = _up(data_dir, options, stdout=None)
    ends = time.monotonic() + run.seconds
    while True:
        try:
            code = city.wait(_TOLD_EVERY_S)
        except subprocess.TimeoutExpired:
            say(f"{max(0.0, ends - time.monotonic()) / 60:.0f} min are left")
        except KeyboardInterrupt:
            say("stopped; what was played until now is kept")
            ends = time.monotonic()
        else:
            break
    if code != 0:
        raise UnavailableError(f"the city ended with {code}, as it says above; nothing is kept")


def _export(data_dir: Path, since: datetime, until: datetime) -> Export:
    with _database(data_dir):
        return asyncio.run(export(settings_of_running(str(data_dir)), since, until))


@contextmanager
def _database(data_dir: Path) -> Iterator[None]:
    """What the city has stored, while nobody lives there."""
    from smartopia.cli.up import installed_processes  # noqa: PLC0415 - it loads every part

    nobody = [f"--without={process.name}" for process in installed_processes()]
    city = _up(data_dir, ["--port", "0", *nobody], stdout=subprocess.PIPE)
    try:
        if not any("state and logs in" in line for line in city.stdout or ()):
            raise UnavailableError("what the city has stored cannot be read; it has said why")
        yield
    finally:
        city.send_signal(signal.SIGINT)
        try:
            city.wait(_STOPS_S)
        finally:
            city.kill()


def _up(data_dir: Path, options: Sequence[str], stdout: int | None) -> subprocess.Popen[str]:
    others = {f"SMARTOPIA_{name}" for name in _OF_ANOTHER}
    own = {name: value for name, value in os.environ.items() if name not in others}
    command = [sys.executable, "-m", "smartopia", "up", "--mqtt-port", "0", *options]
    return subprocess.Popen(
        [*command, "--data-dir", str(data_dir)],
        env=own | {"SMARTOPIA_SANDBOX": "false"},  # devices of your own scenarios are judged, too
        stdout=stdout,
        text=True,
    )
