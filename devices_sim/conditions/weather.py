"""What the world's weather and light do to a camera that stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from devices_sim.conditions.cameras import fog, night, rain, snow
from devices_sim.conditions.model import MIN_GRADE

# Seen through rain or snow alone, the air is no fog; clearly worse than that, it is one.
_CLEARLY_WORSE = 0.7
_SUN_AT_MOST_DEG = (15.0, 7.0)
_SHINING_LX = 2000.0
_CLEAR_M = 2000.0


class Sky(Protocol):
    """What of a `devices_sim.world.world.View` a camera feels."""

    @property
    def sun_elevation(self) -> float:
        """Degrees over the horizon."""

    @property
    def illuminance(self) -> float:
        """Light on the ground, lx."""

    @property
    def visibility(self) -> float:
        """How far one sees, m."""

    @property
    def rain_rate(self) -> float:
        """Rain intensity, mm/h."""

    @property
    def snow_rate(self) -> float:
        """Snowfall, mm/h of water."""


def weather_conditions(view: Sky) -> tuple[tuple[str, int], ...]:
    """The conditions, and their grades, of a camera at this place and time; none on a clear day."""
    graded = (
        ("fog", _fog(view)),
        ("rain", _reached(view.rain_rate, rain.RATES)),
        ("snow", _reached(view.snow_rate, snow.RATES)),
        ("night", _fallen_to(view.illuminance, night.ILLUMINANCE_LX)),
        ("glare", _low_sun(view)),
    )
    return tuple((name, grade) for name, grade in graded if grade >= MIN_GRADE)


def _reached(value: float, limits: Sequence[float]) -> int:
    """How many of the rising limits a value has reached: its grade."""
    return sum(value >= limit for limit in limits)


def _fallen_to(value: float, limits: Sequence[float]) -> int:
    """How many of the falling limits a value has fallen to: its grade."""
    return sum(value <= limit for limit in limits)


def _fog(view: Sky) -> int:
    by_rain = rain.extinction(view.rain_rate) if view.rain_rate > 0 else 0.0
    falling = by_rain + snow.extinction(max(0.0, view.snow_rate))
    if falling and view.visibility > _CLEARLY_WORSE * fog.visibility(falling):
        return 0
    return _fallen_to(view.visibility, fog.VISIBILITY_M)


def _low_sun(view: Sky) -> int:
    """A low sun in a clear sky. Which way the camera looks is not asked: never the worst."""
    shining = view.illuminance >= _SHINING_LX and view.visibility >= _CLEAR_M
    dry = view.rain_rate <= 0 and view.snow_rate <= 0
    if not (shining and dry and view.sun_elevation > 0):
        return 0
    return _fallen_to(view.sun_elevation, _SUN_AT_MOST_DEG)
