"""`smartopia up` as a person runs it, and its API as the page uses it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

from smartopia.cli.supervisor import child_environment

T = TypeVar("T")


class City:
    """A running city."""

    def __init__(self, process: subprocess.Popen[str], data_dir: Path) -> None:
        self.process = process
        self.data_dir = data_dir
        self.said: list[str] = []
        self._grew = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._grew:
                self.said.append(line.rstrip())
                self._grew.notify_all()

    def wait_said(self, pattern: str, timeout_s: float = 60) -> re.Match[str]:
        """The first line on the terminal that matches."""
        deadline = time.monotonic() + timeout_s
        with self._grew:
            while True:
                for line in self.said:
                    match = re.search(pattern, line)
                    if match:
                        return match
                left = deadline - time.monotonic()
                if left <= 0 or (self.process.poll() is not None and not self._grew.wait(0.2)):
                    raise AssertionError(f"never said {pattern!r}; said:\n" + "\n".join(self.said))
                self._grew.wait(min(left, 0.5))

    @property
    def url(self) -> str:
        return self.wait_said(r"(http://\S+)")[1]

    @property
    def mqtt_port(self) -> int:
        return int(self.wait_said(r"MQTT \S+:(\d+)")[1])

    @property
    def password(self) -> str:
        return self.wait_said(r"with the password (\S+)")[1]

    def running(self) -> dict[str, Any]:
        info: dict[str, Any] = json.loads((self.data_dir / "running.json").read_text())
        return info

    @contextmanager
    def sign_in(self) -> Iterator[httpx.Client]:
        """A client that is signed in as the administrator."""
        login = {"user": "admin", "password": self.password}
        headers = {"X-Smartopia": "1"}
        with httpx.Client(base_url=self.url, headers=headers, timeout=10) as client:
            wait_until(lambda: _answers(client), what="the control center answers")
            client.post("/api/v1/session", json=login).raise_for_status()
            yield client

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)


def _answers(client: httpx.Client) -> bool:
    try:
        client.get("/api/v1/session")
    except httpx.TransportError:
        return False
    return True


@contextmanager
def run_city(data_dir: Path, *arguments: str, **settings: str) -> Iterator[City]:
    """A city on its own ports; stopped and waited for at the end."""
    environment = child_environment({f"SMARTOPIA_{k.upper()}": v for k, v in settings.items()})
    command = [sys.executable, "-m", "smartopia", "up", "--port", "0", "--mqtt-port", "0"]
    with (data_dir.parent / f"{data_dir.name}.err").open("w") as errors:
        process = subprocess.Popen(
            [*command, "--data-dir", str(data_dir), *arguments],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**environment, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )
    city = City(process, data_dir)
    try:
        yield city
    finally:
        try:
            city.stop()
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            if process.stdout is not None:
                process.stdout.close()


def wait_until(
    look: Callable[[], T], *, what: str, timeout_s: float = 30, pause_s: float = 0.05
) -> T:
    """What look returns, once it is true.

    Raises:
        AssertionError: it did not become true in time.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"after {timeout_s:.0f} s still not: {what}; last: {found!r}")
        time.sleep(pause_s)
