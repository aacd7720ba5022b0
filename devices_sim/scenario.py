"""A scenario: which devices stand where, and what goes wrong. Written in YAML."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from devices_sim.cameras.scene.section import Lens, Scene
from devices_sim.fields import At, DeviceName, Positive, Title
from devices_sim.world.incident import ONSETS, Incident, IncidentKind
from devices_sim.world.place import Place
from devices_sim.world.world import World
from smartopia.contract.base import Name
from smartopia.contract.properties import check_unit
from smartopia.errors import RefusedMessageError
from smartopia.siteview import Drawing
from smartopia.yaml_lines import Section


def _utc(instant: Any) -> Any:  # noqa: ANN401
    """A date as the midnight it begins with; a time without offset as UTC."""
    if isinstance(instant, date) and not isinstance(instant, datetime):
        return datetime.combine(instant, time(), UTC)
    if isinstance(instant, str):
        instant = datetime.fromisoformat(instant)
    if isinstance(instant, datetime) and instant.tzinfo is None:
        return instant.replace(tzinfo=UTC)
    return instant


def _several(names: Any) -> Any:  # noqa: ANN401
    return (names,) if isinstance(names, str) else names


UtcTime = Annotated[datetime, BeforeValidator(_utc)]


class Sensor(Section):
    """One sensor. `place`: [latitude, longitude]; `period`: seconds, if not its kind's."""

    name: DeviceName
    kind: str
    place: At
    title: Title | None = None
    period: Positive | None = None


class Trouble(Section):
    """One incident; see `devices_sim.world.incident` for kinds and the units of strength."""

    kind: IncidentKind
    place: At
    at: Annotated[float, Field(ge=0)]
    duration: Positive
    radius: Positive = 800.0
    strength: Positive | None = None


class Camera(Section):
    """One camera: of a `kind`, or one that shows a `source`.

    `source`: a video, a folder of pictures, or `package` for those shipped along. `rate`: frames
    per second, if not its kind's (or 1). `weather`: the world's weather dims a source's pictures.
    `view`: what it proposes to draw on its picture, as `smartopia.siteview` has it.
    """

    name: DeviceName
    kind: str | None = None
    source: str | None = None
    rate: Annotated[float, Field(gt=0, le=60)] | None = None
    place: At | None = None
    title: Title | None = None
    weather: bool = False
    view: Drawing | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.kind is None) == (self.source is None):
            raise ValueError("give either kind or source")
        if self.place is None and (self.kind is not None or self.weather):
            raise ValueError("give its place: what it sees depends on it")
        return self


class Applied(Section):
    """A field condition put on devices, named or `kind:NAME`, or `*` for all that can have it.

    `at`, `duration`: seconds of the run; with the scenario's `cycle` it comes again, for 30 days.
    """

    condition: str
    on: Annotated[tuple[str, ...], Field(min_length=1), BeforeValidator(_several)]
    grade: Annotated[int, Field(ge=1, le=5, strict=True)] = 3
    at: Annotated[float, Field(ge=0)] = 0.0
    duration: Positive | None = None


class TimeColumns(Section):
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


class ReplayStream(Section):
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


class Replay(Section):
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


class Scenario(Section):
    """All of a run. Lists of included scenarios are added up; own settings win over theirs.

    `start`: the instant the run begins at, in its own place's time; None for the present. `speed`:
    seconds of the run in one of life. `start_hour`: that of `start`, or the present one, if None.
    `cycle`: seconds after which incidents, conditions and events of scenes come again.
    """

    include: tuple[str, ...] = ()
    seed: Annotated[int, Field(gt=-(2**53), lt=2**53)] = 1
    pace: Positive = 1.0
    start: UtcTime | None = None
    speed: Positive = 1.0
    start_hour: Annotated[float, Field(ge=0, lt=24)] | None = None
    cycle: Positive | None = None
    devices: tuple[Sensor, ...] = ()
    incidents: tuple[Trouble, ...] = ()
    conditions: tuple[Applied, ...] = ()
    cameras: tuple[Camera, ...] = ()
    scenes: tuple[Scene, ...] = ()
    replays: tuple[Replay, ...] = ()

    @model_validator(mode="after")
    def _sound_time(self) -> Self:
        if self.speed != 1 and self.start is None:
            raise ValueError("a speed other than 1 needs a start: the present cannot be hurried")
        if self.speed != 1 and self.conditions:
            raise ValueError("conditions act at life's own pace: leave out speed, or conditions")
        return self

    @model_validator(mode="after")
    def _distinct_names(self) -> Self:
        names = self.names()
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"devices named twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _distinct_scenes(self) -> Self:
        names = [scene.name for scene in self.scenes]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"scenes named twice: {', '.join(twice)}")
        return self

    def names(self) -> list[str]:
        """The names of all devices, cameras (those of opened scenes too) and replays."""
        lenses = (lens for scene in self.scenes for lens in scene.cameras)
        parts: tuple[Sensor | Camera | Lens | Replay, ...] = (
            *self.devices,
            *self.cameras,
            *lenses,
            *self.replays,
        )
        return [part.name for part in parts]

    def world(self, present_hour: float) -> World:
        """The world of this scenario; `present_hour` is for where it names none."""
        incidents = tuple(_incident(trouble, self.cycle) for trouble in self.incidents)
        hour = self.start_hour
        if self.start is None:
            return World(self.seed, self.pace, present_hour if hour is None else hour, incidents)
        if hour is None:
            hour = self.start.hour + self.start.minute / 60 + self.start.second / 3600
        day = self.start.timetuple().tm_yday
        return World(self.seed, self.pace, hour, incidents, day_of_year=day)


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
