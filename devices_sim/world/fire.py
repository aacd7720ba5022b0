"""Fire: what a detector under the ceiling sees and feels."""

from __future__ import annotations

_HEAT = 95.0
_SMOKE = 28.0


def smoke_obscuration(fire: float, wander: float) -> float:
    """Smoke in percent of light lost a metre; clean air still shows a trace."""
    return max(0.0, 0.15 + 0.1 * wander + _SMOKE * fire)


def room_temperature(outside: float, fire: float) -> float:
    """Temperature under the ceiling in degrees Celsius: a hall follows the weather by half."""
    return 18 + 0.5 * (outside - 15) + _HEAT * fire
