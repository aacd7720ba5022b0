"""Records what really was done to the devices and what they sent, until it is taken."""

from __future__ import annotations

import math
import threading
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from devices_sim.cameras.scene.programme import Occurred
from devices_sim.conditions.model import Span
from smartopia.truth.model import Box, Frame


@dataclass(frozen=True, slots=True)
class Taken:
    """What was recorded.

    Attributes:
        applied: conditions as they were in force, in seconds of the run.
        counts: by device, how many of what it sent.
        packed: what was really to be seen in each frame that a camera made itself.
        happened: events of scenes, in seconds of the run.
    """

    applied: tuple[Span, ...] = ()
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    packed: tuple[bytes, ...] = ()
    happened: tuple[Occurred, ...] = ()

    def frames(self) -> Iterator[bytes]:
        """Each frame as JSON."""
        return map(zlib.decompress, self.packed)


class Recorder:
    """Takes notes from any thread. They stay in memory until `take`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on: dict[Span, Span] = {}
        self._over: list[Span] = []
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._frames: list[bytes] = []
        self._happened: dict[str, Occurred] = {}
        self._taken = 0.0

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
        frame = Frame(device=device, time=time, boxes=tuple(boxes))
        # Packed: eight cameras leave some 300,000 boxes in a chapter.
        packed = zlib.compress(frame.model_dump_json().encode(), 1)
        with self._lock:
            self._frames.append(packed)

    def happened(self, event: Occurred) -> None:
        """An event truly began in a scene; told again, with its end, once it is over."""
        with self._lock:
            # A renderer that was started again tells once more what has been taken.
            over = event.end is not None and event.end <= self._taken
            if not over or event.id in self._happened:
                self._happened[event.id] = event

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
                packed=tuple(self._frames),
                happened=tuple(self._happened.values()),
            )
            self._over, self._frames, self._taken = [], [], now
            self._happened = {key: one for key, one in self._happened.items() if one.end is None}
            self._counts.clear()
        return taken
