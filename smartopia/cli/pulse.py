"""Whether a process still lives: its signs of life, and what its main thread does without them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

TICK_S = 0.25
"""Seconds from one look to the next."""

_STOPPED, _SLEEPS, _RUNS = "T", "S", "R"


@dataclass(frozen=True, slots=True)
class MainThread:
    """The main thread of a process: its state, as /proc has it, and its processor time in s."""

    state: str
    cpu_s: float


def main_thread(pid: int) -> MainThread | None:
    """What the main thread of a process does; None where that cannot be told."""
    try:
        told = Path(f"/proc/{pid}/task/{pid}/stat").read_text()
    except OSError:
        return None
    fields = told.rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return MainThread(fields[0], ticks / os.sysconf("SC_CLK_TCK"))


class Silence:
    """How long a process has given no sign of life though nothing kept it from that.

    One that waits for a processor is not to blame, and nobody is while the whole machine is held
    up: its ticks count, not the clock, and for one that runs, the processor time it had.

    Args:
        limit_s: after so long it hangs.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._silent_s = 0.0
        self._cpu_s: float | None = None

    def tick(self, *, beats: bool, thread: MainThread | None) -> bool:
        """Take a tick into account; true where the process hangs.

        Until its first sign of life it is being started, which takes as long as it takes.
        """
        if thread is None:
            return False
        if beats:
            self._silent_s, self._cpu_s = 0.0, thread.cpu_s
            return False
        if self._cpu_s is None:
            return False
        if thread.state in {_STOPPED, _SLEEPS}:
            self._silent_s += TICK_S
        busy_s = thread.cpu_s - self._cpu_s if thread.state == _RUNS else 0.0
        return max(self._silent_s, busy_s) >= self._limit_s


class Pulse:
    """A pipe for signs of life.

    Attributes:
        writes: the end the process writes to.
    """

    def __init__(self) -> None:
        self._reads, self.writes = os.pipe()
        os.set_blocking(self._reads, False)

    def handed_over(self) -> None:
        """The process has its end now."""
        os.close(self.writes)

    def beats(self) -> bool:
        """Whether there was a sign of life since the last call."""
        try:
            return bool(os.read(self._reads, 65536))
        except BlockingIOError:
            return False

    def close(self) -> None:
        """Let go of it."""
        os.close(self._reads)
