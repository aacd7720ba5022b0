"""The world: everything the devices of a city could measure, at any place and time.

It has no state and takes no steps. Each property is a closed form of the seed, the incidents,
the place and the seconds since the run began, so that two processes with one seed agree.
"""

from __future__ import annotations

from dataclasses import dataclass

from devices_sim.world import air, fire, people, river, sound, traffic, weather
from devices_sim.world.incident import Incident, IncidentKind
from devices_sim.world.noise import smooth, uniform
from devices_sim.world.place import Place, reach
from devices_sim.world.weather import DAY, Rain


@dataclass(frozen=True, slots=True)
class World:
    """One seeded city.

    Attributes:
        seed: equal seeds give equal cities.
        pace: seconds of weather (fronts, the river) that pass in one second of the run.
        start_hour: the hour of day, in [0, 24), when the run begins; it passes at life's pace,
            so that rush hours come when the operator's clock says so.
        incidents: what goes wrong.
    """

    seed: int
    pace: float = 1.0
    start_hour: float = 12.0
    incidents: tuple[Incident, ...] = ()

    def view(self, place: Place, now: float, interval: float = 1.0) -> View:
        """The world as seen from a place, `now` seconds into the run."""
        return View(self, place, now, interval)

    def rains(self, place: Place, now: float) -> tuple[Rain, ...]:
        """The rain that falls or still runs off there, in seconds of weather."""
        today = int(now * self.pace // DAY)
        rains = [rain for day in (today - 1, today) for rain in weather.fronts(self.seed, day)]
        for incident in self.incidents:
            if incident.kind is IncidentKind.CLOUDBURST:
                rate = incident.strength * reach(place.metres_to(incident.place), incident.radius)
                for begin, end in incident.windows(now, river.MEMORY / self.pace):
                    rains.append(Rain(begin * self.pace, end * self.pace, rate))
        return tuple(rains)

    def felt(self, kind: IncidentKind, place: Place, now: float) -> float:
        """The strongest incident of a kind as felt at a place; see `ONSETS` for its unit."""
        return max(
            (
                one.strength * one.share(now) * reach(place.metres_to(one.place), one.radius)
                for one in self.incidents
                if one.kind is kind
            ),
            default=0.0,
        )


@dataclass(frozen=True, slots=True)
class View:
    """What there is to measure at one place and time.

    Attributes:
        now: seconds since the run began.
        interval: seconds a summing sensor sums up.
    """

    world: World
    place: Place
    now: float
    interval: float = 1.0

    @property
    def hour(self) -> float:
        """The hour of day, in [0, 24)."""
        return (self.world.start_hour + self.now / 3600) % 24

    def wander(self, what: str, seconds: float) -> float:
        """Noise of this place in [-1, 1] that turns about once in so many seconds."""
        where = repr((self.place.latitude, self.place.longitude))
        return smooth(self.now / seconds, what, where, self.world.seed)

    def chance(self, what: str, seconds: float) -> float:
        """A number of this place in [0, 1), drawn anew every so many seconds."""
        where = repr((self.place.latitude, self.place.longitude))
        return uniform(int(self.now // seconds), what, where, self.world.seed)

    def felt(self, kind: IncidentKind) -> float:
        """The strongest incident of a kind as felt here."""
        return self.world.felt(kind, self.place, self.now)

    @property
    def rain_rate(self) -> float:
        """Rain intensity, mm/h."""
        rate = weather.rain_rate(self.world.rains(self.place, self.now), self.now * self.world.pace)
        return rate * (1 + 0.15 * self.wander("rain", 10)) if rate else 0.0

    @property
    def rainfall(self) -> float:
        """Rain fallen in the interval, mm."""
        return self.rain_rate * self.interval / 3600

    @property
    def water_level(self) -> float:
        """River level over the gauge's zero, m."""
        rains = self.world.rains(self.place, self.now)
        return river.water_level(rains, self.now * self.world.pace, self.wander("river", 300))

    @property
    def vehicle_count(self) -> int:
        """Vehicles that passed in the interval."""
        blocked = self.felt(IncidentKind.ACCIDENT)
        mean = traffic.vehicles_per_hour(self.hour, blocked) * self.interval / 3600
        # A chance for the rest keeps the mean right where less than one passes in an interval.
        return int(mean + self.chance("vehicles", self.interval))

    @property
    def vehicle_speed(self) -> float:
        """Mean speed, km/h."""
        blocked = self.felt(IncidentKind.ACCIDENT)
        wander = self.wander("speed", 15)
        return traffic.vehicle_speed(self.hour, blocked, self.rain_rate, wander)

    @property
    def pm2_5(self) -> float:
        """PM2.5, ug/m3."""
        return air.pm2_5(self.hour, self.rain_rate, *self._plumes(), self.wander("air", 120))

    @property
    def pm10(self) -> float:
        """PM10, ug/m3."""
        return air.pm10(self.hour, self.rain_rate, *self._plumes(), self.wander("air", 120))

    def _plumes(self) -> tuple[float, float]:
        return self.felt(IncidentKind.FIRE), self.felt(IncidentKind.DUST)

    @property
    def sound_level(self) -> float:
        """Sound level, dB SPL."""
        return sound.sound_level(self.hour, self.felt(IncidentKind.NOISE), self.wander("sound", 4))

    @property
    def temperature(self) -> float:
        """Outdoor temperature, degrees Celsius."""
        return weather.temperature(self.hour, self.rain_rate, self.wander("air temperature", 600))

    @property
    def relative_humidity(self) -> float:
        """Relative humidity, %."""
        wander = self.wander("humidity", 600)
        return weather.relative_humidity(self.temperature, self.rain_rate, wander)

    @property
    def wind_speed(self) -> float:
        """Wind, m/s."""
        slow, gust = self.wander("wind", 300), self.wander("gust", 10)
        return weather.wind_speed(self.rain_rate, slow, gust)

    @property
    def room_temperature(self) -> float:
        """Temperature under the ceiling, degrees Celsius; in a fire, its heat."""
        return fire.room_temperature(self.temperature, self.felt(IncidentKind.FIRE))

    @property
    def smoke(self) -> float:
        """Smoke, %/m."""
        return fire.smoke_obscuration(self.felt(IncidentKind.FIRE), self.wander("smoke", 30))

    @property
    def motion(self) -> bool:
        """Whether somebody moves here."""
        crime = self.felt(IncidentKind.CRIME)
        return people.motion(self.hour, crime, self.chance("motion", 5))

    @property
    def bell_pressed(self) -> bool:
        """Whether somebody holds the emergency bell."""
        return self.felt(IncidentKind.CRIME) > 0.5
