"""Whether cameras keep the rate they were asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

WINDOW_S = 4.0
"""Seconds over which frames are counted."""

STARTING_S = 60.0
"""How long a camera may take until its first frame."""

_ENOUGH = 0.9


class Pace:
    """Counts what cameras made of what they were asked for. Times are any monotonic clock's.

    Args:
        rates: frames/s, by camera.
    """

    def __init__(self, rates: Mapping[str, float]) -> None:
        self._rates = rates
        self._since: dict[str, float] = {}
        self._made: dict[str, deque[float]] = {name: deque() for name in rates}

    def asked(self, camera: str, now: float) -> None:
        """A camera is asked for a frame."""
        self._since.setdefault(camera, now + STARTING_S)

    def made(self, camera: str, now: float) -> None:
        """A camera made a frame."""
        self._since[camera] = min(now, self._since.get(camera, now))
        self._made[camera].append(now)

    def away(self, camera: str) -> None:
        """A camera is not asked for frames, since nobody would get them."""
        self._since.pop(camera, None)
        self._made[camera].clear()

    def behind(self, now: float) -> str | None:
        """What falls short of what was asked for, in words; None if nothing does."""
        settled = {name for name, since in self._since.items() if now - since >= WINDOW_S}
        counted = [self._rates[name] for name in settled]
        asked = sum(counted)
        made = sum(self._count(name, now) for name in settled) / WINDOW_S
        if made >= _ENOUGH * asked:
            return None
        rates = f"{min(counted):g}/s" if min(counted) == max(counted) else f"{asked:g}/s in all"
        return (
            f"cameras are slower than asked: {len(counted)} cameras at {rates}, {made:.0f} of "
            f"{asked:.0f} frames/s made; give them a lower rate, or the machine less to do"
        )

    def _count(self, name: str, now: float) -> int:
        made = self._made[name]
        while made and made[0] <= now - WINDOW_S:
            made.popleft()
        return len(made)
