"""Air at a place: what is in it, and how far one sees through it."""

from __future__ import annotations

from devices_sim.world import air, sky
from devices_sim.world.incident import IncidentKind
from devices_sim.world.views.weather import WeatherView

_SMOKE_SPREADS = 12.0


class AirView(WeatherView):
    """Particles, gases, visibility."""

    @property
    def pm2_5(self) -> float:
        """PM2.5, ug/m3."""
        return air.pm2_5(self.hour, self.rain_rate, *self._plumes(), self.wander("air", 120))

    @property
    def pm10(self) -> float:
        """PM10, ug/m3."""
        return air.pm10(self.hour, self.rain_rate, *self._plumes(), self.wander("air", 120))

    def _plumes(self) -> tuple[float, float]:
        return self.smoke_plume, self.drifted(IncidentKind.DUST)

    @property
    def smoke_plume(self) -> float:
        """The smoke of a fire out of doors, in [0, 1]: it goes far beyond the burning hall."""
        return self.drifted(IncidentKind.FIRE, _SMOKE_SPREADS)

    @property
    def no2(self) -> float:
        """Nitrogen dioxide, ppm."""
        fire, wander = self.smoke_plume, self.wander("no2", 120)
        return air.no2(self.hour, self.precipitation, fire, wander)

    @property
    def o3(self) -> float:
        """Ozone, ppm."""
        return air.o3(self.sunshine, self.temperature, self.no2, self.wander("o3", 300))

    @property
    def h2s(self) -> float:
        """Hydrogen sulfide, ppm: the smell of rotten eggs."""
        return 0.001 + 0.0005 * self.wander("h2s", 60) + self.drifted(IncidentKind.ODOUR)

    @property
    def visibility(self) -> float:
        """How far one sees, m."""
        return sky.visibility(self.fog, self.rain_rate, self.snow_rate, self.pm2_5)
