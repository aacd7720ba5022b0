"""Buildings and ground at a place: fire, gas, shaking, tilt."""

from __future__ import annotations

from devices_sim.world import air, fire, ground
from devices_sim.world.incident import IncidentKind
from devices_sim.world.views.air import AirView


class BuildingsView(AirView):
    """What sensors in rooms, in the ground and on walls feel."""

    @property
    def room_temperature(self) -> float:
        """Temperature under the ceiling, degrees Celsius; in a fire, its heat."""
        return fire.room_temperature(self.temperature, self.felt(IncidentKind.FIRE))

    @property
    def smoke(self) -> float:
        """Smoke, %/m."""
        return fire.smoke_obscuration(self.felt(IncidentKind.FIRE), self.wander("smoke", 30))

    @property
    def co(self) -> float:
        """Carbon monoxide in the room, ppm."""
        outside = air.co(self.hour, self.smoke_plume, self.wander("co", 120))
        return fire.room_co(outside, self.felt(IncidentKind.FIRE))

    @property
    def combustible_gas(self) -> float:
        """Combustible gas, % of the lower explosive limit."""
        return fire.combustible_gas(self.felt(IncidentKind.GAS_LEAK), self.wander("gas", 30))

    @property
    def peak_ground_acceleration(self) -> float:
        """Peak ground acceleration of the last second, cm/s2."""
        shaking = self.world.shaking(self.place, self.now)
        return ground.peak_acceleration(shaking, self.chance("shaking", 1))

    @property
    def tilt(self) -> float:
        """Tilt of a wall or pole from upright, degrees."""
        leaning = self.felt(IncidentKind.WALL_COLLAPSE)
        return ground.tilt(self.hour, leaning, self.wander("tilt", 600))
