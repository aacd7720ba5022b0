"""Places, and how far one thing reaches into another's place."""

from __future__ import annotations

import math
from dataclasses import dataclass

_METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Place:
    """WGS 84, degrees."""

    latitude: float
    longitude: float

    def metres_to(self, other: Place) -> float:
        """The distance in metres; the earth is flat across one city."""
        north = (other.latitude - self.latitude) * _METRES_A_DEGREE
        east = (other.longitude - self.longitude) * _METRES_A_DEGREE
        return math.hypot(north, east * math.cos(math.radians(self.latitude)))


def reach(metres: float, radius: float) -> float:
    """How much of an incident is felt: 1 up to half its radius, falling to 0 at its radius."""
    return max(0.0, min(1.0, 2 * (1 - metres / radius)))
