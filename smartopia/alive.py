"""A part's signs of life to its supervisor: bytes in a pipe, written by the part's event loop.

A loop that is stuck, in an endless rule or in a library that never lets go of the interpreter,
writes none, and cannot be told to end. Its supervisor can end it.
"""

from __future__ import annotations

import asyncio
import os

EVERY_S = 0.5
"""Seconds from one sign of life to the next."""

VARIABLE = "SMARTOPIA_ALIVE_FD"
"""Names the pipe's end to a part, as `Settings.alive_fd`."""


async def tell_alive(pipe: int | None) -> None:
    """Write signs of life until cancelled; without a pipe, write none.

    Args:
        pipe: its file descriptor.
    """
    while True:
        if pipe is not None:
            try:
                os.write(pipe, b".")
            except OSError:  # the supervisor is gone, and the part will end
                pipe = None
        await asyncio.sleep(EVERY_S)
