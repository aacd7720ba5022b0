"""A scenario: which devices stand where, and what goes wrong. Written in YAML."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from devices_sim.world.incident import ONSETS, Incident, IncidentKind
from devices_sim.world.place import Place
from devices_sim.world.world import World
from smartopia.contract.base import Name
from smartopia.contract.properties import check_unit
from smartopia.contract.topics import NAME_PATTERN
from smartopia.errors import RefusedMessageError


class Part(BaseModel):
    """A part of a scenario: what it does not know, it refuses, and says what it does know."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _known(cls, data: Any) -> Any:  # noqa: ANN401
        if not isinstance(data, dict):
            return data
        unknown = sorted(str(name) for name in data if name not in cls.model_fields)
        if unknown:
            allowed = ", ".join(cls.model_fields)
            raise ValueError(f"unknown {', '.join(unknown)}; allowed are {allowed}")
        return data


def _utc(instant: Any) -> Any:  # noqa: ANN401
    """A date as the midnight it begins with; a time without offset as UTC."""
    if isinstance(instant, date) and not isinstance(instant, datetime):
        return datetime.combine(instant, time(), UTC)
    if isinstance(instant, str):
        instant = datetime.fromisoformat(instant)
    if isinstance(instant, datetime) and instant.tzinfo is None:
        return instant.replace(tzinfo=UTC)
    return instant


def _in_the_world(place: tuple[float, float]) -> tuple[float, float]:
    if not (-90 <= place[0] <= 90 and -180 <= place[1] <= 180):
        raise ValueError("give [latitude, longitude] in degrees, WGS 84")
    return place


DeviceName = Annotated[str, Field(pattern=NAME_PATTERN)]
At = Annotated[tuple[float, float], AfterValidator(_in_the_world)]
Title = Annotated[str, Field(max_length=200)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
UtcTime = Annotated[datetime, BeforeValidator(_utc)]


class Sensor(Part):
    """One sensor. `place`: [latitude, longitude]; `period`: seconds, if not its kind's."""

    name: DeviceName
    kind: str
    place: At
    title: Title | None = None
    period: Positive | None = None


class Trouble(Part):
    """One incident; see `devices_sim.world.incident` for kinds and the units of strength."""

    kind: IncidentKind
    place: At
    at: Annotated[float, Field(ge=0)]
    duration: Positive
    radius: Positive = 800.0
    strength: Positive | None = None


class Camera(Part):
    """One camera. `source`: a video, a folder of pictures, or `package` for those shipped along."""

    name: DeviceName
    source: str
    rate: Annotated[float, Field(gt=0, le=60)] = 1.0
    place: At | None = None
    title: Title | None = None


class TimeColumns(Part):
    """Where a row's time (UTC) stands: one `column` and its strptime `format`, or `columns`.

    `columns` name year, month, day, and if there are any hour, minute, second, in this order.
    """

    column: str | None = None
    format: str = "%Y-%m-%d %H:%M:%S"
    columns: Annotated[tuple[str, ...], Field(min_length=3, max_length=6)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.column is None) == (self.columns is None):
            raise ValueError("give either column (and format) or columns")
        return self


class ReplayStream(Part):
    """The datastream a recording becomes. `interval`: seconds between and summed up by its rows."""

    name: Name
    observed_property: Name
    unit: str
    interval: Positive

    @model_validator(mode="after")
    def _known_unit(self) -> Self:
        try:
            check_unit(self.observed_property, self.unit)
        except RefusedMessageError as error:
            raise ValueError(error.detail) from None
        return self


class Replay(Part):
    """A recorded series told again. `speed`: seconds of recording in one second of life.

    `start` is the first instant taken and `end` the first no longer taken.
    """

    name: DeviceName
    file: str
    time: TimeColumns
    value: str
    datastream: ReplayStream
    speed: Positive = 1.0
    start: UtcTime | None = None
    end: UtcTime | None = None
    loop: bool = False
    place: At | None = None
    title: Title | None = None


class Scenario(Part):
    """All of a run. Lists of included scenarios are added up; own settings win over theirs.

    `cycle`: seconds after which the incidents come again. `start_hour`: None for the present one.
    """

    include: tuple[str, ...] = ()
    seed: int = 1
    pace: Positive = 1.0
    start_hour: Annotated[float, Field(ge=0, lt=24)] | None = None
    cycle: Positive | None = None
    devices: tuple[Sensor, ...] = ()
    incidents: tuple[Trouble, ...] = ()
    cameras: tuple[Camera, ...] = ()
    replays: tuple[Replay, ...] = ()

    @model_validator(mode="after")
    def _distinct_names(self) -> Self:
        names = self.names()
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"devices named twice: {', '.join(twice)}")
        return self

    def names(self) -> list[str]:
        """The names of all devices, cameras and replays."""
        parts: tuple[Sensor | Camera | Replay, ...] = (*self.devices, *self.cameras, *self.replays)
        return [part.name for part in parts]

    def world(self, present_hour: float) -> World:
        """The world of this scenario; `present_hour` is where `start_hour` is not set."""
        hour = present_hour if self.start_hour is None else self.start_hour
        incidents = tuple(_incident(trouble, self.cycle) for trouble in self.incidents)
        return World(self.seed, self.pace, hour, incidents)


def _incident(trouble: Trouble, cycle: float | None) -> Incident:
    return Incident(
        kind=trouble.kind,
        place=Place(*trouble.place),
        radius=trouble.radius,
        at=trouble.at,
        duration=trouble.duration,
        strength=trouble.strength or ONSETS[trouble.kind].strength,
        cycle=cycle,
    )
