"""Run one part's main coroutine until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable

from smartopia.logs import configure_logs
from smartopia.settings import Settings

_ORDERLY_S = 8.0

Main = Callable[[asyncio.Event], Awaitable[None]]


def run_part(settings: Settings, main: Main) -> None:
    """Run until SIGTERM or SIGINT, or, where supervised, until the supervisor is gone."""
    configure_logs(settings.log_level)
    asyncio.run(_until_stopped(settings, main))


async def _until_stopped(settings: Settings, main: Main) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if settings.supervised:
        threading.Thread(target=_watch_supervisor, args=(loop, stop), daemon=True).start()
    await main(stop)


def _watch_supervisor(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Standard input is a pipe from the supervisor; it closes however the supervisor ended."""
    while os.read(0, 1024):
        pass
    try:
        loop.call_soon_threadsafe(stop.set)
    except RuntimeError:  # the loop has ended already
        return
    # A part that cannot stop in an orderly way must not stay behind.
    threading.Event().wait(_ORDERLY_S)
    os.kill(os.getpid(), signal.SIGKILL)
