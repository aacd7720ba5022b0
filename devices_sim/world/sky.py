"""Sun, light and sight: what a camera has to see by."""

from __future__ import annotations

import math

# Korea's clock is that of 135 degrees east; at Gimpo the sun is highest half an hour late.
_NOON = 12.55
_TILT = 23.44
_LONGEST_DAY = 172
_YEAR = 365.25

_NOON_LX = 115_000.0
_SUNSET_LX = 400.0
_MOONLESS_LX = 0.002
_CLOUD_TAKES = 0.75
_LAMPS_BELOW_LX = 60.0

# Visibility in m is this over the extinction in 1/m: Koschmieder, contrast 2 %.
_KOSCHMIEDER = 3.912
_CLEAR_AIR = _KOSCHMIEDER / 25_000
_FOG = _KOSCHMIEDER / 80


def sun_elevation(hour: float, day_of_year: float, latitude: float) -> float:
    """The sun's height over the horizon in degrees; below 0 at night."""
    tilt = math.radians(_TILT) * math.cos((day_of_year - _LONGEST_DAY) / _YEAR * 2 * math.pi)
    turn = math.radians(15 * (hour - _NOON))
    north = math.radians(latitude)
    height = math.sin(north) * math.sin(tilt) + math.cos(north) * math.cos(tilt) * math.cos(turn)
    return math.degrees(math.asin(max(-1.0, min(1.0, height))))


def sun_azimuth(hour: float, day_of_year: float, latitude: float) -> float:
    """Where the sun stands, degrees clockwise from north."""
    tilt = math.radians(_TILT) * math.cos((day_of_year - _LONGEST_DAY) / _YEAR * 2 * math.pi)
    turn = math.radians(15 * (hour - _NOON))
    north = math.radians(latitude)
    west = math.sin(turn) * math.cos(tilt)
    south = math.sin(north) * math.cos(tilt) * math.cos(turn) - math.cos(north) * math.sin(tilt)
    return (math.degrees(math.atan2(west, south)) + 180) % 360


def daylight(elevation: float, cloud: float) -> float:
    """Illuminance of the open ground by the sky alone, in lx.

    Twilight loses a factor of ten about each three degrees the sun sinks.
    """
    high = _NOON_LX * max(0.0, math.sin(math.radians(elevation)))
    twilight = min(_SUNSET_LX, _SUNSET_LX * math.pow(10, elevation * 0.36))
    return max(_MOONLESS_LX, (high + twilight) * (1 - _CLOUD_TAKES * cloud))


def illuminance(sky: float, lamps: float) -> float:
    """Illuminance of a street in lx: lamps of so many lx are on while the sky gives little."""
    return sky + lamps if sky < _LAMPS_BELOW_LX else sky


def cloud_cover(rate: float, wander: float) -> float:
    """The share of the sky under cloud: whatever falls, falls from cloud."""
    return min(1.0, 0.35 + 0.3 * wander + rate)


def visibility(fog: float, rain_rate: float, snow_rate: float, pm2_5: float) -> float:
    """How far one sees, in m. Rain and snow by ITU-R P.1814, in round numbers."""
    extinction = (
        _CLEAR_AIR
        + _FOG * fog**2
        + 0.365e-3 * math.pow(rain_rate, 0.63)
        + 3.5e-3 * math.pow(snow_rate, 0.72)
        + 3.5e-6 * pm2_5
    )
    return _KOSCHMIEDER / extinction
