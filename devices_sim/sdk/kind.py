"""A kind of sensor: what it observes, how often, and how to measure it in the world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from devices_sim.world.world import View
from smartopia.contract.announce import Datastream
from smartopia.contract.properties import PROPERTIES
from smartopia.errors import ConfigurationError

Measure = Callable[[View, datetime], Mapping[str, float]]


def datastream(
    observed_property: str,
    *,
    low: float,
    high: float,
    interval: float = 0.0,
    name: str | None = None,
    unit: str | None = None,
) -> Datastream:
    """A datastream of a kind, named after its property; its period becomes the kind's.

    Args:
        observed_property: its unit is looked up where the contract knows the property.
        low: the lowest result the sensor can give, in the unit.
        high: the highest.
        interval: seconds each result sums up; 0: an instant.
        name: where two datastreams of a kind observe one property.
        unit: UCUM, for a property the contract does not know.

    Raises:
        ConfigurationError: no unit is given, and the property is not a known one.
    """
    known = PROPERTIES.get(observed_property)
    if unit is None and known is None:
        allowed = ", ".join(PROPERTIES)
        raise ConfigurationError(
            f"observed property {observed_property!r}: give its unit; known without one: {allowed}"
        )
    return Datastream(
        name=name or observed_property,
        observed_property=observed_property,
        unit=unit or (known.unit if known else ""),
        range=(low, high),
        period=1,
        interval=interval,
    )


@dataclass(frozen=True)
class SensorKind:
    """A kind of sensor, of which a scenario may place many.

    Attributes:
        name: what a scenario and an announcement call it, such as `river_gauge`.
        title: what a person calls it.
        period: seconds between results.
        datastreams: what it observes.
        measure: its results by datastream name, given the world at its place and the time.
        decimals: places after the point its results keep.
    """

    name: str
    title: str
    period: float
    datastreams: tuple[Datastream, ...]
    measure: Measure
    decimals: int = 2

    def __post_init__(self) -> None:
        streams = tuple(s.model_copy(update={"period": self.period}) for s in self.datastreams)
        object.__setattr__(self, "datastreams", streams)

    def read(self, view: View, time: datetime) -> dict[str, float]:
        """The results of one reading, rounded and kept within each datastream's range."""
        results = self.measure(view, time)
        return {
            stream.name: _within(stream, round(float(results[stream.name]), self.decimals))
            for stream in self.datastreams
            if stream.name in results
        }

    def every(self, period: float) -> SensorKind:
        """The same kind at another pace; what sums up then sums up over that."""
        streams = tuple(
            s.model_copy(update={"interval": period}) if s.interval else s for s in self.datastreams
        )
        return replace(self, period=period, datastreams=streams)


def _within(stream: Datastream, result: float) -> float:
    if stream.range is None:
        return result
    low, high = stream.range
    return max(low, min(high, result))
