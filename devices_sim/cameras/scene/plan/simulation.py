"""The scene in motion: people and vehicles, step by step, and what they look like."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import count

from devices_sim.cameras.scene.actors import Actor, SceneState
from devices_sim.cameras.scene.layout import Layout
from devices_sim.cameras.scene.plan.crowd import Crowd
from devices_sim.cameras.scene.plan.jams import Jams, held
from devices_sim.cameras.scene.plan.jaywalkers import Jaywalkers
from devices_sim.cameras.scene.plan.lights import light
from devices_sim.cameras.scene.plan.passers import Passers
from devices_sim.cameras.scene.plan.racks import parked
from devices_sim.cameras.scene.plan.traffic import Traffic
from devices_sim.cameras.scene.plan.walkways import Walkways
from devices_sim.world import people, traffic
from devices_sim.world.incident import IncidentKind
from devices_sim.world.place import Place
from devices_sim.world.world import World

STEP = 0.1
"""Seconds from one state to the next."""

_LOOKS = 5
"""Steps from one look at what happens by itself to the next."""

_HIGHEST = 3.0
_LOW_WATER = 1.3


class Simulation:
    """One run of a layout in a world.

    Attributes:
        now: seconds of the run.
        props: bags, fires and smoke, by id.
        flood: how far an event has raised the water, m.
        jams, jaywalkers: what truly happens, meant or not, since it was asked for (`watch`).
    """

    def __init__(
        self, layout: Layout, world: World, seed: int, begin: float, against: Collection[str] = ()
    ) -> None:
        self.layout, self.world, self.seed = layout, world, seed
        self.ids = count(1)
        self.traffic = Traffic(layout, seed, self.ids, against)
        self.walkways = Walkways(layout)
        self.crowd = Crowd(layout, self.traffic)
        self.passers = Passers(layout, self.walkways, self.crowd, seed, self.ids)
        self.props: dict[int, Actor] = {}
        self._racked = tuple(parked(layout, seed))
        self.flood = 0.0
        self.jams, self.jaywalkers = Jams(), Jaywalkers(layout, self.traffic.roads)
        self._watched = False
        self._place = Place(*layout.place)
        self._steps = round(begin / STEP)
        self.traffic.park_some(self.now)

    @property
    def now(self) -> float:
        """Seconds of the run; whole steps, so that rounding does not add up."""
        return self._steps * STEP

    def watch(self) -> None:
        """From now on, what truly happens counts."""
        self._watched = True

    def step(self) -> None:
        """Goes one step on."""
        self._steps += 1
        now = self.now
        view = self.world.view(self._place, now)
        blocked = view.felt(IncidentKind.ACCIDENT)
        per_hour = traffic.vehicles_per_hour(view.hour, blocked) * self.layout.traffic
        self.traffic.come(now, STEP, per_hour)
        self.passers.come(now, STEP, people.activity(view.hour))
        self.traffic.step(now, STEP, self.crowd.bodies(), self.crowd.waited)
        self.crowd.step(now, STEP)
        if self._watched and self._steps % _LOOKS == 0:
            slow = [(one.id, one.pose()[:2]) for one in held(self.traffic.vehicles.values())]
            self.jams.see(now, slow)
            self.jaywalkers.see(now, self.crowd.people.values())

    def state(self) -> SceneState:
        """What there is to see now."""
        lights = {signal.name: light(signal, self.now) for signal in self.layout.signals}
        return SceneState(self.now, tuple(self._actors()), lights, self._water_level())

    def _actors(self) -> Iterator[Actor]:
        for person in self.crowd.people.values():
            yield person.actor()
        for vehicle in self.traffic.vehicles.values():
            yield vehicle.actor()
        yield from self.props.values()
        yield from self._racked

    def _water_level(self) -> float:
        """The river's rise, as far as the banks hold it, and what an event adds."""
        gauge = self.world.view(self._place, self.now).water_level
        return min(_HIGHEST, max(0.0, gauge - _LOW_WATER) + self.flood)
