"""Records what really was done to the devices and what they sent, until it is taken."""

from __future__ import annotations

import math
import threading
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from devices_sim.conditions.model import Span
from smartopia.truth.model import Box, Frame


@dataclass(frozen=True, slots=True)
class Taken:
    """What was recorded.

    Attributes:
        applied: conditions as they were in force, in seconds of the run.
        counts: by device, how many of what it sent.
        frames: what was really to be seen in each frame that a camera made itself.
    """

    applied: tuple[Span, ...] = ()
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    frames: tuple[Frame, ...] = ()


class Recorder:
    """Takes notes from any thread. They stay in memory until `take`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on: dict[Span, Span] = {}
        self._over: list[Span] = []
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._frames: list[Frame] = []

    def applied(self, span: Span) -> None:
        """A condition was in force from `begin` to `end`; where `end` is infinite, it is still on.

        One that was told to be on is told again, with the same `begin`, once it is over.
        """
        key = replace(span, end=math.inf)
        with self._lock:
            if math.isinf(span.end):
                self._on.setdefault(key, span)
            else:
                begun = self._on.pop(key, span)
                self._over.append(replace(span, begin=begun.begin))

    def count(self, device: str, what: str, n: int = 1) -> None:
        """A device sent something: `observations`, `frames`, `events`."""
        with self._lock:
            self._counts[device][what] += n

    def frame(self, device: str, time: datetime, boxes: Sequence[Box]) -> None:
        """A camera made a frame, stamped with this time, in which these are to be seen."""
        with self._lock:
            self._frames.append(Frame(device=device, time=time, boxes=tuple(boxes)))

    def take(self, now: float) -> Taken:
        """All since it was last taken. What is still on is cut in two at `now`."""
        with self._lock:
            cut = [replace(span, end=now) for span in self._on.values() if span.begin < now]
            self._on = {
                key: replace(span, begin=max(span.begin, now)) for key, span in self._on.items()
            }
            taken = Taken(
                applied=(*self._over, *cut),
                counts={device: dict(counts) for device, counts in sorted(self._counts.items())},
                frames=tuple(self._frames),
            )
            self._over, self._frames = [], []
            self._counts.clear()
        return taken
