"""Chance that is the same in every process: hashes of a seed and a name, no state."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import TypeVar

Key = str | int
T = TypeVar("T")

_REMEMBERED = 2**15


def uniform(*key: Key) -> float:
    """A number in [0, 1) that belongs to this key for ever."""
    digest = blake2b(repr(key).encode(), digest_size=8).digest()
    # Only 53 bits fit a float; more could round up to 1.
    return (int.from_bytes(digest, "big") >> 11) / 2.0**53


class Draw:
    """Chances under one key: each is drawn by its name, in any order."""

    def __init__(self, *key: Key) -> None:
        self._key = key

    def chance(self, *what: Key) -> float:
        """A number in [0, 1)."""
        return uniform(*self._key, *what)

    def between(self, low: float, high: float, *what: Key) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self.chance(*what)

    def one(self, of: Sequence[T], *what: Key) -> T:
        """One of these, each as likely."""
        return of[math.floor(self.chance(*what) * len(of))]


# Slow noise asks for the same two numbers over and over.
_anchor = lru_cache(maxsize=_REMEMBERED, typed=True)(uniform)


def smooth(at: float, *key: Key) -> float:
    """A number in [-1, 1] that wanders with `at`; it turns about once each unit of it."""
    step = math.floor(at)
    here, there = _anchor(step, *key), _anchor(step + 1, *key)
    blend = (1 - math.cos(math.pi * (at - step))) / 2
    return 2 * (here + (there - here) * blend) - 1


def bump(hour: float, centre: float, width: float) -> float:
    """A bell curve round a clock of 24 hours: 1 at its centre."""
    apart = (hour - centre + 12) % 24 - 12
    return math.exp(-((apart / width) ** 2) / 2)
