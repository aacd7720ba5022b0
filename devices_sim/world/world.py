"""The world: everything the devices of a city could measure, at any place and time.

It has no state and takes no steps. Each property is a closed form of the seed, the incidents,
the place and the seconds since the run began, so that two processes with one seed agree.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from devices_sim.world import ground, river, weather
from devices_sim.world.incident import Incident, IncidentKind
from devices_sim.world.noise import smooth
from devices_sim.world.place import Place, downwind_metres, reach
from devices_sim.world.views.buildings import BuildingsView
from devices_sim.world.views.people import PeopleView
from devices_sim.world.views.road import RoadView
from devices_sim.world.views.water import WaterView
from devices_sim.world.weather import DAY, Rain

MILD_SPRING_DAY = 124.0
_WIND_TURNS = 1800.0


class View(WaterView, RoadView, BuildingsView, PeopleView):
    """What there is to measure at one place and time; see `devices_sim.world.views`."""


@dataclass(frozen=True, slots=True)
class World:
    """One seeded city.

    Attributes:
        seed: equal seeds give equal cities.
        pace: seconds of weather (fronts, the river) that pass in one second of the run.
        start_hour: the hour of day, in [0, 24), when the run begins; it passes at life's pace,
            so that rush hours come when the operator's clock says so.
        incidents: what goes wrong.
        day_of_year: the day the run begins, from 1; season and sun follow it.
    """

    seed: int
    pace: float = 1.0
    start_hour: float = 12.0
    incidents: tuple[Incident, ...] = ()
    day_of_year: float = MILD_SPRING_DAY
    _by_kind: dict[IncidentKind, list[Incident]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        for incident in self.incidents:
            self._by_kind.setdefault(incident.kind, []).append(incident)

    def view(self, place: Place, now: float, interval: float = 1.0) -> View:
        """The world as seen from a place, `now` seconds into the run."""
        return View(self, place, now, interval)

    def day(self, now: float) -> float:
        """The day of the year, and how much of it has passed."""
        return self.day_of_year + self.start_hour / 24 + now / DAY

    def wind_direction(self, now: float) -> float:
        """Degrees clockwise from north that the wind over the city comes from."""
        return weather.wind_direction(smooth(now / _WIND_TURNS, "wind direction", self.seed))

    def rains(self, place: Place, now: float) -> tuple[Rain, ...]:
        """What falls or still runs off there, in seconds of weather."""
        today = int(now * self.pace // DAY)
        rains = [rain for day in (today - 1, today) for rain in weather.fronts(self.seed, day)]
        for incident in self._by_kind.get(IncidentKind.CLOUDBURST, ()):
            rate = incident.strength * reach(place.metres_to(incident.place), incident.radius)
            for begin, end in incident.windows(now, river.MEMORY / self.pace):
                rains.append(Rain(begin * self.pace, end * self.pace, rate))
        return tuple(rains)

    def felt(self, kind: IncidentKind, place: Place, now: float) -> float:
        """The strongest incident of a kind as felt at a place; see `ONSETS` for its unit."""
        return max(
            (
                strength * reach(place.metres_to(one.place), one.radius)
                for one, strength in self._on(kind, now)
            ),
            default=0.0,
        )

    def drifted(self, kind: IncidentKind, place: Place, now: float, spread: float = 1.0) -> float:
        """The strongest incident of a kind at a place, farther reaching down the wind.

        `spread` is how many times its radius the wind carries it.
        """
        strongest = 0.0
        for one, strength in self._on(kind, now):
            metres = downwind_metres(one.place, place, self.wind_direction(now))
            strongest = max(strongest, strength * reach(metres, spread * one.radius))
        return strongest

    def since(self, kind: IncidentKind, place: Place, now: float) -> float:
        """Seconds since the latest incident of a kind here began; infinite where none is on."""
        return min(
            (
                one.since(now)
                for one in self._by_kind.get(kind, ())
                if place.metres_to(one.place) < one.radius
            ),
            default=math.inf,
        )

    def shaking(self, place: Place, now: float) -> float:
        """Acceleration of the ground by earthquakes, cm/s2: it arrives late and weaker."""
        strongest = 0.0
        for quake in self._by_kind.get(IncidentKind.EARTHQUAKE, ()):
            metres = place.metres_to(quake.place)
            share = quake.share(now - ground.arrival(metres))
            if share and metres < quake.radius:
                strongest = max(strongest, quake.strength * share * ground.attenuation(metres))
        return strongest

    def _on(self, kind: IncidentKind, now: float) -> Iterator[tuple[Incident, float]]:
        """The incidents of a kind that are on, each with its strength now."""
        for one in self._by_kind.get(kind, ()):
            share = one.share(now)
            if share:
                yield one, one.strength * share
