"""Containing devices that misbehave: floods, and sequences that are used again.

Both readers of the log judge by the same means, so that what is not stored raises no alert.
All of it is memory: after a restart a device is given the benefit of the doubt.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime

FLOOD_RATE = 100.0
FLOOD_BURST = 20_000
"""Messages a device may send at once: hours of a backlog after an outage, never a flood."""

SEQUENCE_WINDOW = 256
_MOST_RUNS = 20_000
_MOST_BUCKETS = 50_000


class Buckets:
    """A token bucket for each key: `burst` at once, then `rate` a second."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._left: OrderedDict[Hashable, tuple[float, datetime]] = OrderedDict()

    def take(self, key: Hashable, at: datetime) -> bool:
        """Take one token; false if none is left."""
        left, since = self._left.get(key, (float(self._burst), at))
        passed = max(0.0, (at - since).total_seconds())
        left = min(float(self._burst), left + passed * self._rate)
        taken = left >= 1
        self._left[key] = (left - 1 if taken else left, max(at, since))
        self._left.move_to_end(key)
        if len(self._left) > _MOST_BUCKETS:
            self._left.popitem(last=False)
        return taken


def flood_gate() -> Buckets:
    """What tells a flood, by device, from a backlog."""
    return Buckets(FLOOD_RATE, FLOOD_BURST)


class Sequences:
    """What came under each of the last `SEQUENCE_WINDOW` seqs of each run of each device."""

    def __init__(self) -> None:
        self._runs: OrderedDict[Hashable, tuple[array[int], array[int]]] = OrderedDict()

    def reused(self, run: Hashable, seq: int, payload: bytes) -> bool:
        """Whether other content came under this seq before; a true copy is no reuse.

        Args:
            run: one run of one device: the device and its boot.
            seq: the message's.
            payload: all of the message.
        """
        if run not in self._runs:
            empty = array("q", [-1]) * SEQUENCE_WINDOW
            self._runs[run] = (empty, array("q", empty))
            if len(self._runs) > _MOST_RUNS:
                self._runs.popitem(last=False)
        self._runs.move_to_end(run)
        seqs, contents = self._runs[run]
        place, content = seq % SEQUENCE_WINDOW, hash(payload)
        if seqs[place] == seq:
            return contents[place] != content
        # One that comes late does not push out what came under a higher seq.
        if seqs[place] < seq:
            seqs[place], contents[place] = seq, content
        return False
