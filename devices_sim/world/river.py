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
_CLEAR_NTU = 8.0
_NTU_PER_RATE = 2.2
_SPILL_NTU = 150.0


def runoff(rains: tuple[Rain, ...], now: float) -> float:
    """What the catchment gives to the river, in mm/h of rain.

    Args:
        rains: rain over the catchment, in seconds of weather.
        now: seconds of weather.
    """
    return sum(rain.rate * (_answer(now - rain.begin) - _answer(now - rain.end)) for rain in rains)


def water_level(flow: float, wander: float) -> float:
    """Water level in metres over the gauge's zero; `wander` in [-1, 1] is a slow breath."""
    return _LOW_WATER + 0.1 * wander + _METRES_PER_RATE * flow


def turbidity(flow: float, spill: float, wander: float) -> float:
    """Turbidity in NTU: runoff carries soil."""
    return _CLEAR_NTU + 2 * wander + _NTU_PER_RATE * flow + _SPILL_NTU * spill


def dissolved_oxygen(water: float, sun: float, spill: float, wander: float) -> float:
    """Dissolved oxygen in mg/L: cold water holds more, algae add by day, a spill uses it up.

    Args:
        water: temperature in degrees Celsius.
        sun: sine of its elevation, at least 0.
        spill: share of a spill that kills the fish.
        wander: in [-1, 1].
    """
    saturated = 14.6 - 0.39 * water + 0.0056 * water**2
    return max(0.3, 0.9 * saturated + 0.8 * sun + 0.15 * wander - 8.5 * spill)


def acidity(sun: float, spill: float, wander: float) -> float:
    """The pH: algae raise it by day, an acid spill lowers it."""
    return 7.3 + 0.3 * sun + 0.1 * wander - 2.6 * spill


def _answer(seconds: float) -> float:
    """The outflow of two equal reservoirs to rain of 1 that began `seconds` ago."""
    if seconds <= 0:
        return 0.0
    turns = seconds / RESERVOIR
    return 1 - (1 + turns) * math.exp(-turns)
