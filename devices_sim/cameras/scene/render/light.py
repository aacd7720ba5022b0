"""The light of the day: sun, sky and how bright the lamps are, in units of a high sun."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from devices_sim.cameras.scene.render.mesh import Array, f32
from smartopia.errors import ConfigurationError

LAMP_COLOUR = np.array([0.52, 0.78, 1.0], dtype=np.float32)
"""Warm white of a street lamp, blue green red."""


@dataclass(frozen=True)
class Light:
    """Light as the weather makes it.

    Attributes:
        sun_elevation: degrees above the horizon; below 0 after sunset.
        sun_azimuth: degrees clockwise from north, where the sun stands.
        cloud: share of the sky covered, 0 to 1.
        wet: how wet the ground is, 0 dry to 1 with puddles.
        lamps_on: whether street lamps, windows and headlights are lit.

    Raises:
        ConfigurationError: a value is out of range; names it.
    """

    sun_elevation: float = 45.0
    sun_azimuth: float = 200.0
    cloud: float = 0.3
    wet: float = 0.0
    lamps_on: bool = False

    def __post_init__(self) -> None:
        ranges = {"sun_elevation": (-90, 90), "sun_azimuth": (-360, 360)}
        ranges |= {"cloud": (0, 1), "wet": (0, 1)}
        for field, (low, high) in ranges.items():
            value = getattr(self, field)
            if not low <= value <= high:
                raise ConfigurationError(f"light: {field} is {value}; allowed are {low} to {high}")

    @cached_property
    def to_sun(self) -> Array:
        """The direction towards the sun, (3,)."""
        up, north = math.radians(self.sun_elevation), math.radians(self.sun_azimuth)
        flat = math.cos(up)
        return np.array(
            [flat * math.sin(north), flat * math.cos(north), math.sin(up)], dtype=np.float32
        )

    @cached_property
    def sun(self) -> Array:
        """Sunlight on a surface that faces it, (3,); lower suns are weaker and redder."""
        height = max(0.0, math.sin(math.radians(self.sun_elevation)))
        through = 1 - math.exp(-height / 0.12)
        clear = max(0.0, 1 - self.cloud) ** 0.8
        colour = np.array([0.80, 0.93, 1.0]) ** (1 + 1.6 * math.exp(-height / 0.18))
        return f32(colour * (1.45 * through * clear))

    @cached_property
    def sky(self) -> Array:
        """Light of the open sky on level ground, (3,)."""
        day = _smooth((self.sun_elevation + 9) / 22)
        blue = np.array([1.0, 0.88, 0.76]) * 0.33
        grey = np.array([0.74, 0.73, 0.71]) * (0.85 - 0.15 * self.cloud)
        share = min(1.0, self.cloud * 1.1)
        lit = (blue * (1 - share) + grey * share) * day
        night = np.array([0.0042, 0.0034, 0.0030])
        return f32(lit + night)

    @cached_property
    def bounce(self) -> Array:
        """Light from the ground on a surface that faces down, (3,)."""
        level = self.sky + self.sun * max(0.0, float(self.to_sun[2]))
        return f32(level * np.array([0.15, 0.17, 0.18]))

    @cached_property
    def lamps(self) -> float:
        """How bright lamps and lit windows are against a high sun; 0 when off."""
        return 0.09 if self.lamps_on else 0.0

    def sky_seen(self, up: Array) -> Array:
        """The sky's brightness (N, 3) along directions with these z components (N,)."""
        rise = np.clip(up, 0, 1)[:, None] ** 0.6
        horizon = self.sky * np.array([0.92, 1.0, 1.06], dtype=np.float32) * np.float32(1.9)
        zenith = self.sky * np.array([1.20, 1.0, 0.82], dtype=np.float32) * np.float32(1.25)
        glow = LAMP_COLOUR * np.float32(0.06 * self.lamps) * (1 - rise)
        return (horizon * (1 - rise) + zenith * rise + glow).astype(np.float32)

    def ambient(self, up: Array) -> Array:
        """Light (N, 3) from sky and ground on surfaces whose normals rise this much (N,)."""
        share = (0.5 + 0.5 * up)[:, None]
        return (self.bounce * (1 - share) + self.sky * share).astype(np.float32)


def _smooth(value: float) -> float:
    """From 0 to 1 without a corner."""
    at = min(1.0, max(0.0, value))
    return at * at * (3 - 2 * at)
