"""Road traffic: the day's rush hours, slower in bad weather, stopped by an accident."""

from __future__ import annotations

from enum import IntEnum

from devices_sim.world.noise import bump

_CRAWL = 8.0
_DARK_SIGNAL_KEEPS = 0.6
_SIGNAL_CYCLE, _RED_UNTIL, _GREEN_UNTIL = 120.0, 64.0, 117.0


class Signal(IntEnum):
    """What a traffic signal shows."""

    DARK = 0
    RED = 1
    AMBER = 2
    GREEN = 3


def rush(hour: float) -> float:
    """How much rush hour it is, in [0, 1]."""
    return max(bump(hour, 8, 0.9), bump(hour, 18.3, 1.1))


def vehicles_per_hour(hour: float, blocked: float) -> float:
    """Vehicles that pass a loop in an hour; `blocked` is the share of the road an accident shut."""
    by_day = 120 + 480 * bump(hour, 13.5, 4) + 700 * rush(hour)
    return by_day * (1 - 0.7 * min(1.0, blocked))


def slowing(rain_rate: float, snow_rate: float, fog: float) -> float:
    """How much slower people drive in such weather, in km/h."""
    return min(4.0, rain_rate / 15) + min(14.0, 6 * snow_rate) + 12 * fog


def vehicle_speed(
    hour: float, blocked: float, slower: float, wander: float, *, dark: bool = False
) -> float:
    """Mean speed in km/h; `slower` is the weather's, `dark` a crossing whose signal failed."""
    free = 54 - 17 * rush(hour) - slower + 2.5 * wander
    if dark:
        free *= _DARK_SIGNAL_KEEPS
    shut = min(1.0, blocked)
    return free * (1 - shut) + (_CRAWL + 2 * wander) * shut


def spot_speed(mean: float, first: float, second: float) -> float:
    """Speed of one vehicle in km/h, about the mean speed; two chances in [0, 1) say which."""
    return max(3.0, mean * (1 + 0.5 * (first + second - 1)))


def signal(seconds: float) -> Signal:
    """What a signal shows so many seconds after a red phase began."""
    at = seconds % _SIGNAL_CYCLE
    if at < _RED_UNTIL:
        return Signal.RED
    return Signal.GREEN if at < _GREEN_UNTIL else Signal.AMBER


def parking_occupancy(hour: float, wander: float) -> float:
    """Taken places of a car park in the centre, in percent."""
    return 28 + 45 * bump(hour, 13.5, 4) + 12 * bump(hour, 19, 1.5) + 4 * wander
