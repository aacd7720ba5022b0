"""Fire and gas under a roof: what a detector at the ceiling sees, feels and smells."""

from __future__ import annotations

_HEAT = 95.0
_SMOKE = 28.0
_CO = 900.0


def smoke_obscuration(fire: float, wander: float) -> float:
    """Smoke in percent of light lost a metre; clean air still shows a trace."""
    return max(0.0, 0.15 + 0.1 * wander + _SMOKE * fire)


def room_temperature(outside: float, fire: float) -> float:
    """Temperature under the ceiling in degrees Celsius: a hall follows the weather by half."""
    return 18 + 0.5 * (outside - 15) + _HEAT * fire


def room_co(outside: float, fire: float) -> float:
    """Carbon monoxide in the room, in ppm."""
    return outside + _CO * fire


def combustible_gas(leak: float, wander: float) -> float:
    """Gas in percent of the lower explosive limit; a sensor never shows quite nothing."""
    return max(0.0, 0.4 + 0.3 * wander + leak * (1 + 0.05 * wander))
