"""A rendering process as the simulator sees it: asked for pictures, started again if it dies."""

from __future__ import annotations

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable

from devices_sim.cameras.scene.live.messages import (
    LENGTH,
    Answer,
    Job,
    Setup,
    packed,
    unpacked,
)
from smartopia.bus.health import Reporter

_MODULE = "devices_sim.cameras.scene.live.process"
_PAUSE_S = 1.0
_STEADY_S = 10.0

_log = logging.getLogger(__name__)


class Worker:
    """One rendering process, and those that come after it. Use `run`, and meanwhile `take`."""

    def __init__(self, number: int, setup: Setup, reporter: Reporter) -> None:
        self._setup, self._reporter = setup, reporter
        self._reason = f"rendering {number}"
        self._process: Process | None = None
        self._up = asyncio.Event()
        self._slot = asyncio.Lock()
        self._asked: dict[int, asyncio.Future[Answer | None]] = {}
        self._number = 0

    @property
    def pid(self) -> int | None:
        """The process there is now."""
        return None if self._process is None else self._process.pid

    async def run(self) -> None:
        """Keep a process running until cancelled; then it is gone."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            code = await self._live()
            _log.error("a process that renders ended (%d) and is started again", code)
            self._reporter.degraded(
                self._reason,
                f"the process that renders {self._scenes()} ended ({code}) and is started again; "
                "see the log, if this goes on",
            )
            # One that dies as soon as it is started shall not take the whole machine.
            await asyncio.sleep(0 if loop.time() - began > _STEADY_S else _PAUSE_S)

    async def take(self, make: Callable[[int], Job]) -> Answer:
        """Have a picture taken as soon as the process is free.

        Args:
            make: the job, given its number; asked for only then, so that it is of the present.
        """
        async with self._slot:
            while True:
                await self._up.wait()
                answer = await self._ask(make)
                if answer is not None:
                    self._reporter.recovered(self._reason)
                    return answer

    async def _ask(self, make: Callable[[int], Job]) -> Answer | None:
        """The answer to a job; None where the process ended before it answered."""
        process = self._process
        if process is None or process.stdin is None:
            return None
        self._number += 1
        job = make(self._number)
        answered: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._asked[job.number] = answered
        try:
            process.stdin.write(packed(job))
            return await answered
        finally:
            self._asked.pop(job.number, None)

    async def _live(self) -> int:
        """One process from its start to its end; its exit code."""
        process = await asyncio.create_subprocess_exec(
            # A session of its own: Ctrl-C is meant for the simulator, which ends it.
            *(sys.executable, "-m", _MODULE),
            stdin=PIPE,
            stdout=PIPE,
            start_new_session=True,
        )
        try:
            if process.stdin is None or process.stdout is None:
                raise AssertionError("a process started with pipes has none")
            process.stdin.write(packed(self._setup))
            self._process = process
            self._up.set()
            await self._listen(process.stdout)
        finally:
            self._up.clear()
            self._process = None
            for answered in self._asked.values():
                if not answered.done():
                    answered.set_result(None)
            code = await _ended(process)
        return code

    async def _listen(self, pipe: asyncio.StreamReader) -> None:
        """Pass answers on until the pipe is closed."""
        while True:
            try:
                (size,) = LENGTH.unpack(await pipe.readexactly(LENGTH.size))
                answer: Answer = unpacked(await pipe.readexactly(size))
            except asyncio.IncompleteReadError:
                return
            waiting = self._asked.get(answer.number)
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)

    def _scenes(self) -> str:
        return ", ".join(place.programme.scene.name for place in self._setup.places)


async def _ended(process: Process) -> int:
    """End a process, if it still runs; its exit code."""
    if process.returncode is None:
        try:
            process.kill()
        except ProcessLookupError:
            _log.debug("%d was gone already", process.pid)
    return await process.wait()
