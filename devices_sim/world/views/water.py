"""Water at a place: river, sewer, low road, and what is in the water."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from devices_sim.world import drains, river, weather
from devices_sim.world.incident import IncidentKind
from devices_sim.world.views.weather import WeatherView
from devices_sim.world.weather import Rain


class WaterView(WeatherView):
    """Levels and quality of water."""

    @cached_property
    def runoff(self) -> float:
        """What the catchment gives to the river, mm/h of rain."""
        return river.runoff(self._running, self.now * self.world.pace)

    @property
    def _running(self) -> tuple[Rain, ...]:
        """The rain that runs off: on a cold day it lies as snow."""
        liquid = weather.liquid(self.mean_temperature)
        if liquid == 1:
            return self.rains
        return tuple(replace(rain, rate=rain.rate * liquid) for rain in self.rains)

    @property
    def water_level(self) -> float:
        """River level over the gauge's zero, m."""
        return river.water_level(self.runoff, self.wander("river", 300))

    @property
    def sewer_level(self) -> float:
        """Level in a sewer of 2 m, m; over that it comes out of the manhole."""
        clock, wander = self.now * self.world.pace, self.wander("sewer", 60)
        return drains.sewer_level(self._running, clock, self.hour, wander)

    @property
    def flood_depth(self) -> float:
        """Water on a low point of the road, m."""
        return drains.flood_depth(self._running, self.now * self.world.pace)

    @property
    def turbidity(self) -> float:
        """Turbidity of the river, NTU."""
        return river.turbidity(self.runoff, self._spill, self.wander("turbidity", 120))

    @property
    def dissolved_oxygen(self) -> float:
        """Dissolved oxygen in the river, mg/L."""
        water, wander = max(2.0, self.mean_temperature), self.wander("oxygen", 300)
        return river.dissolved_oxygen(water, self.sunshine, self._spill, wander)

    @property
    def ph(self) -> float:
        """The river's pH."""
        return river.acidity(self.sunshine, self._spill, self.wander("ph", 300))

    @property
    def _spill(self) -> float:
        return self.felt(IncidentKind.WATER_POLLUTION)
