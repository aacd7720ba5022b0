"""Keeps processes alive: starts them, restarts with back-off those that die, stops them all."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Literal

from smartopia.alive import VARIABLE
from smartopia.bus.health import ProcessState
from smartopia.cli.pulse import TICK_S, Pulse, Silence, main_thread
from smartopia.embedded import guard
from smartopia.tasks import ended

log = logging.getLogger(__name__)

_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0
_STEADY_S = 20.0
_STOP_S = 12.0
_HUNG = "hung, without a sign of life, and was killed"


def guarded(command: Sequence[str], stop_signal: signal.Signals, uid: int, gid: int) -> list[str]:
    """The command line that runs a server under its guard, as that user."""
    script = str(Path(guard.__file__))
    who = [str(int(stop_signal)), str(uid), str(gid)]
    return [sys.executable, "-I", "-S", script, *who, *command]


class _QuietHandler(RotatingFileHandler):
    """On a full disk lines are lost; a trace of each on the terminal would help nobody."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Go on without this line."""
        del record


@dataclass(slots=True)
class Child:
    """One supervised process.

    Attributes:
        notices: show its standard output on the terminal (one-time words to the person).
        on_line: sees each line of its log.
        silent_s: without a sign of life (smartopia/alive.py) for so long it hangs, and is replaced;
            None for one that gives none.
    """

    name: str
    command: list[str]
    env: Mapping[str, str]
    log_file: Path
    notices: bool = False
    on_line: Callable[[str], None] | None = None
    silent_s: float | None = None
    restarts: int = 0
    last_exit: str | None = None
    process: asyncio.subprocess.Process | None = None
    wanted: bool = True
    _last_line: str = ""
    _hung: bool = False
    _pause_s: float = _FIRST_PAUSE_S
    _task: asyncio.Task[None] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it, and keep it alive until stopped."""
        self._task = asyncio.create_task(self._keep(), name=f"keep-{self.name}")

    async def stop(self) -> None:
        """Ask it to end, wait, and kill it if it does not."""
        self.wanted = False
        process = self.process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(asyncio.shield(process.wait()), _STOP_S)
            except TimeoutError:
                log.error("%s did not stop in %.0f s; killing it", self.name, _STOP_S)
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=1)  # for the last lines of its log
            await ended(self._task)
        # One may have been started just when it was told to stop.
        if self.process is not None and self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()

    def state(self) -> ProcessState:
        """How it is, for the screen."""
        alive = self.process is not None and self.process.returncode is None
        gone: Literal["restarting", "stopped"] = "restarting" if self.wanted else "stopped"
        return ProcessState(
            name=self.name,
            pid=self.process.pid if self.process and alive else None,
            state="running" if alive else gone,
            restarts=self.restarts,
            last_exit=self.last_exit,
        )

    async def _keep(self) -> None:
        while not self._over():
            began = time.monotonic()
            try:
                status = await self._run_once()
                self.last_exit = _HUNG if self._hung else _words(status, self._last_line)
            except OSError as error:  # no room for a process, or for its log
                self.last_exit = f"could not be started ({error})"
            if self._over():
                return
            self.restarts += 1
            if time.monotonic() - began > _STEADY_S:
                self._pause_s = _FIRST_PAUSE_S
            log.warning("%s %s; again in %.1f s", self.name, self.last_exit, self._pause_s)
            await asyncio.sleep(self._pause_s)
            self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)

    def _over(self) -> bool:
        """Whether it was told to stop; that may change while anything is awaited."""
        return not self.wanted

    async def _run_once(self) -> int:
        self._hung = False
        if self.silent_s is None:
            self.process = await self._spawned({}, ())
            return await self._ended(self.process)
        pulse = Pulse()
        try:
            try:
                name = {VARIABLE: str(pulse.writes)}
                self.process = await self._spawned(name, (pulse.writes,))
            finally:
                pulse.handed_over()
            watching = asyncio.create_task(self._watch(self.process, pulse, Silence(self.silent_s)))
            try:
                return await self._ended(self.process)
            finally:
                await ended(watching)
        finally:
            pulse.close()

    async def _spawned(
        self, more: Mapping[str, str], handed: Sequence[int]
    ) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *self.command,
            stdin=asyncio.subprocess.PIPE,
            stdout=None if self.notices else asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env={**self.env, **more},
            start_new_session=True,
            limit=2**20,
            pass_fds=handed,
        )

    async def _ended(self, process: asyncio.subprocess.Process) -> int:
        await self._pump(process)
        return await process.wait()

    async def _watch(
        self, process: asyncio.subprocess.Process, pulse: Pulse, silence: Silence
    ) -> None:
        """End the process if it hangs."""
        while True:
            await asyncio.sleep(TICK_S)
            if self._over():  # it may take its time to end
                return
            if silence.tick(beats=pulse.beats(), thread=main_thread(process.pid)):
                log.critical(
                    "%s gives no sign of life for %s s; killing it", self.name, self.silent_s
                )
                self._hung = True
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                return

    async def _pump(self, process: asyncio.subprocess.Process) -> None:
        """Write its standard error to a log file of bounded size."""
        stream = process.stderr
        if stream is None:
            return
        handler = _QuietHandler(self.log_file, maxBytes=10_000_000, backupCount=2, delay=True)
        with contextlib.suppress(OSError):
            self.log_file.touch(mode=0o600)
        try:
            async for raw in stream:
                line = raw.decode(errors="replace").rstrip("\n")
                self._last_line = line
                handler.emit(logging.LogRecord("", logging.INFO, "", 0, "%s", (line,), None))
                if self.on_line is not None:
                    self.on_line(line)
        except ValueError:  # a line without an end; the rest of the log is lost, not the process
            log.warning("%s wrote an endless line to its log", self.name)
            while await stream.read(65536):
                pass
        finally:
            handler.close()


def _words(status: int, last_line: str) -> str:
    number = -status if status < 0 else status - 128 if status > 128 else 0
    if number:
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(number).name}"
    return f"ended with status {status} ({last_line[:300]})"


def child_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Our environment with these settings in place of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SMARTOPIA_")}
    return kept | dict(settings)
