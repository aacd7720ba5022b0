"""Noise: the traffic's, the night's quiet, and a loud source that outshouts both."""

from __future__ import annotations

import math

from devices_sim.world.traffic import vehicles_per_hour


def sound_level(hour: float, source: float, wander: float) -> float:
    """Sound level in dB SPL; `source` is that of a loud incident here, 0 where there is none."""
    cars = vehicles_per_hour(hour, 0.0)
    ambient = 53 + 9 * math.log10(cars / 120) + 1.5 * wander
    return 10 * math.log10(10 ** (ambient / 10) + 10 ** ((source + wander) / 10))
