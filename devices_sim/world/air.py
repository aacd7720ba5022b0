"""What is in the air: particles and gases, washed out by rain, raised by traffic, fire and dust."""

from __future__ import annotations

from devices_sim.world.traffic import rush

_SMOKE = 280.0
_FIRE_NO2, _FIRE_CO = 0.03, 6.0
_HOT = 29.0


def pm2_5(hour: float, rain_rate: float, fire: float, dust: float, wander: float) -> float:
    """PM2.5 in ug/m3; `fire` is a share, `dust` what the plume adds in ug/m3."""
    return (20.5 + 4 * rush(hour) + 2.5 * wander + _SMOKE * fire + dust) * _left(rain_rate)


def pm10(hour: float, rain_rate: float, fire: float, dust: float, wander: float) -> float:
    """PM10 in ug/m3: PM2.5 and the coarse grains, of which dust has most."""
    fine = pm2_5(hour, rain_rate, fire, dust, wander)
    return fine + (14 + 3 * wander + 1.4 * dust) * _left(rain_rate)


def no2(hour: float, rain_rate: float, fire: float, wander: float) -> float:
    """Nitrogen dioxide in ppm: it comes from engines and flames."""
    return (0.013 + 0.022 * rush(hour) + 0.003 * wander + _FIRE_NO2 * fire) * _left(rain_rate)


def o3(sun: float, temperature: float, nitrogen: float, wander: float) -> float:
    """Ozone in ppm: made by sun and heat, eaten by fresh exhaust.

    Args:
        sun: sine of its elevation, at least 0, less what clouds take.
        temperature: degrees Celsius; in a heatwave there is far more.
        nitrogen: nitrogen dioxide, ppm.
        wander: in [-1, 1].
    """
    heat = 1 + 0.02 * (temperature - 15) + 0.14 * max(0.0, temperature - _HOT)
    made = 0.05 * sun * max(0.2, heat)
    return max(0.002, 0.028 + made - 0.5 * nitrogen + 0.003 * wander)


def co(hour: float, fire: float, wander: float) -> float:
    """Carbon monoxide out of doors, in ppm."""
    return 0.4 + 0.5 * rush(hour) + 0.1 * wander + _FIRE_CO * fire


def _left(rain_rate: float) -> float:
    """The share of particles rain leaves in the air."""
    return 1 - 0.35 * min(1.0, rain_rate / 30)
