"""A mapping: which topics of another broker become which devices of ours. Written in YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from devices_sim.bridge.broker_url import parse_broker_url
from devices_sim.bridge.paths import JsonPath, parse_path
from devices_sim.bridge.topics import PLACEHOLDER, TopicPattern, device_name, parse_pattern
from devices_sim.fields import At, DeviceName, Positive, Title
from smartopia.contract.announce import Datastream
from smartopia.contract.base import Name
from smartopia.contract.properties import PROPERTIES
from smartopia.yaml_lines import Section

_DAY_S = 86_400


def _pattern(text: str) -> str:
    parse_pattern(text)
    return text


def _path(text: str) -> str:
    parse_path(text)
    return text


def _one_or_more(value: Any) -> Any:  # noqa: ANN401
    return (value,) if isinstance(value, str) else value


def _template(text: str) -> str:
    if not device_name(text, "x"):
        raise ValueError("give a name, e.g. z2m-{device}")
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{name!r} is no time zone; e.g. Asia/Seoul") from None
    return name


def _url(text: str) -> str:
    parse_broker_url(text)
    return text


def _no_setting_of_ours(variable: str) -> str:
    if variable.startswith("SMARTOPIA_"):
        raise ValueError("SMARTOPIA_... are the platform's own settings; choose another name")
    return variable


def _words(values: Any) -> Any:  # noqa: ANN401
    """Keys as payloads write them: `true` is the JSON word, also where YAML read a boolean."""
    if not isinstance(values, dict):
        return values
    return {str(k).lower() if isinstance(k, bool) else str(k): v for k, v in values.items()}


Topic = Annotated[str, AfterValidator(_pattern)]
PathText = Annotated[str, AfterValidator(_path)]
NameTemplate = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_template)]
Variable = Annotated[
    str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"), AfterValidator(_no_setting_of_ours)
]
Number = Annotated[float, Field(allow_inf_nan=False)]
Period = Annotated[float, Field(gt=0, le=31 * _DAY_S)]


class BrokerAddress(Section):
    """The other broker. Its password is in an environment variable, or alone in a file.

    `ca_file`: the certificate authority of an mqtts broker, where it is one of its own.
    """

    url: Annotated[str, AfterValidator(_url)]
    password_env: Variable | None = None
    password_file: Path | None = None
    ca_file: Path | None = None


class Availability(Section):
    """Where a device's presence is told: `{device}` in the topic is the device.

    `path`: where the word stands if the payload is JSON; a payload that is none is the word.
    """

    topic: Topic
    path: PathText = "state"
    online: str = "online"
    offline: str = "offline"


class TimeAt(Section):
    """Where a payload tells its time. `zone`: of a time that names no offset."""

    path: PathText
    form: Literal["rfc3339", "seconds", "milliseconds"] = "rfc3339"
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"


class Stream(Section):
    """One datastream: a number somewhere in the payload, times `scale`, plus `offset`.

    Attributes:
        name: the datastream's; the observed property's, if there is only one such.
        unit: UCUM; a property the contract knows brings its own.
        path: where the number stands; of several, the first that is there.
        values: the number for each word, where the payload says words.
        when: what must stand elsewhere in the payload, by path, for the number to be meant.
        period: seconds between results.
        interval: seconds each result sums up; 0: an instant.
    """

    observed_property: Name
    name: Name = ""
    unit: str = ""
    path: Annotated[tuple[PathText, ...], BeforeValidator(_one_or_more), Field(min_length=1)] = (
        "",
    )
    scale: Number = 1.0
    offset: Number = 0.0
    values: Annotated[dict[str, Number], BeforeValidator(_words)] | None = None
    when: Annotated[dict[PathText, str], BeforeValidator(_words), Field(default_factory=dict)]
    period: Period = 60.0
    interval: Annotated[float, Field(ge=0, le=31 * _DAY_S)] = 0.0
    range: tuple[Number, Number] | None = None
    _datastream: Datastream = PrivateAttr()

    @model_validator(mode="after")
    def _described(self) -> Self:
        known = PROPERTIES.get(self.observed_property)
        unit = self.unit or (known.unit if known else "")
        if not unit:
            allowed = ", ".join(PROPERTIES)
            raise ValueError(
                f"unit: give the UCUM unit of {self.observed_property!r}; "
                f"known without one are {allowed}"
            )
        try:
            self._datastream = Datastream(
                name=self.name or self.observed_property,
                observed_property=self.observed_property,
                unit=unit,
                range=self.range,
                period=self.period,
                interval=self.interval,
            )
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = f"{first['loc'][0]}: " if first["loc"] else ""
            raise ValueError(field + first["msg"].removeprefix("Value error, ")) from None
        return self

    @property
    def datastream(self) -> Datastream:
        """As a device announces it."""
        return self._datastream

    @property
    def paths(self) -> tuple[JsonPath, ...]:
        """Where its number may stand."""
        return tuple(parse_path(text) for text in self.path)


class Source(Section):
    """One kind of topic. What several sources name alike is one device.

    Attributes:
        topic: `{device}` is one level of it, and in `name` and `title` stands for that.
        name: the device's, made of small letters, digits, `-` and `_`.
        place: [latitude, longitude], if all its devices stand there.
        time: where the payload tells it; without it, or where it is missing: arrival.
    """

    topic: Topic
    name: NameTemplate
    kind: Name
    title: Title = PLACEHOLDER
    place: At | None = None
    availability: Availability | None = None
    time: TimeAt | None = None
    datastreams: Annotated[tuple[Stream, ...], Field(min_length=1)]

    @property
    def pattern(self) -> TopicPattern:
        """The topic as a pattern."""
        return parse_pattern(self.topic)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        topics = [self.topic, *([self.availability.topic] if self.availability else [])]
        if any((PLACEHOLDER in self.name) != (PLACEHOLDER in topic) for topic in topics):
            raise ValueError(
                f"name, topic and availability.topic: give {PLACEHOLDER} in all or in none"
            )
        streams: dict[str, Datastream] = {}
        for stream in self.datastreams:
            one = stream.datastream
            if streams.setdefault(one.name, one) != one:
                raise ValueError(
                    f"datastreams: {one.name!r} is described in two ways; name one of them anew"
                )
        return self


class Discovery(Section):
    """Devices that describe themselves in Home Assistant's way, below the topic `prefix`."""

    style: Literal["homeassistant"]
    prefix: Annotated[str, Field(pattern=r"^[^+#\x00{}]+$")] = "homeassistant"
    name: NameTemplate = "ha-{device}"
    kind: Name = "home_assistant"
    period: Period = 60.0

    @model_validator(mode="after")
    def _named(self) -> Self:
        if PLACEHOLDER not in self.name:
            raise ValueError(
                f"name: {self.name!r} needs {PLACEHOLDER} in it, e.g. ha-{PLACEHOLDER}"
            )
        return self


def _style(value: Any) -> Any:  # noqa: ANN401
    return {"style": value} if isinstance(value, str) else value


class DeviceEntry(Section):
    """What is known of one device beyond its payloads. `ignore`: leave it out, and say no more."""

    name: DeviceName
    title: Title | None = None
    place: At | None = None
    kind: Name | None = None
    ignore: bool = False


class Mapping(Section):
    """All of a mapping.

    Attributes:
        max_devices: how many devices at most; further ones are named and left out.
        rate: messages a second each topic may go on with; of more, the newest counts.
    """

    title: str | None = None
    broker: BrokerAddress | None = None
    sources: tuple[Source, ...] = ()
    discovery: Annotated[Discovery, BeforeValidator(_style)] | None = None
    devices: tuple[DeviceEntry, ...] = ()
    max_devices: Annotated[int, Field(ge=1, le=10_000)] = 500
    rate: Positive = 2.0

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not self.sources and self.discovery is None:
            raise ValueError("nothing is mapped: give sources, or discovery: homeassistant")
        names = [device.name for device in self.devices]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"devices: named twice: {', '.join(twice)}")
        return self
