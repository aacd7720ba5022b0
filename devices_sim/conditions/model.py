"""What a field condition or fault is, what it is told, and what it gives back.

A condition has no state. What it does is a closed form of its grade, the time since its onset,
the device and the seed, so that two processes with one seed agree.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from devices_sim.world.noise import Key, smooth, uniform

T = TypeVar("T")
Graded = tuple[T, T, T, T, T]
"""One of something for each grade, 1 to 5."""

Picture = npt.NDArray[np.uint8]
"""Height x width x 3: blue, green, red. A condition returns a new one and leaves its own alone."""

Depth = npt.NDArray[np.float32]
"""Height x width: metres from the camera; inf is the sky."""

Affine = npt.NDArray[np.float64]
"""2 x 3: where a point [x, y, 1] of a picture is moved to, in pixels."""

MIN_GRADE, MAX_GRADE = 1, 5
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sensor measured at one time, by datastream."""

    time: datetime
    results: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Sending:
    """A reading to send after `wait` seconds, `copies` times with one boot and sequence."""

    reading: Reading
    wait: float = 0.0
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Span:
    """A condition that befalls a device from `begin` to `end`, in seconds of the run."""

    device: str
    condition: str
    grade: int
    begin: float = 0.0
    end: float = math.inf


def active(spans: Iterable[Span], now: float) -> tuple[Span, ...]:
    """The spans in force `now` seconds into the run, in their order."""
    return tuple(span for span in spans if span.begin <= now < span.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """When and to whom a condition happens.

    Attributes:
        condition: its name.
        grade: 1 (hardly hurts) to 5.
        device: whom it befalls.
        seed: the run's; equal seeds give equal chances.
        since: seconds since the onset.
        left: seconds until it is over.
    """

    condition: str
    grade: int
    device: str = ""
    seed: int = 0
    since: float = 0.0
    left: float = math.inf

    def graded(self, options: Graded[T]) -> T:
        """The option of this grade."""
        return options[self.grade - MIN_GRADE]

    def chance(self, *key: Key) -> float:
        """A number in [0, 1) that belongs to this device, condition and key for ever."""
        return uniform(*key, self.condition, self.device, self.seed)

    def wander(self, at: float, *key: Key) -> float:
        """A number in [-1, 1] of this device that turns about once each unit of `at`."""
        return smooth(at, *key, self.condition, self.device, self.seed)

    @property
    def salt(self) -> int:
        """The chance of this device and condition as a seed for what is drawn once and kept."""
        return int(self.chance("salt") * 2**32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment(Occasion):
    """When a condition meets a reading of a sensor.

    Attributes:
        step: how many readings were due since the first one it met.
        period: seconds between readings.
        first: the first reading it met.
        ranges: lowest and highest result by datastream, where they are known.
    """

    first: Reading
    step: int = 0
    period: float = 1.0
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def width(self, datastream: str) -> float:
        """The width of a datastream's range; where none is known, the size of its first result."""
        if datastream in self.ranges:
            low, high = self.ranges[datastream]
            return high - low
        return max(1.0, abs(self.first.results.get(datastream, 0.0)))

    def way(self, datastream: str) -> float:
        """1 or -1: towards the end of the range that the first result was farther from."""
        low, high = self.ranges.get(datastream, (-math.inf, math.inf))
        first = self.first.results.get(datastream, low)
        return -1.0 if first - low > high - first else 1.0

    def within(self, datastream: str, result: float) -> float:
        """A result as a sensor tells it: kept within its range, and rounded."""
        low, high = self.ranges.get(datastream, (-math.inf, math.inf))
        return round(max(low, min(high, result)), _DECIMALS)


def send(reading: Reading, change: Callable[[str, float], float]) -> tuple[Sending]:
    """Send a reading at once, with each result changed (given its datastream and itself)."""
    results = {name: change(name, result) for name, result in reading.results.items()}
    return (Sending(Reading(reading.time, results)),)


def never(_occasion: Occasion) -> bool:
    """For conditions that cut no connection and renew no picture."""
    return False


@dataclass(frozen=True, slots=True)
class SensorCondition:
    """A condition or fault of sensors.

    Attributes:
        name: what a scenario calls it, such as `flat_line`.
        title: what a person calls it.
        grades: what each grade means, in words.
        apply: what is sent in place of a reading.
        cuts: whether the connection breaks off, once the reading is sent.
    """

    name: str
    title: str
    grades: Graded[str]
    apply: Callable[[Reading, Moment], Sequence[Sending]]
    cuts: Callable[[Moment], bool] = never


class Stage(IntEnum):
    """Where on the way from the scene to the stream; conditions meet a picture in this order."""

    AIR = 1
    LIGHT = 2
    MOUNT = 3
    LENS = 4
    SENSOR = 5
    STREAM = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraMoment(Occasion):
    """When a condition meets a picture of a camera.

    Attributes:
        number: of the frame, counting up.
        first: the picture it met first, or when it last renewed it; set where `apply` is called.
        depth: how far off everything is, where that is known.
    """

    first: Picture | None = None
    number: int = 0
    depth: Depth | None = None


def stays(_size: tuple[int, int], _moment: CameraMoment) -> Affine:
    """For conditions that move nothing in the picture."""
    return np.eye(2, 3)


@dataclass(frozen=True, slots=True)
class CameraCondition:
    """A condition or fault of cameras.

    Attributes:
        name: what a scenario calls it, such as `fog`.
        title: what a person calls it.
        grades: what each grade means, in words.
        stage: where it happens.
        apply: the picture it makes of a picture; None if the frame is lost.
        renews: whether this picture becomes `CameraMoment.first`.
        moves: how it moves a picture of this width and height, for who knows what is where in it.
    """

    name: str
    title: str
    grades: Graded[str]
    stage: Stage
    apply: Callable[[Picture, CameraMoment], Picture | None]
    renews: Callable[[CameraMoment], bool] = never
    moves: Callable[[tuple[int, int], CameraMoment], Affine] = stays


def in_words(template: str, options: Graded[T]) -> Graded[str]:
    """A text for each grade: the template with that grade's option filled in."""
    one, two, three, four, five = (template.format(option) for option in options)
    return one, two, three, four, five
