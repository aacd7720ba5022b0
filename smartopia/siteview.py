"""What is drawn on a camera's picture: areas, wires, ways, and where the ground is.

Points are shares of the picture's width and height; (0, 0) is top left. A view of one picture
size fits any other, and is kept as a revision.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from smartopia.errors import Reason
from smartopia.geometry import area, crosses_itself, distance

_LEAST_AREA = 1e-4
_LEAST_LENGTH = 0.01

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$")]


def _unsound(text: str) -> PydanticCustomError:
    return PydanticCustomError(Reason.UNSOUND_VIEW.value, "{detail}", {"detail": text})


def _in_picture(point: tuple[float, float]) -> tuple[float, float]:
    if not (0 <= point[0] <= 1 and 0 <= point[1] <= 1):
        raise _unsound(
            f"({point[0]:g}, {point[1]:g}) lies outside the picture; give shares of its width "
            "and height, 0 to 1"
        )
    return point


def _sound(polygon: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    if crosses_itself(polygon):
        raise _unsound("the outline crosses itself; draw its corners in order")
    if area(polygon) < _LEAST_AREA:
        raise _unsound(f"it is empty; cover at least {_LEAST_AREA:.2%} of the picture")
    return polygon


def _long_enough(line: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    if any(distance(a, b) == 0 for a, b in pairwise(line)):
        raise _unsound("it has the same point twice in a row")
    if sum(distance(a, b) for a, b in pairwise(line)) < _LEAST_LENGTH:
        raise _unsound(f"it is too short; give at least {_LEAST_LENGTH:.0%} of the picture")
    return line


Number = Annotated[float, Field(allow_inf_nan=False)]
# In the schema only: refused with a point's both shares, it is easier to find.
Share = Annotated[float, Field(allow_inf_nan=False, json_schema_extra={"minimum": 0, "maximum": 1})]
Spot = Annotated[tuple[Share, Share], AfterValidator(_in_picture)]
Polygon = Annotated[tuple[Spot, ...], Field(min_length=3, max_length=60), AfterValidator(_sound)]
Line = Annotated[tuple[Spot, ...], Field(min_length=2, max_length=60), AfterValidator(_long_enough)]


class Part(BaseModel):
    """Anything that is drawn."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AreaUse(StrEnum):
    """What an area is watched for, or what it is."""

    FORBIDDEN = "forbidden"
    GATHERING = "gathering"
    NO_PARKING = "no_parking"
    ROAD = "road"
    CROSSING = "crossing"


class Area(Part):
    """A part of the ground, by its outline."""

    name: Name
    use: AreaUse
    outline: Polygon


class Direction(StrEnum):
    """Which way over a wire, as one looks from its first point to its second."""

    BOTH = "both"
    LEFT_TO_RIGHT = "left_to_right"
    RIGHT_TO_LEFT = "right_to_left"


class Wire(Part):
    """A line on the ground. Crossings are counted both ways; those of `alarm` raise an alert."""

    name: Name
    line: Annotated[tuple[Spot, Spot], AfterValidator(_long_enough)]
    alarm: Direction = Direction.BOTH


class Way(Part):
    """A lane: its middle line, driven from the first point to the last.

    Attributes:
        width_m: metres across.
        speed_kmh: the speed at which it flows freely.
        stop: the stop line of a signal; before it nobody is in a jam. Crossings are areas.
    """

    name: Name
    line: Line
    width_m: Annotated[float, Field(gt=1, le=12)] = 3.2
    speed_kmh: Annotated[float, Field(gt=0, le=150)] = 50.0
    stop: Spot | None = None


class Pole(Part):
    """The ground by how the camera hangs: a pinhole with radial distortion `k1` (Brown).

    Attributes:
        height_m: of the lens above the ground.
        tilt: degrees below the horizon.
        fov: degrees across the picture's width, before distortion.
    """

    height_m: Annotated[float, Field(gt=0.5, le=100)]
    tilt: Annotated[float, Field(gt=-20, lt=90)]
    fov: Annotated[float, Field(ge=5, le=130)]
    k1: Annotated[float, Field(ge=-0.5, le=0.5)] = 0.0


class Marks(Part):
    """The ground by four points of the picture whose places, in metres, are known."""

    picture: tuple[Spot, Spot, Spot, Spot]
    metres: tuple[
        tuple[Number, Number], tuple[Number, Number], tuple[Number, Number], tuple[Number, Number]
    ]

    @model_validator(mode="after")
    def _apart(self) -> Self:
        for points, least in ((self.picture, _LEAST_AREA), (self.metres, 0.25)):
            for left_out in range(4):
                three = [point for i, point in enumerate(points) if i != left_out]
                if area(three) < least:
                    raise _unsound("three of the four points lie in a line; spread them")
        return self


class Ground(Part):
    """Where the ground is: by the pole or by marks on it."""

    pole: Pole | None = None
    marks: Marks | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.pole is None) == (self.marks is None):
            raise _unsound("give exactly one of pole, marks")
        return self


class Drawing(Part):
    """All that is drawn on a picture, whichever camera's it is."""

    areas: Annotated[tuple[Area, ...], Field(max_length=100)] = ()
    wires: Annotated[tuple[Wire, ...], Field(max_length=50)] = ()
    ways: Annotated[tuple[Way, ...], Field(max_length=50)] = ()
    ground: Ground | None = None

    @model_validator(mode="after")
    def _names(self) -> Self:
        taken: set[str] = set()
        parts: tuple[Area | Wire | Way, ...] = (*self.areas, *self.wires, *self.ways)
        for part in parts:
            if part.name in taken:
                raise _unsound(f"the name {part.name!r} is used twice; give each its own")
            taken.add(part.name)
        return self


class SiteView(Drawing):
    """All that is drawn on one camera's picture."""

    camera: Annotated[str, Field(min_length=1, max_length=200)]
