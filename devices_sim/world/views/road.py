"""Roads at a place: flow, speed, signal, parking."""

from __future__ import annotations

import math

from devices_sim.world import traffic
from devices_sim.world.incident import IncidentKind
from devices_sim.world.views.weather import WeatherView


class RoadView(WeatherView):
    """What sensors in and over the road see."""

    @property
    def vehicle_count(self) -> int:
        """Vehicles that passed in the interval."""
        # A chance for the rest keeps the mean right where less than one passes in an interval.
        return int(self._due + self.chance("vehicles", self.interval))

    @property
    def _due(self) -> float:
        """Vehicles to expect in the interval."""
        blocked = self.felt(IncidentKind.ACCIDENT)
        return traffic.vehicles_per_hour(self.hour, blocked) * self.interval / 3600

    @property
    def vehicle_speed(self) -> float:
        """Mean speed, km/h."""
        slower = traffic.slowing(self.rain_rate, self.snow_rate, self.fog)
        blocked, wander = self.felt(IncidentKind.ACCIDENT), self.wander("speed", 15)
        return traffic.vehicle_speed(self.hour, blocked, slower, wander, dark=self._signal_failed)

    @property
    def spot_speed(self) -> float:
        """Speed of the fastest vehicle of the interval, km/h; 0 where none passed."""
        reckless = self.felt(IncidentKind.RECKLESS_DRIVING)
        if reckless:
            return reckless
        if self.chance("a vehicle", self.interval) < math.exp(-self._due):
            return 0.0
        pair = self.chance("driver", self.interval), self.chance("hurry", self.interval)
        return traffic.spot_speed(self.vehicle_speed, *pair)

    @property
    def signal_state(self) -> traffic.Signal:
        """What the traffic signal shows."""
        if self._signal_failed:
            return traffic.Signal.DARK
        return traffic.signal(self.now + 120 * self.trait("signal"))

    @property
    def _signal_failed(self) -> bool:
        return self.felt(IncidentKind.SIGNAL_FAILURE) > 0.5

    @property
    def parking_occupancy(self) -> float:
        """Taken places of a car park, %."""
        return traffic.parking_occupancy(self.hour, self.wander("parking", 1200))
