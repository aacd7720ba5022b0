"""Noise: the traffic's, the night's quiet, and a loud source that outshouts both."""

from __future__ import annotations

import math

from devices_sim.world.traffic import vehicles_per_hour

_GLASS_RINGS = 2.0


def sound_level(hour: float, source: float, wander: float) -> float:
    """Sound level in dB SPL; `source` is that of a loud incident here, 0 where there is none."""
    cars = vehicles_per_hour(hour, 0.0)
    ambient = 53 + 9 * math.log10(cars / 120) + 1.5 * wander
    return 10 * math.log10(10 ** (ambient / 10) + 10 ** ((source + wander) / 10))


def sound_peak(level: float, glass: float, since: float, chance: float) -> float:
    """Peak sound level in dB SPL of a second with this mean level.

    Args:
        level: dB SPL.
        glass: peak of glass that breaks here, dB SPL; 0 where none does.
        since: seconds since it broke.
        chance: in [0, 1).
    """
    ordinary = level + 5 + 5 * chance
    return max(ordinary, glass) if since < _GLASS_RINGS else ordinary
