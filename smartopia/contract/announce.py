"""`announce` (retained): what a device is, where it stands, and what it observes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from smartopia.contract.base import Identified, Message, Name, Text
from smartopia.contract.properties import check_unit
from smartopia.errors import RefusedMessageError
from smartopia.siteview import Drawing


class DeviceClock(StrEnum):
    """Whose time a device tells.

    `live`: the present; `replay`: that of a recording, which may lie years back.
    """

    LIVE = "live"
    REPLAY = "replay"


class Location(Message):
    """Where a device stands: WGS 84, degrees."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class Datastream(Message):
    """One observed property of one device, in one unit."""

    name: Annotated[Name, Field(description="the device's own; results are told by it")]
    observed_property: Annotated[Name, Field(description="what is observed, as rules know it")]
    unit: Annotated[str, Field(max_length=40, pattern=r"^[!-~]+$", description="UCUM code")]
    range: Annotated[
        tuple[float, float] | None, Field(description="what the sensor can measure: [low, high]")
    ] = None
    period: Annotated[float, Field(gt=0, le=86_400 * 31, description="seconds between results")]
    interval: Annotated[
        float,
        Field(ge=0, le=86_400 * 31, description="seconds each result sums up; 0: an instant"),
    ] = 0.0

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.range is not None and self.range[0] >= self.range[1]:
            raise ValueError(f"range {list(self.range)}: the low end must be below the high end")
        try:
            check_unit(self.observed_property, self.unit)
        except RefusedMessageError as error:
            raise PydanticCustomError(error.reason, "{detail}", {"detail": error.detail}) from None
        return self


class FrameStream(Message):
    """What pictures a camera sends."""

    rate: Annotated[float, Field(gt=0, le=60, description="frames per second")]


class Announce(Identified):
    """A device's announcement. Sent retained, at QoS 1, at each start."""

    kind: Annotated[Name, Field(description="what sort of device it is")]
    title: Annotated[Text | None, Field(description="what operators call it")] = None
    location: Location | None = None
    clock: Annotated[
        DeviceClock, Field(description="live, or replay for a recording, which may lie years back")
    ] = DeviceClock.LIVE
    datastreams: Annotated[tuple[Datastream, ...], Field(max_length=200)] = ()
    frames: FrameStream | None = None
    view: Annotated[
        Drawing | None,
        Field(description="what a camera proposes to draw on its picture, until somebody draws"),
    ] = None

    @model_validator(mode="after")
    def _pictured(self) -> Self:
        if self.view is not None and self.frames is None:
            raise ValueError("view: only a camera has one; announce its frames, too")
        return self

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        names = [stream.name for stream in self.datastreams]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"datastreams named twice: {', '.join(twice)}")
        return self
