"""Who comes to a scene, when, where from and what for."""

from __future__ import annotations

import math
from itertools import count

from devices_sim.cameras.scene.actors import ActorKind, Pose
from devices_sim.cameras.scene.layout import Layout
from devices_sim.cameras.scene.plan.crowd import Crowd
from devices_sim.cameras.scene.plan.geometry import Vec, distance, heading
from devices_sim.cameras.scene.plan.person import Go, Person, Stay
from devices_sim.cameras.scene.plan.walkways import Leg, Walkways
from devices_sim.world.noise import Key, uniform

_SLOT = 2.0  # s between chances that somebody comes
_A_MINUTE = 20.0  # people who come at the liveliest
_SEATS = (-0.45, 0.45)  # m along a bench
_QUEUE_M, _BACK_M = 7.0, 0.5  # about a bus stop people wait: along the kerb, and back from it
_NEXT = 0.01  # of a slot, between the seeds of those who come in it
_COMPANY = 0.3
_RUNS = 0.05


class Passers:
    """Lets people in at the seeded times, each with something to do."""

    def __init__(
        self, layout: Layout, walkways: Walkways, crowd: Crowd, seed: int, ids: count[int]
    ) -> None:
        self._layout, self._walkways, self._crowd = layout, walkways, crowd
        self._seed, self._ids = seed, ids
        self._seats = {
            (bench, seat): False
            for bench in range(len(layout.benches))
            for seat in range(len(_SEATS))
        }
        crowd.on_gone = self._stood_up

    def come(self, now: float, dt: float, activity: float) -> None:
        """Lets in who comes now; `activity`: how lively the hour is, in [0, 1]."""
        slot = math.floor(now / _SLOT + 1e-6)
        if now - slot * _SLOT >= dt - 1e-6 or len(self._walkways.ways_in) < 2:
            return
        # More than one in a slot come where it is livelier than any street.
        coming = _A_MINUTE * activity * self._layout.liveliness * _SLOT / 60
        for other in range(math.ceil(coming - self._chance("comes", slot))):
            self._one(slot + other * _NEXT if other else slot)

    def _one(self, slot: float) -> None:
        """Lets one in, of these seeds."""
        cyclists = self._layout.mix.cyclists
        if self._walkways.cycle_ways_in and self._chance("cycles", slot) < cyclists:
            self._cyclist(slot)
            return
        start, goal = self._ends(self._walkways.ways_in, slot)
        legs = self._walkways.route(start, goal)
        if not legs:
            return
        one = self.person(start, legs, 0.95 + 0.6 * self._chance("pace", slot), slot)
        self._occupy(one, start, goal, legs, slot)
        # Two do not come out of a door at once.
        together = len(one.tasks) == 1 and legs[0].walk is not None
        if together and self._chance("company", slot) < _COMPANY:
            other = self.person(start, legs, one.pace, slot + 0.5)
            other.side = one.side - 0.5 if one.side > 0 else one.side + 0.5
            other.tasks.append(Go(legs))

    def person(self, start: Vec, legs: tuple[Leg, ...], pace: float, *key: Key | float) -> Person:
        """A new person at `start`, about to walk along `legs`; it has no tasks yet."""
        ident = next(self._ids)
        look = int(uniform("look", self._seed, ident) * 2**31)
        first = legs[0] if legs else Leg(start, (start[0] + 1, start[1]), 1.0)
        gap = distance(first.a, first.b)
        face = ((first.b[0] - first.a[0]) / gap, (first.b[1] - first.a[1]) / gap)
        side = 1.4 * self._chance("side", *key) - 1.0  # rather on the right
        aside = side * max(0.0, first.width / 2 - 0.4)
        x, y = start[0] - face[1] * aside, start[1] + face[0] * aside
        one = Person(ident, look, x, y, pace, side, face=face)
        one.phase = self._chance("phase", *key)
        self._crowd.people[ident] = one
        return one

    def _occupy(
        self, one: Person, start: Vec, goal: Vec, legs: tuple[Leg, ...], slot: float
    ) -> None:
        """Most walk through; some sit down on a bench or wait for a bus on their way."""
        chance = self._chance("occupation", slot)
        if chance < _RUNS:
            one.pace *= 2.1
            one.tasks.append(Go(legs, Pose.RUNNING))
        elif chance < 0.2:
            one.tasks.append(Go(legs, Pose.CARRYING))
        elif chance < 0.34 and self._sit(one, start, goal, slot):
            pass
        elif chance < 0.44 and self._layout.bus_stops:
            self._wait(one, start, goal, slot)
        else:
            one.tasks.append(Go(legs))

    def _wait(self, one: Person, start: Vec, goal: Vec, slot: float) -> None:
        """Waits at a bus stop, beside the others and away from the kerb."""
        stops = self._layout.bus_stops
        stop = stops[int(self._chance("stop", slot) * len(stops))]
        fx, fy = heading(stop.facing)
        along = _QUEUE_M * (self._chance("along", slot) - 0.5)
        back = _BACK_M * self._chance("back", slot)
        place = (stop.at[0] - fy * along - fx * back, stop.at[1] + fx * along - fy * back)
        wait = Stay(20 + 40 * self._chance("waits", slot), facing=(fx, fy))
        self._by_way_of(one, (start, goal), stop.at, wait, place)

    def _sit(self, one: Person, start: Vec, goal: Vec, slot: float) -> bool:
        free = [seat for seat, taken in self._seats.items() if not taken]
        if not free:
            return False
        bench, seat = free[int(self._chance("seat", slot) * len(free))]
        self._seats[bench, seat] = True
        one.seat = (bench, seat)
        at = self._layout.benches[bench]
        face = heading(at.facing)
        place = (at.at[0] - face[1] * _SEATS[seat], at.at[1] + face[0] * _SEATS[seat])
        sit = Stay(60 + 150 * self._chance("sits", slot), Pose.SITTING, face)
        self._by_way_of(one, (start, goal), at.at, sit, place)
        return True

    def _by_way_of(
        self, one: Person, ends: tuple[Vec, Vec], via: Vec, stay: Stay, place: Vec
    ) -> None:
        """On the way from end to end, a stay at a place reached from a point of the net."""
        start, goal = ends
        there, back = self._walkways.route(start, via), self._walkways.route(via, goal)
        if place != via and there:
            there = (*there[:-1], Leg(there[-1].a, place, 0.9))
        if place != via and back:
            back = (Leg(place, back[0].b, 0.9), *back[1:])
        one.tasks += [task for task in (Go(there) if there else None, stay) if task]
        if back:
            one.tasks.append(Go(back))

    def _cyclist(self, slot: float) -> None:
        start, goal = self._ends(self._walkways.cycle_ways_in, slot)
        legs = self._walkways.route(start, goal, cycling=True)
        if legs:
            one = self.person(start, legs, 3.4 + 1.8 * self._chance("pace", slot), slot)
            one.kind, one.pose, one.side = ActorKind.BICYCLE, Pose.RIDING, one.side * 0.4 - 0.5
            one.vx, one.vy = one.face[0] * one.pace, one.face[1] * one.pace
            one.tasks.append(Go(legs, Pose.RIDING))

    def _ends(self, ways_in: list[Vec], slot: float) -> tuple[Vec, Vec]:
        start = int(self._chance("start", slot) * len(ways_in))
        step = 1 + int(self._chance("goal", slot) * (len(ways_in) - 1))
        return ways_in[start], ways_in[(start + step) % len(ways_in)]

    def _stood_up(self, one: Person) -> None:
        if one.seat is not None:
            self._seats[one.seat] = False

    def _chance(self, what: str, *key: Key | float) -> float:
        return uniform(what, self._seed, repr(key))
