"""What one message of the other broker comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from smartopia.contract.announce import Datastream


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it came. `retained`: the broker kept it, nobody knows since when."""

    topic: str
    payload: bytes
    at: datetime
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Foreign:
    """One device of the other broker, under its name with us. `place`: latitude, longitude."""

    name: str
    kind: str
    title: str | None = None
    place: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Results of one device at one phenomenon time, by datastream.

    `fresh`: the device spoke just now, so it is there.
    """

    device: Foreign
    time: datetime
    results: Mapping[str, float]
    streams: tuple[Datastream, ...]
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Described:
    """A device says what it measures, before it does."""

    device: Foreign
    streams: tuple[Datastream, ...]


@dataclass(frozen=True, slots=True)
class Present:
    """Whether a device is there, by what it or its broker says."""

    device: Foreign
    online: bool
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Follow:
    """A topic to subscribe to, now that a device has named it."""

    topic: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """What could not be mapped at a topic, in words, and what to do about it."""

    topic: str
    text: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A message that means nothing to us, and why, by the name of a counter."""

    counter: str


Outcome = Told | Described | Present | Follow | Trouble | LeftOut
