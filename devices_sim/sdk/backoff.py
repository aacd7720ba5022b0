"""Pauses between attempts to connect."""

from __future__ import annotations

import secrets


class Backoff:
    """Longer each time in vain, and never the same for all devices at once.

    Args:
        first_s: the first pause; each lasts half to one and a half times as long, by chance.
        longest_s: what they double up to.
    """

    def __init__(self, first_s: float, longest_s: float) -> None:
        self._first_s, self._longest_s = first_s, longest_s
        self._pause_s = first_s

    def reset(self) -> None:
        """Begin anew: it was not in vain."""
        self._pause_s = self._first_s

    def next_s(self) -> float:
        """How long to wait now, in seconds."""
        pause_s = self._pause_s * (0.5 + secrets.randbelow(1000) / 1000)
        self._pause_s = min(2 * self._pause_s, self._longest_s)
        return pause_s
