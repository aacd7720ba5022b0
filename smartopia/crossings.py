"""How often the wires of a camera were crossed, as whoever counts tells it.

Counts are kept for an hour back, and each message holds all of them, so that whoever shows them
needs to have heard no other, and whoever counts next can go on.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, NonNegativeInt

from smartopia.contract.base import Instant, Message, Text
from smartopia.contract.topics import NAME_PATTERN, DeviceKey

CROSSINGS = "platform.crossings"
"""Followed by `.<site>.<device>`; devices have no permission on it."""

KEPT = timedelta(hours=1)
"""For so long counts stay, back from a camera's newest frame."""

_Name = Annotated[str, Field(pattern=NAME_PATTERN)]


def crossings_of(camera: DeviceKey) -> str:
    """The subject of what is counted on a camera."""
    return f"{CROSSINGS}.{camera.site}.{camera.device}"


class WireCrossings(Message):
    """The crossings of one wire.

    Attributes:
        families: who is counted: person, cycle, vehicle.
        minutes: those with any: when the minute began, how many crossed from left to right as one
            looks from the wire's first point to its second, and how many from right to left.
    """

    wire: Text
    families: tuple[Text, ...]
    minutes: tuple[tuple[Instant, NonNegativeInt, NonNegativeInt], ...] = ()


class Crossings(Message):
    """The crossings of all wires on a camera's picture.

    Attributes:
        since: the first frame that was counted in. Phenomenon times, all of them.
        until: the newest.
        gaps: when in between nobody counted, since no frame came or nobody looked at it.
    """

    site: _Name
    device: _Name
    since: Instant
    until: Instant
    wires: tuple[WireCrossings, ...]
    gaps: tuple[tuple[Instant, Instant], ...] = ()

    @property
    def camera(self) -> DeviceKey:
        """Whose wires they are."""
        return DeviceKey(self.site, self.device)
