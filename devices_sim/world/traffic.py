"""Road traffic: the day's rush hours, slower in heavy rain, stopped by an accident."""

from __future__ import annotations

from devices_sim.world.noise import bump

_CRAWL = 8.0


def rush(hour: float) -> float:
    """How much rush hour it is, in [0, 1]."""
    return max(bump(hour, 8, 0.9), bump(hour, 18.3, 1.1))


def vehicles_per_hour(hour: float, blocked: float) -> float:
    """Vehicles that pass a loop in an hour; `blocked` is the share of the road an accident shut."""
    by_day = 120 + 480 * bump(hour, 13.5, 4) + 700 * rush(hour)
    return by_day * (1 - 0.7 * min(1.0, blocked))


def vehicle_speed(hour: float, blocked: float, rain_rate: float, wander: float) -> float:
    """Mean speed in km/h."""
    free = 54 - 17 * rush(hour) - min(4.0, rain_rate / 15) + 2.5 * wander
    shut = min(1.0, blocked)
    return free * (1 - shut) + (_CRAWL + 2 * wander) * shut
