"""The light and the weather a camera of a scene has, from the world above it."""

from __future__ import annotations

import math
from typing import Protocol

from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.render.light import Light
from devices_sim.conditions.weather import Sky, weather_conditions

# Below this the sky gives nothing more; above it, light is reckoned anew in such steps.
_DARK_DEG = -12.0
_STEP_DEG, _LOW_STEP_DEG, _LOW_DEG = 3.0, 1.0, 9.0
_AZIMUTH_STEP_DEG = 5.0
_SHARES = 4
_SOAKED_MM_H = 4.0
_DAZZLED_DEG = 15.0
"""How far outside the picture the sun still dazzles."""


class LitSky(Sky, Protocol):
    """What of a `devices_sim.world.world.View` lights a scene."""

    @property
    def sun_azimuth(self) -> float:
        """Degrees clockwise from north."""

    @property
    def cloud_cover(self) -> float:
        """Share of the sky under cloud."""

    @property
    def is_dark(self) -> bool:
        """Whether street lamps burn."""


def light_of(sky: LitSky) -> Light:
    """The light there is, in steps so coarse that it stays the same for minutes."""
    dark = sky.sun_elevation < _DARK_DEG
    step = _LOW_STEP_DEG if sky.sun_elevation < _LOW_DEG else _STEP_DEG
    return Light(
        sun_elevation=_DARK_DEG if dark else _stepped(sky.sun_elevation, step),
        sun_azimuth=0.0 if dark else _stepped(sky.sun_azimuth, _AZIMUTH_STEP_DEG),
        cloud=_share(sky.cloud_cover),
        wet=_share(sky.rain_rate / _SOAKED_MM_H),
        lamps_on=sky.is_dark,
    )


def weather_on(sky: LitSky, camera: Camera) -> tuple[tuple[str, int], ...]:
    """The conditions, and their grades, that weather puts on a picture lit already.

    Night is in the light. Glare is where the sun stands before the lens, or nearly.
    """
    dazzled = _off_axis(sky, camera) <= camera.fov / 2 + _DAZZLED_DEG
    left_out = {"night"} if dazzled else {"night", "glare"}
    return tuple(one for one in weather_conditions(sky) if one[0] not in left_out)


def conditions_told(sky: LitSky, camera: Camera) -> tuple[tuple[str, int], ...]:
    """As `weather_on`, with the night that is in the light, for those who compare."""
    night = tuple(one for one in weather_conditions(sky) if one[0] == "night")
    return (*night, *weather_on(sky, camera))


def _off_axis(sky: LitSky, camera: Camera) -> float:
    """The angle between the lens's axis and the sun, degrees."""
    up, pan = math.radians(sky.sun_elevation), math.radians(90 - sky.sun_azimuth)
    flat = math.cos(up)
    sun = (flat * math.cos(pan), flat * math.sin(pan), math.sin(up))
    along = sum(float(a) * b for a, b in zip(camera.axes[2], sun, strict=True))
    return math.degrees(math.acos(max(-1.0, min(1.0, along))))


def _stepped(value: float, step: float) -> float:
    return round(value / step) * step


def _share(value: float) -> float:
    return round(min(1.0, max(0.0, value)) * _SHARES) / _SHARES
