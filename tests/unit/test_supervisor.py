"""A process that hangs is ended and started again; one that is only held up is left alone."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from smartopia.cli.pulse import TICK_S, MainThread, Silence, main_thread
from smartopia.cli.supervisor import Child
from tests.support.parts import eventually

PART = """
import asyncio, os, sys, time
from smartopia.alive import VARIABLE, tell_alive

async def main():
    alive = asyncio.create_task(tell_alive(int(os.environ[VARIABLE])))
    await asyncio.sleep(1)
    {fault}
    await alive

asyncio.run(main())
"""
FAULTS = {
    "its loop sleeps": "time.sleep(60)",
    "its loop turns without end": "while True: pass",
    "it is stopped": "os.kill(os.getpid(), 19)",
}


def child(tmp_path: Path, fault: str, silent_s: float | None = 1.0) -> Child:
    command = [sys.executable, "-c", PART.format(fault=fault)]
    return Child("part", command, dict(os.environ), tmp_path / "log", silent_s=silent_s)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_a_process_without_a_sign_of_life_is_replaced(tmp_path: Path, fault: str) -> None:
    part = child(tmp_path, fault)
    part.start()
    try:
        await eventually(lambda: part.restarts, what="it is replaced", timeout_s=20)
    finally:
        await part.stop()
    assert part.last_exit == "hung, without a sign of life, and was killed"


async def test_a_process_that_lives_is_left_alone(tmp_path: Path) -> None:
    part = child(tmp_path, "pass")
    part.start()
    try:
        await asyncio.sleep(3.0)  # longer than it may be silent: nothing else tells that it lives
        assert part.restarts == 0
        assert part.state().state == "running"
    finally:
        await part.stop()


async def test_a_process_stopped_before_it_is_started_again_stays_stopped(tmp_path: Path) -> None:
    again = "import os, time; os.path.exists('once') and time.sleep(60); open('once', 'w')"
    command = [sys.executable, "-c", f"import os; os.chdir({str(tmp_path)!r}); {again}"]
    part = Child("part", command, dict(os.environ), tmp_path / "log")
    part.start()
    await eventually(lambda: part.restarts, what="it has ended", timeout_s=20)
    await part.stop()
    assert part.process is not None
    assert part.process.returncode == 0, "the one that ended by itself is the last"


def ticks(silence: Silence, seconds: float, *threads: MainThread | None) -> bool:
    told = [
        silence.tick(beats=False, thread=threads[i % len(threads)])
        for i in range(round(seconds / TICK_S))
    ]
    return told[-1]


def test_who_waits_for_a_processor_or_is_being_started_does_not_hang() -> None:
    sleeps, waits = MainThread("S", 1.0), MainThread("R", 1.0)
    started = Silence(3.0)
    assert not ticks(started, 60, sleeps), "it has not given a sign of life yet"
    started.tick(beats=True, thread=sleeps)
    assert not ticks(started, 60, waits), "it has had no processor"
    assert not ticks(started, 2.75, sleeps)
    assert ticks(started, 0.25, sleeps)


def test_who_has_had_the_processor_for_so_long_hangs() -> None:
    silence = Silence(3.0)
    silence.tick(beats=True, thread=MainThread("R", 10.0))
    assert not silence.tick(beats=False, thread=MainThread("R", 12.9))
    assert silence.tick(beats=False, thread=MainThread("R", 13.0))


def test_a_sign_of_life_begins_anew_and_nothing_known_of_a_thread_is_no_hang() -> None:
    silence = Silence(1.0)
    silence.tick(beats=True, thread=MainThread("S", 0.0))
    assert not ticks(silence, 0.75, MainThread("S", 0.0))
    assert not silence.tick(beats=True, thread=MainThread("S", 0.0))
    assert not ticks(silence, 0.75, MainThread("S", 0.0))
    assert not ticks(silence, 5.0, None)


def test_the_main_thread_of_a_process_is_known_and_of_none_it_is_not() -> None:
    mine = main_thread(os.getpid())
    assert mine is not None
    assert mine.state == "R"
    assert mine.cpu_s > 0
    assert main_thread(2**22 + 1) is None
