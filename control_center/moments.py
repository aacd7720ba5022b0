"""Which moments operators are asked about, drawn so that it is known how likely each was: pure.

Time is cut into windows of ten seconds. Each hour the windows of all cameras are laid in one long
row, camera after camera in random order, and marked at equal steps from a random start: cameras
share the checks evenly, and every window of the hour has the same, known chance (systematic
sampling; Cochran, Sampling Techniques, 1977, ch. 8). Strata are the camera and the hour.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from smartopia.seen import Sighted

CLIP = timedelta(seconds=10)
HOUR = timedelta(hours=1)
SHIFT_HOURS = 8
_SHIFTS = (6, 14, 22)
_WINDOWS = int(HOUR / CLIP)
_MOST_PICTURES = 10
_LEAST_PICTURES = 3


@dataclass(frozen=True, slots=True)
class Moment:
    """Ten seconds of a camera.

    Attributes:
        thing: the camera's id.
        at: when they begin, by the platform's clock.
        probability: with which each ten seconds of this camera and hour were to be chosen.
    """

    thing: int
    at: datetime
    probability: float


def choose(cameras: Sequence[int], hour: datetime, per_shift: int, seed: str) -> list[Moment]:
    """The moments to check in this hour, in their order.

    Args:
        cameras: ids.
        hour: its beginning.
        per_shift: how many checks a shift of 8 hours asks for, over all cameras.
        seed: the same seed, hour and cameras draw the same moments.
    """
    if not cameras or per_shift <= 0:
        return []
    draw = random.Random(f"{seed} {hour.isoformat()}")  # noqa: S311 - a sample, no secret
    order = sorted(cameras)
    draw.shuffle(order)
    # Turned by its own share of the hour, so that equal steps are not equal times of day.
    turns = {camera: draw.randrange(_WINDOWS) for camera in order}
    row = len(order) * _WINDOWS
    step = max(1.0, row * SHIFT_HOURS / per_shift)
    start = draw.uniform(0, step)
    marks = (math.floor(start + n * step) for n in range(math.ceil((row - start) / step)))
    moments = []
    for mark in marks:
        camera, window = order[mark // _WINDOWS], mark % _WINDOWS
        at = hour + (window + turns[camera]) % _WINDOWS * CLIP
        moments.append(Moment(camera, at, 1 / step))
    return sorted(moments, key=lambda moment: (moment.at, moment.thing))


def clip_of(pictures: Sequence[Sighted]) -> list[Sighted]:
    """Of a camera's newest pictures those of the last ten seconds, at most ten, evenly spread.

    Empty where there are too few to see anything happen.
    """
    if not pictures:
        return []
    earliest = pictures[-1].seen.time - CLIP
    late = [one for one in pictures if one.seen.time >= earliest]
    if len(late) < _LEAST_PICTURES:
        return []
    n = min(len(late), _MOST_PICTURES)
    return [late[round(i * (len(late) - 1) / (n - 1))] for i in range(n)]


def hour_of(now: datetime) -> datetime:
    """When this hour began."""
    return now.replace(minute=0, second=0, microsecond=0)


def shift_began(now: datetime, timezone: ZoneInfo) -> datetime:
    """When this shift began: at 6, 14 or 22 o'clock of the site's time."""
    local = now.astimezone(timezone)
    begins = [
        (local - timedelta(days=back)).replace(hour=hour, minute=0, second=0, microsecond=0)
        for back in (0, 1)
        for hour in _SHIFTS
    ]
    return max(begin for begin in begins if begin <= local)
