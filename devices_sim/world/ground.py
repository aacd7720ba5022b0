"""The ground: how it shakes, and how a wall on it leans."""

from __future__ import annotations

import math

_NOISE = 0.08
_SHEAR_WAVE = 3500.0
_DEPTH = 8000.0
_DECAY = 1.7


def arrival(metres: float) -> float:
    """Seconds the strong shaking takes from the epicentre to a place so far away."""
    return (math.hypot(metres, _DEPTH) - _DEPTH) / _SHEAR_WAVE


def attenuation(metres: float) -> float:
    """What is left of the epicentre's acceleration so far away; the focus is 8 km deep."""
    return math.pow(_DEPTH / math.hypot(metres, _DEPTH), _DECAY)


def peak_acceleration(shaking: float, chance: float) -> float:
    """Peak ground acceleration of one second, in cm/s2: traffic never lets it be zero."""
    return _NOISE * (0.5 + chance) + shaking * (0.7 + 0.3 * chance)


def tilt(hour: float, leaning: float, wander: float) -> float:
    """Tilt in degrees from upright: the day's warmth, and a wall that gives way."""
    warmth = 0.05 * math.cos((hour - 15) / 24 * 2 * math.pi)
    return max(0.0, 0.12 + warmth + 0.02 * wander + leaning)
