"""The river: rain passes through two linear reservoirs, so it rises late and falls slowly."""

from __future__ import annotations

import math

from devices_sim.world.weather import Rain

RESERVOIR = 600.0
"""Seconds of weather each reservoir holds water back."""

MEMORY = 14 * RESERVOIR
"""Seconds of weather after which a rain is forgotten: under a hundred-thousandth is left."""

_LOW_WATER = 1.3
_METRES_PER_RATE = 0.1


def water_level(rains: tuple[Rain, ...], now: float, wander: float) -> float:
    """Water level in metres over the gauge's zero.

    Args:
        rains: rain over the catchment, in seconds of weather.
        now: seconds of weather.
        wander: a slow breath of the low water, in [-1, 1].
    """
    flow = sum(rain.rate * (_answer(now - rain.begin) - _answer(now - rain.end)) for rain in rains)
    return _LOW_WATER + 0.1 * wander + _METRES_PER_RATE * flow


def _answer(seconds: float) -> float:
    """The outflow of two equal reservoirs to rain of 1 that began `seconds` ago."""
    if seconds <= 0:
        return 0.0
    turns = seconds / RESERVOIR
    return 1 - (1 + turns) * math.exp(-turns)
