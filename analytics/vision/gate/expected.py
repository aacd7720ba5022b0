"""Where what was found last should be by now: pure.

The gate only asks which movement is news. That takes no tracker, and none of the libraries that
tracking needs: an object goes on as it went between the last two looks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.vision.gate.model import Box
from analytics.vision.model import Detection

# Less sure than this, it may be nothing; its movement is looked at.
_LEAST_SCORE = 0.4
# Farther ahead than this nothing is expected to keep its speed.
_FORESIGHT = timedelta(seconds=1)
_FRESH = 0.5


@dataclass(frozen=True, slots=True)
class Expected:
    """An object found: where and when, and how its middle moves, pixels a second (None before its
    second look).
    """

    label: str
    box: Box
    at: datetime
    speed: tuple[float, float] | None = None

    def by(self, now: datetime) -> Box:
        """Its box at a time after it was found."""
        seconds = min(now - self.at, _FORESIGHT).total_seconds()
        right, down = (v * seconds for v in self.speed or (0.0, 0.0))
        x1, y1, x2, y2 = self.box
        return x1 + right, y1 + down, x2 + right, y2 + down


def expect(
    before: Sequence[Expected], found: Sequence[Detection], now: datetime
) -> tuple[Expected, ...]:
    """What is expected after a look.

    Each object goes with the nearest of its label that was expected no farther off than it is
    long; what goes with none has no speed yet.
    """
    left = list(before)
    after = []
    for seen in found:
        if seen.score < _LEAST_SCORE:
            continue
        own = _nearest(left, seen, now)
        if own is not None:
            left.remove(own)
        after.append(Expected(seen.label, seen.box, now, _speed(own, seen, now)))
    return tuple(after)


def _nearest(among: Sequence[Expected], seen: Detection, now: datetime) -> Expected | None:
    x1, y1, x2, y2 = seen.box
    reach = max(x2 - x1, y2 - y1)
    apart = {
        number: math.dist(_middle(one.by(now)), _middle(seen.box))
        for number, one in enumerate(among)
        if one.label == seen.label
    }
    number = min(apart, key=apart.__getitem__, default=None)
    return among[number] if number is not None and apart[number] <= reach else None


def _speed(own: Expected | None, seen: Detection, now: datetime) -> tuple[float, float] | None:
    if own is None or now <= own.at:
        return None
    seconds = (now - own.at).total_seconds()
    (ax, ay), (bx, by) = _middle(own.box), _middle(seen.box)
    vx, vy = (bx - ax) / seconds, (by - ay) / seconds
    if own.speed is None:
        return vx, vy
    return own.speed[0] + _FRESH * (vx - own.speed[0]), own.speed[1] + _FRESH * (vy - own.speed[1])


def _middle(box: Box) -> tuple[float, float]:
    x1, y1, x2, y2 = box
    return (x1 + x2) / 2, (y1 + y2) / 2
