"""Particles in the air: a daily breath, washed out by rain, raised by smoke and dust."""

from __future__ import annotations

from devices_sim.world.traffic import rush

_SMOKE = 280.0


def pm2_5(hour: float, rain_rate: float, fire: float, dust: float, wander: float) -> float:
    """PM2.5 in ug/m3; `fire` is a share, `dust` what the plume adds in ug/m3."""
    return (20.5 + 4 * rush(hour) + 2.5 * wander + _SMOKE * fire + dust) * _left(rain_rate)


def pm10(hour: float, rain_rate: float, fire: float, dust: float, wander: float) -> float:
    """PM10 in ug/m3: PM2.5 and the coarse grains, of which dust has most."""
    fine = pm2_5(hour, rain_rate, fire, dust, wander)
    return fine + (14 + 3 * wander + 1.4 * dust) * _left(rain_rate)


def _left(rain_rate: float) -> float:
    """The share of particles rain leaves in the air."""
    return 1 - 0.35 * min(1.0, rain_rate / 30)
