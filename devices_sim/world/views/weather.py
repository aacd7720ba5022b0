"""Weather and light at a place."""

from __future__ import annotations

import math
from functools import cached_property

from devices_sim.world import sky, weather
from devices_sim.world.incident import IncidentKind
from devices_sim.world.noise import bump
from devices_sim.world.views.point import Point

_DARK_LX = 60.0
_THINNEST_MIST = 0.01


class WeatherView(Point):
    """Rain, snow, temperature, wind, fog, sun."""

    @cached_property
    def mean_temperature(self) -> float:
        """The day's mean temperature, degrees Celsius."""
        return weather.mean_temperature(self.world.day(self.now))

    @cached_property
    def rains(self) -> tuple[weather.Rain, ...]:
        """What falls or still runs off here, in seconds of weather."""
        return self.world.rains(self.place, self.now)

    @cached_property
    def precipitation(self) -> float:
        """Rain and snow, as water, mm/h."""
        falling = self._brought + self.felt(IncidentKind.SNOWFALL)
        return falling * (1 + 0.15 * self.wander("rain", 10)) if falling else 0.0

    @cached_property
    def _brought(self) -> float:
        """What fronts and cloudbursts bring, mm/h."""
        return weather.precipitation(self.rains, self.now * self.world.pace)

    @property
    def rain_rate(self) -> float:
        """Rain intensity, mm/h."""
        falling = self.precipitation
        return falling * weather.liquid(self.temperature) if falling else 0.0

    @property
    def snow_rate(self) -> float:
        """Snowfall, as water, mm/h."""
        falling = self.precipitation
        return falling * (1 - weather.liquid(self.temperature)) if falling else 0.0

    @property
    def rainfall(self) -> float:
        """Rain fallen in the interval, mm."""
        return self.rain_rate * self.interval / 3600

    @property
    def is_raining(self) -> bool:
        """Whether it rains."""
        return self.rain_rate > 0

    @property
    def is_snowing(self) -> bool:
        """Whether it snows."""
        return self.snow_rate > 0

    @cached_property
    def temperature(self) -> float:
        """Outdoor temperature, degrees Celsius."""
        wander = self.wander("air temperature", 600)
        air = weather.temperature(self.mean_temperature, self.hour, self._brought, wander)
        air += self.felt(IncidentKind.HEATWAVE)
        return weather.chilled(air, self.felt(IncidentKind.SNOWFALL))

    @property
    def relative_humidity(self) -> float:
        """Relative humidity, %."""
        above = self.temperature - self.mean_temperature
        wet = max(self.precipitation / 5, self.fog)
        return weather.relative_humidity(above, wet, self.wander("humidity", 600))

    @property
    def wind_speed(self) -> float:
        """Wind, m/s."""
        slow, gust = self.wander("wind", 300), self.wander("gust", 10)
        return weather.wind_speed(self._brought, self.felt(IncidentKind.GALE), slow, gust)

    @property
    def wind_gust(self) -> float:
        """The strongest gust of the last seconds, m/s."""
        return weather.wind_gust(self.wind_speed, self.chance("gust", 3))

    @property
    def wind_direction(self) -> float:
        """Degrees clockwise from north that the wind comes from."""
        return (self.world.wind_direction(self.now) + 8 * self.wander("vane", 10)) % 360

    @property
    def fog(self) -> float:
        """Fog, in [0, 1]: 1 leaves 80 m to see; some mornings have a trace of it."""
        mist = 0.12 * bump(self.hour, 5.5, 1.5)
        if mist > _THINNEST_MIST:
            mist *= max(0.0, self.wander("mist", 7200))
        return min(1.0, self.felt(IncidentKind.FOG) + mist)

    @property
    def cloud_cover(self) -> float:
        """The share of the sky under cloud, in [0, 1]."""
        return sky.cloud_cover(self.precipitation, self.wander("cloud", 3600))

    @cached_property
    def sun_elevation(self) -> float:
        """The sun's height over the horizon, degrees; below 0 at night."""
        return sky.sun_elevation(self.hour, self.world.day(self.now), self.place.latitude)

    @property
    def sun_azimuth(self) -> float:
        """Where the sun stands, degrees clockwise from north."""
        return sky.sun_azimuth(self.hour, self.world.day(self.now), self.place.latitude)

    @property
    def sunshine(self) -> float:
        """Sine of the sun's elevation, at least 0, less what clouds take."""
        return max(0.0, math.sin(math.radians(self.sun_elevation))) * (1 - 0.6 * self.cloud_cover)

    @property
    def illuminance(self) -> float:
        """Light on the street, lx; street lamps burn from dusk to dawn."""
        lamps = 10 + 12 * self.trait("street lamp")
        return sky.illuminance(sky.daylight(self.sun_elevation, self.cloud_cover), lamps)

    @property
    def is_dark(self) -> bool:
        """Whether only the street lamps give light."""
        return self.illuminance < _DARK_LX
