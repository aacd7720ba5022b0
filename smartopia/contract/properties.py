"""Observed properties and the UCUM unit each is given in.

A datastream may observe a property that is not in this table, in any unit; one that is
in it must use its unit, so that a rule written for a property holds for every device.
"""

from __future__ import annotations

from dataclasses import dataclass

from smartopia.errors import Reason, RefusedMessageError


@dataclass(frozen=True, slots=True)
class ObservedProperty:
    """A property, its UCUM unit, and how a person calls it."""

    name: str
    unit: str
    title: str


PROPERTIES = {
    p.name: p
    for p in (
        ObservedProperty("water_level", "m", "water level"),
        ObservedProperty("rainfall", "mm", "rain fallen in the interval"),
        ObservedProperty("rain_rate", "mm/h", "rain intensity"),
        ObservedProperty("pm2_5", "ug/m3", "PM2.5"),
        ObservedProperty("pm10", "ug/m3", "PM10"),
        ObservedProperty("sound_level", "dB[SPL]", "noise"),
        ObservedProperty("vehicle_count", "{vehicle}", "vehicles passed in the interval"),
        ObservedProperty("vehicle_speed", "km/h", "mean speed"),
        ObservedProperty("occupancy", "%", "road occupancy"),
        ObservedProperty("travel_time", "s", "travel time"),
        ObservedProperty("bell_pressed", "{pressed}", "emergency bell"),
        ObservedProperty("motion", "{motion}", "motion"),
        ObservedProperty("smoke_obscuration", "%/m", "smoke"),
        ObservedProperty("temperature", "Cel", "temperature"),
        ObservedProperty("relative_humidity", "%", "humidity"),
        ObservedProperty("wind_speed", "m/s", "wind"),
        ObservedProperty("battery", "%", "battery"),
    )
}


def check_unit(observed_property: str, unit: str) -> None:
    """Refuse a known property in another unit than its own.

    Raises:
        RefusedMessageError: says which unit is expected.
    """
    known = PROPERTIES.get(observed_property)
    if known is not None and known.unit != unit:
        raise RefusedMessageError(
            Reason.WRONG_UNIT, f"{observed_property} is given in {known.unit} (UCUM), not {unit!r}"
        )
