"""Weather: rain that fronts bring, and the temperature, humidity and wind that go with it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from devices_sim.world.noise import uniform

DAY = 86_400.0
_FRONTS_A_DAY = 2
_DRY_SHARE = 0.5
_STRONGEST_FRONT = 3.0


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


def rain_rate(rains: tuple[Rain, ...], now: float) -> float:
    """Rain intensity in mm/h."""
    return sum(rain.rate for rain in rains if rain.begin <= now < rain.end)


def temperature(hour: float, rate: float, wander: float) -> float:
    """Air temperature in degrees Celsius: coldest at 4, warmest at 16; rain cools."""
    daily = 15 - 6 * math.cos((hour - 4) / 24 * 2 * math.pi)
    return daily - min(3.0, rate / 10) + wander


def relative_humidity(air: float, rate: float, wander: float) -> float:
    """Relative humidity in percent: less by day; towards saturation in rain."""
    dry = 60 - 2 * (air - 15) + 3 * wander
    return min(99.0, dry + (97 - dry) * min(1.0, rate / 5))


def wind_speed(rate: float, wander: float, gust: float) -> float:
    """Wind in m/s: gusts come with heavy rain."""
    return max(0.0, 2.5 + 1.5 * wander + 0.4 * gust + min(6.0, rate / 12))
