"""Sewers and low roads: they answer to rain in minutes, long before the river does."""

from __future__ import annotations

import math

from devices_sim.world.noise import bump
from devices_sim.world.weather import Rain

_SEWER_RESERVOIR = 240.0
_LOW_POINT_RESERVOIR = 1200.0
_DRAINED = 35.0
_DEPTH_PER_RATE = 0.011


def sewer_level(rains: tuple[Rain, ...], now: float, hour: float, wander: float) -> float:
    """Level in a combined sewer of 2 m, in m: what households use, and the rain.

    Args:
        rains: rain over the streets, in seconds of weather.
        now: seconds of weather.
        hour: of day; households use most water about 8 and 20.
        wander: in [-1, 1].
    """
    flow = sum(rain.rate * _filled(rain, now, _SEWER_RESERVOIR) for rain in rains)
    used = 0.2 + 0.1 * max(bump(hour, 8, 1.5), bump(hour, 20, 2))
    # A pipe's depth grows with about the 0.6th power of its flow (Manning).
    return used + 0.01 * wander + 0.13 * math.pow(max(0.0, flow), 0.6)


def flood_depth(rains: tuple[Rain, ...], now: float) -> float:
    """Water on a low point of a road in m: the rain the drains do not take, until it has left."""
    return sum(
        _DEPTH_PER_RATE * (rain.rate - _DRAINED) * _filled(rain, now, _LOW_POINT_RESERVOIR)
        for rain in rains
        if rain.rate > _DRAINED
    )


def _filled(rain: Rain, now: float, reservoir: float) -> float:
    """The outflow of one linear reservoir, as a share of the rain that fills it."""
    if now <= rain.begin:
        return 0.0
    rising = math.exp((rain.begin - now) / reservoir)
    falling = math.exp(min(0.0, rain.end - now) / reservoir)
    return falling - rising
