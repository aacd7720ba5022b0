"""Fans events out to all consoles. A console that does not read is let go, alone."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

_QUEUED = 500


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event. Those with an id can be asked for again after a lost connection."""

    name: str
    data: Any
    id: int | None = None

    def encode(self) -> bytes:
        """As it goes over the wire."""
        head = f"id: {self.id}\n" if self.id is not None else ""
        # JSON has no raw line breaks, so one data line holds it.
        text = json.dumps(self.data, separators=(",", ":"), ensure_ascii=False)
        return f"{head}event: {self.name}\ndata: {text}\n\n".encode()


@dataclass(eq=False, slots=True)
class Console:
    """One connected browser.

    Attributes:
        lost: it was too slow; its stream ends, and it comes back asking for what it missed.
    """

    queue: asyncio.Queue[tuple[int | None, bytes]] = field(
        default_factory=lambda: asyncio.Queue(_QUEUED)
    )
    lost: asyncio.Event = field(default_factory=asyncio.Event)


class Hub:
    """All connected consoles."""

    def __init__(self) -> None:
        self._consoles: set[Console] = set()
        self.last_event_id = 0

    def __len__(self) -> int:
        return len(self._consoles)

    def join(self) -> Console:
        """A new console, which gets every event from now on."""
        console = Console()
        self._consoles.add(console)
        return console

    def leave(self, console: Console) -> None:
        """It is gone."""
        self._consoles.discard(console)

    def broadcast(self, event: Event) -> int:
        """Send to all; encoded once. Returns how many consoles were too slow and let go."""
        if event.id is not None:
            self.last_event_id = event.id
        encoded = event.encode()
        slow = 0
        for console in tuple(self._consoles):
            try:
                console.queue.put_nowait((event.id, encoded))
            except asyncio.QueueFull:
                console.lost.set()
                self._consoles.discard(console)
                slow += 1
        return slow
