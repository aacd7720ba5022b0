"""The process that renders: `python -m devices_sim.cameras.scene.live.process`, on two pipes.

It ends when its standard input does, however the simulator ended.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import BinaryIO

from devices_sim.cameras.scene.exact import draw_exactly
from devices_sim.cameras.scene.live.darkroom import Darkroom
from devices_sim.cameras.scene.live.messages import Answer, Failed, Job, Setup, packed, read
from devices_sim.conditions.registry import discover_conditions

_NICE = 10

_log = logging.getLogger(__name__)


def main() -> None:
    """Make pictures until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICE)
    draw_exactly()
    answers = os.fdopen(os.dup(1), "wb")
    # What anything prints is not to be taken for an answer.
    os.dup2(2, 1)
    setup = read(sys.stdin.buffer)
    if not isinstance(setup, Setup):
        return
    jobs: SimpleQueue[Job] = SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, jobs), daemon=True).start()
    room = Darkroom(setup, discover_conditions(), ThreadPoolExecutor(1))
    while True:
        answer = packed(_answer(room, jobs.get()))
        try:
            answers.write(answer)
            answers.flush()
        except BrokenPipeError:
            os._exit(0)


def _listen(pipe: BinaryIO, jobs: SimpleQueue[Job]) -> None:
    while (job := read(pipe)) is not None:
        jobs.put(job)
    # At once, in the middle of a picture too: nobody waits for it.
    os._exit(0)


def _answer(room: Darkroom, job: Job) -> Answer:
    try:
        return room.make(job)
    except Exception as error:
        _log.exception("%s cannot be rendered", job.camera)
        return Failed(job.number, f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
