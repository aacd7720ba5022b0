"""Errands that wait for the database, in their order: none is lost while it is away."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from analytics.vision.watching.model import Errand, Raise

MOST_PICTURES = 400
"""More waiting errands than this keep no pictures: memory is finite, alerts are words."""


class Outbox:
    """Errands to run, the oldest first."""

    def __init__(self) -> None:
        self._waiting: deque[Errand] = deque()
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, errands: Iterable[Errand]) -> int:
        """Take errands in; returns how many of them had to leave their picture behind."""
        bare = 0
        for errand in errands:
            if len(self._waiting) >= MOST_PICTURES and isinstance(errand, Raise):
                bare += bool(errand.draft.images)
                facts = {**errand.draft.evidence, "picture": "none: too many alerts waited"}
                self._waiting.append(Raise(replace(errand.draft, images=(), evidence=facts)))
            else:
                self._waiting.append(errand)
            self._filled.set()
        return bare

    async def first(self) -> Errand:
        """The oldest errand; it stays until it is done."""
        while not self._waiting:
            self._filled.clear()
            await self._filled.wait()
        return self._waiting[0]

    def done(self) -> None:
        """The oldest errand has been run."""
        self._waiting.popleft()
