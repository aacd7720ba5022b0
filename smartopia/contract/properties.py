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
        # Water
        ObservedProperty("water_level", "m", "water level"),
        ObservedProperty("sewer_level", "m", "level in the sewer"),
        ObservedProperty("flood_depth", "m", "water on the road"),
        ObservedProperty("turbidity", "[NTU]", "turbidity"),
        ObservedProperty("dissolved_oxygen", "mg/L", "dissolved oxygen"),
        ObservedProperty("ph", "[pH]", "pH"),
        # Weather
        ObservedProperty("rainfall", "mm", "rain fallen in the interval"),
        ObservedProperty("rain_rate", "mm/h", "rain intensity"),
        ObservedProperty("snow_rate", "mm/h", "snow intensity, as water"),
        ObservedProperty("temperature", "Cel", "temperature"),
        ObservedProperty("relative_humidity", "%", "humidity"),
        ObservedProperty("wind_speed", "m/s", "wind"),
        ObservedProperty("wind_gust", "m/s", "strongest gust"),
        ObservedProperty("wind_direction", "deg", "direction the wind comes from"),
        ObservedProperty("visibility", "m", "visibility"),
        # Air
        ObservedProperty("pm2_5", "ug/m3", "PM2.5"),
        ObservedProperty("pm10", "ug/m3", "PM10"),
        ObservedProperty("o3", "[ppm]", "ozone"),
        ObservedProperty("no2", "[ppm]", "nitrogen dioxide"),
        ObservedProperty("h2s", "[ppm]", "hydrogen sulfide"),
        ObservedProperty("co", "[ppm]", "carbon monoxide"),
        ObservedProperty("combustible_gas", "%{LEL}", "gas, of the lower explosive limit"),
        ObservedProperty("smoke_obscuration", "%/m", "smoke"),
        # Sound
        ObservedProperty("sound_level", "dB[SPL]", "noise"),
        ObservedProperty("sound_peak_level", "dB[SPL]", "peak of the noise"),
        # Roads
        ObservedProperty("vehicle_count", "{vehicle}", "vehicles passed in the interval"),
        ObservedProperty("vehicle_speed", "km/h", "mean speed"),
        ObservedProperty("spot_speed", "km/h", "speed of the fastest vehicle, 0: none passed"),
        ObservedProperty("occupancy", "%", "road occupancy"),
        ObservedProperty("travel_time", "s", "travel time"),
        ObservedProperty("signal_state", "{state}", "signal: 0 dark, 1 red, 2 amber, 3 green"),
        ObservedProperty("parking_occupancy", "%", "places taken"),
        # People
        ObservedProperty("bell_pressed", "{pressed}", "emergency bell"),
        ObservedProperty("motion", "{motion}", "motion"),
        ObservedProperty("inactivity", "min", "time since anybody at home stirred"),
        ObservedProperty("door_open", "{open}", "door"),
        ObservedProperty("power", "W", "electric power"),
        # Ground
        ObservedProperty("peak_ground_acceleration", "cm/s2", "shaking of the ground"),
        ObservedProperty("tilt", "deg", "tilt from upright"),
        # Devices
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
