"""Tasks that end when they are told to.

Before Python 3.12 `asyncio.wait_for` drops a cancellation that comes together with what it waits
for, and the clients of the database and the broker wait by it. A loop that was told once to end
may so go on for ever; here it is told again until it ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

# Long enough for what a task does when it is cancelled, which a second time breaks off.
_AGAIN_S = 2.0


async def ended(*tasks: asyncio.Future[Any], again_s: float = _AGAIN_S) -> None:
    """Cancel these tasks, and return when all have ended, whatever they raised.

    Args:
        again_s: seconds after which one that goes on is cancelled again.

    Raises:
        asyncio.CancelledError: the caller was cancelled meanwhile; all have ended then, too.
    """
    interrupted = False
    while going_on := [task for task in tasks if not task.done()]:
        for task in going_on:
            task.cancel()
        try:
            await asyncio.wait(going_on, timeout=again_s)
        except asyncio.CancelledError:
            interrupted = True
    if interrupted:
        raise asyncio.CancelledError


async def together(*work: Coroutine[Any, Any, None]) -> None:
    """Run all of this until it has ended; an error of any, or a cancellation, ends all.

    Raises:
        whatever the work raises first.
    """
    tasks = [asyncio.ensure_future(item) for item in work]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        await ended(*tasks)
    _raise_first(tasks)


async def first_of(stop: asyncio.Event, *work: Coroutine[Any, Any, None]) -> None:
    """Run all of this until stop is set or one has ended, then end the rest.

    Raises:
        whatever the work raises first.
    """
    waiter = asyncio.ensure_future(stop.wait())
    tasks = [asyncio.ensure_future(item) for item in work]
    try:
        await asyncio.wait([waiter, *tasks], return_when=asyncio.FIRST_COMPLETED)
    finally:
        await ended(waiter, *tasks)
    _raise_first(tasks)


def _raise_first(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            raise error
