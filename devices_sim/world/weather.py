"""Weather: what fronts bring, and the temperature, humidity and wind that go with it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from devices_sim.world.noise import uniform

DAY = 86_400.0
_YEAR = 365.25
_FRONTS_A_DAY = 2
_DRY_SHARE = 0.5
_STRONGEST_FRONT = 3.0
# The year at Gimpo: coldest about the 20th of January.
_MEAN_OF_YEAR, _SWING_OF_YEAR, _COLDEST_DAY = 12.0, 14.2, 20
_SNOW_BELOW = 1.0
_SNOW_AIR = -2.0


@dataclass(frozen=True, slots=True)
class Rain:
    """Even rain from `begin` to `end` (seconds of weather), at `rate` mm/h."""

    begin: float
    end: float
    rate: float


@lru_cache(maxsize=64)
def fronts(seed: int, day: int) -> tuple[Rain, ...]:
    """The fronts that reach the city on a day: light rain for one to four hours, or none."""
    return tuple(_fronts(seed, day))


def _fronts(seed: int, day: int) -> Iterator[Rain]:
    for turn in range(_FRONTS_A_DAY):
        if uniform("front comes", seed, day, turn) < _DRY_SHARE:
            continue
        begin = (day + uniform("front begins", seed, day, turn)) * DAY
        hours = 1 + 3 * uniform("front lasts", seed, day, turn)
        rate = 0.5 + (_STRONGEST_FRONT - 0.5) * uniform("front brings", seed, day, turn)
        yield Rain(begin, begin + hours * 3600, rate / _FRONTS_A_DAY)


def precipitation(rains: tuple[Rain, ...], now: float) -> float:
    """What falls, as water, in mm/h."""
    return sum(rain.rate for rain in rains if rain.begin <= now < rain.end)


def liquid(air: float) -> float:
    """The share of what falls that is rain at this temperature; the rest is snow."""
    return max(0.0, min(1.0, air - _SNOW_BELOW + 0.5))


def mean_temperature(day_of_year: float) -> float:
    """The day's mean temperature in degrees Celsius."""
    turn = (day_of_year - _COLDEST_DAY) / _YEAR * 2 * math.pi
    return _MEAN_OF_YEAR - _SWING_OF_YEAR * math.cos(turn)


def temperature(mean: float, hour: float, rate: float, wander: float) -> float:
    """Air temperature in degrees Celsius: coldest at 4, warmest at 16; rain cools."""
    daily = mean - 6 * math.cos((hour - 4) / 24 * 2 * math.pi)
    return daily - min(3.0, rate / 10) + wander


def chilled(air: float, snowfall: float) -> float:
    """The temperature in a snowfall of so many mm/h: cold enough for snow to stay snow."""
    return air + min(0.0, _SNOW_AIR - air) * min(1.0, snowfall)


def relative_humidity(above_mean: float, wet: float, wander: float) -> float:
    """Relative humidity in percent: less by day; towards saturation in rain and fog.

    Args:
        above_mean: degrees the air is warmer than the day's mean.
        wet: 0 in dry air to 1 in steady rain or dense fog.
        wander: in [-1, 1].
    """
    dry = max(15.0, 60 - 2 * above_mean + 3 * wander)
    return min(99.0, dry + (97 - dry) * min(1.0, wet))


def wind_speed(rate: float, gale: float, wander: float, gust: float) -> float:
    """Wind in m/s: heavy rain and gales blow on top of the day's breeze."""
    return max(0.0, 2.5 + 1.5 * wander + 0.4 * gust + min(6.0, rate / 12) + gale)


def wind_gust(speed: float, chance: float) -> float:
    """The strongest gust in m/s of some seconds with this mean wind."""
    return speed * (1.3 + 0.3 * chance)


def wind_direction(wander: float) -> float:
    """Degrees clockwise from north that the wind comes from: most often the west-north-west."""
    return (290 + 60 * wander) % 360
