"""All vehicles of a scene: they come, drive, park, and leave."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import accumulate, count

from devices_sim.cameras.scene.actors import SIZES, ActorKind
from devices_sim.cameras.scene.layout import Layout
from devices_sim.cameras.scene.plan.driving import Driving, leave
from devices_sim.cameras.scene.plan.geometry import Path
from devices_sim.cameras.scene.plan.marks import Body, Marks
from devices_sim.cameras.scene.plan.parking import (
    Slot,
    creep,
    join,
    slots,
    turn_off,
    way_out_free,
)
from devices_sim.cameras.scene.plan.roads import RUN_UP, Road, Roads
from devices_sim.cameras.scene.plan.vehicle import Mode, Vehicle
from devices_sim.world.noise import uniform

_SLOT = 2.0  # s between chances that a vehicle comes
_WAITING = 3  # vehicles at most that wait beyond the rim
_RARER = (ActorKind.MOTORCYCLE, ActorKind.TRUCK, ActorKind.BUS)
_PARKED = 0.65
_REACTS = 3  # steps in which a driver who stands looks up once


class Traffic:
    """The vehicles, by id, and what they do.

    Attributes:
        dense: lanes, by index, that draw more traffic than the hour: vehicles in an hour.
    """

    def __init__(
        self, layout: Layout, seed: int, ids: count[int], against: Collection[str]
    ) -> None:
        self.roads = Roads(layout, against)
        self.slots = slots(layout, self.roads)
        self.vehicles: dict[int, Vehicle] = {}
        self._held: Counter[int] = Counter()
        self.dense: dict[int, float] = {}
        self.marks = Marks(self.roads)
        self._layout, self._seed, self._ids = layout, seed, ids
        self._driving = Driving(self.roads)
        self._turn = 0
        self._queues = [0] * len(self.roads.all)
        self._bus_stops = [
            (stop.lane, self.roads.by_name[stop.lane].path.project(*stop.at)[0])
            for stop in layout.bus_stops
        ]

    def park_some(self, now: float) -> None:
        """Fills bays with cars that have stood there before."""
        for name, slot in self.slots.items():
            if uniform("parked", self._seed, name) < _PARKED:
                one = self.add(ActorKind.CAR, slot.curve, slot.curve.length)
                one.mode, one.bay, slot.taken = Mode.PARKED, slot.bay, True
                stays = uniform("stays", self._seed, name)
                leaves = stays < 0.5 and not slot.beside
                one.until = now + 1200 * stays if leaves else math.inf

    def add(self, kind: ActorKind, path: Path, s: float, road: Road | None = None) -> Vehicle:
        """A new vehicle at `s` of a path; on a lane, its middle line is the path."""
        key = next(self._ids)
        look = int(uniform("look", self._seed, key) * 2**31)
        one = Vehicle(key, kind, look, path, s, road)
        one.pace = 0.85 + 0.25 * uniform("pace", self._seed, key)
        self.vehicles[key] = one
        return one

    def remove(self, one: Vehicle) -> None:
        """Takes a vehicle out of the scene."""
        for gate in list(one.let_in):
            leave(one, gate)
        if one.bay is not None:
            self.slots[one.bay.name].taken = False
        del self.vehicles[one.id]

    def come(self, now: float, dt: float, per_hour: float) -> None:
        """Lets vehicles in at the lanes' starts; `per_hour` pass on a full lane."""
        slot = math.floor(now / _SLOT + 1e-6)
        begins = now - slot * _SLOT < dt - 1e-6
        for road in self.roads.all:
            index = road.index
            rate = max(per_hour * road.lane.share, self.dense.get(index, 0.0))
            if begins and not road.against and self._queues[index] < _WAITING:
                chance = uniform("vehicle", self._seed, road.lane.name, slot)
                self._queues[index] += chance < rate * _SLOT / 3600
            if self._queues[index] and not self._held[index]:
                self._queues[index] -= self._enter(road, slot)

    def hold(self, lanes: Iterable[int]) -> None:
        """Lets nobody enter some lanes, by index, until they are released as often as held."""
        self._held.update(lanes)

    def release(self, lanes: Iterable[int]) -> None:
        """Lets vehicles enter lanes again."""
        self._held.subtract(lanes)

    def _enter(self, road: Road, slot: int) -> bool:
        one = self.let_in(self._kind(road, slot), road)
        if one is None:
            return False
        self._intend(one, road)
        return True

    def let_in(self, kind: ActorKind, road: Road) -> Vehicle | None:
        """A new vehicle at the start of a lane; None while there is no room for it."""
        s = RUN_UP - SIZES[kind].length / 2
        lead = self.marks.ahead(road.index, s - 6, 0)
        gap = math.inf if lead is None else lead.begin - RUN_UP
        if gap < 5:
            return None
        one = self.add(kind, road.path, s, road)
        one.speed = min(road.limit(s) * one.pace, max(0.0, gap - 4) / 2.5)
        self.marks.vehicle(one)
        return one

    def _kind(self, road: Road, slot: int) -> ActorKind:
        chance = uniform("kind", self._seed, road.lane.name, slot)
        mix = self._layout.mix
        shares = (mix.motorcycles, mix.trucks, mix.buses)
        below = zip(_RARER, accumulate(shares), strict=True)
        kind = next((kind for kind, share in below if chance < share), ActorKind.CAR)
        if road.lane.small and kind is not ActorKind.MOTORCYCLE:
            return ActorKind.CAR
        return kind

    def _intend(self, one: Vehicle, road: Road) -> None:
        """Some vehicles come to park, and buses halt at the stops of their lane."""
        if one.kind is ActorKind.BUS:
            halts = [s + one.length / 2 for lane, s in self._bus_stops if lane == road.lane.name]
            one.bus_stop = halts[0] if halts else math.inf
        free = [
            slot
            for slot in self.slots.values()
            if slot.road is road and not slot.taken and not slot.beside
        ]
        if one.kind is ActorKind.CAR and free and uniform("parks", self._seed, one.id) < 0.6:
            slot = free[int(uniform("bay", self._seed, one.id) * len(free))]
            slot.taken, one.bay, one.turn_in = True, slot.bay, slot.turn_in

    def step(self, now: float, dt: float, bodies: list[Body], waited: Collection[str]) -> None:
        """Moves all vehicles on by `dt` s. `waited`: crossings where people want to cross."""
        self._turn += 1
        self.marks = self._marks(bodies)
        for one in list(self.vehicles.values()):
            if one.mode is Mode.DRIVING and one.road is not None:
                self._drive(one, one.road, now, dt, waited)
            elif one.bay is not None:
                self._park(one, self.slots[one.bay.name], now, dt, bodies)

    def _marks(self, bodies: list[Body]) -> Marks:
        marks = Marks(self.roads)
        for one in self.vehicles.values():
            marks.vehicle(one)
            if one.mode is Mode.LEAVING and one.bay is not None:
                slot = self.slots[one.bay.name]
                marks.leaving(one, slot.road.index, slot.turn_in)
        for body in bodies:
            marks.person(body)
        return marks

    def _drive(
        self, one: Vehicle, road: Road, now: float, dt: float, waited: Collection[str]
    ) -> None:
        if now < one.until:
            one.speed = 0.0
            return
        if one.speed == 0 and (self._turn + one.id) % _REACTS:
            return
        push = self._driving.drive(one, road, self.marks, now, waited)
        if one.brake:
            push = -one.brake
        if one.turn_in - one.s < 25:
            push = min(push, (max(1.5, 0.3 * (one.turn_in - one.s)) - one.speed) / 0.8)
        one.speed = max(0.0, one.speed + push * dt)
        one.s += one.speed * dt
        if one.shift != one.shift_to:
            way = min(1.4, 0.4 * one.speed) * dt
            one.shift += max(-way, min(way, one.shift_to - one.shift))
        self._reached(one, road, now)

    def _reached(self, one: Vehicle, road: Road, now: float) -> None:
        """What happens where it has come to."""
        if one.bus_stop < math.inf and one.speed < 0.2 and one.bus_stop - one.front < 2:
            one.until = now + 10 + 8 * uniform("dwells", self._seed, one.id)
            one.bus_stop = math.inf
        if one.bay is not None and one.s >= one.turn_in:
            one.turn_in = math.inf
            turn_off(one, self.slots[one.bay.name])
        elif one.rear > road.path.length - RUN_UP:
            self.remove(one)
        elif one.speed < 4 and not one.keeps_lane:
            self._go_round(one, road)

    def _go_round(self, one: Vehicle, road: Road) -> None:
        lead = self.marks.ahead(road.index, one.s, one.id)
        if lead is None or not lead.blocks or lead.begin - one.front > 18:
            return
        beside = self._driving.beside(one, self.marks)
        if beside is not None:
            for gate in list(one.let_in):
                leave(one, gate)
            one.road, one.s, one.shift = beside
            one.path = one.road.path

    def _park(self, one: Vehicle, slot: Slot, now: float, dt: float, bodies: list[Body]) -> None:
        if one.mode is Mode.PARKED:
            if now >= one.until and way_out_free(one, slot, self.marks):
                one.mode = Mode.LEAVING
            return
        awake = [each for each in self.vehicles.values() if each.mode is not Mode.PARKED]
        one.speed = creep(one, awake, bodies)
        one.s += one.speed * dt * (-1 if one.mode is Mode.LEAVING else 1)
        if one.mode is Mode.LEAVING and one.s <= 0:
            join(one, slot)
        elif one.mode is Mode.PARKING and one.s >= one.path.length - 0.02:
            one.mode, one.speed = Mode.PARKED, 0.0
            one.until = now + 120 + 900 * uniform("parked for", self._seed, one.id)
