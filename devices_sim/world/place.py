"""Places, and how far one thing reaches into another's place."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

_METRES_A_DEGREE = 111_320.0
_LEAN = 0.6


@dataclass(frozen=True, slots=True)
class Place:
    """WGS 84, degrees. `key` names the place where noise is drawn for it."""

    latitude: float
    longitude: float
    key: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", repr((self.latitude, self.longitude)))

    def offset_to(self, other: Place) -> tuple[float, float]:
        """Metres (east, north) to another place; the earth is flat across one city."""
        north = (other.latitude - self.latitude) * _METRES_A_DEGREE
        east = (other.longitude - self.longitude) * _METRES_A_DEGREE
        return east * math.cos(math.radians(self.latitude)), north

    def moved(self, east: float, north: float) -> Place:
        """The place so many metres away; the inverse of `offset_to`."""
        along = east / (_METRES_A_DEGREE * math.cos(math.radians(self.latitude)))
        return Place(self.latitude + north / _METRES_A_DEGREE, self.longitude + along)

    def metres_to(self, other: Place) -> float:
        """The distance in metres."""
        return math.hypot(*self.offset_to(other))


def downwind_metres(source: Place, place: Place, wind_from: float) -> float:
    """How far a place is for what the wind carries: under half as far downwind, farther upwind.

    Args:
        source: where the plume begins.
        place: where it is felt.
        wind_from: degrees clockwise from north that the wind comes from.
    """
    east, north = source.offset_to(place)
    metres = math.hypot(east, north)
    if metres == 0:
        return 0.0
    bearing = math.radians(wind_from)
    against = (east * math.sin(bearing) + north * math.cos(bearing)) / metres
    return metres * (1 + _LEAN * against)


def reach(metres: float, radius: float) -> float:
    """How much of an incident is felt: 1 up to half its radius, falling to 0 at its radius."""
    return max(0.0, min(1.0, 2 * (1 - metres / radius)))
