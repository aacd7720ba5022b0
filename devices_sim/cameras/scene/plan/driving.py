"""How vehicles drive: the intelligent driver model, signals, conflicts, bus stops, lane changes.

Treiber, Hennecke, Helbing: Congested traffic states in empirical observations and microscopic
simulations, Phys. Rev. E 62 (2000).
"""

from __future__ import annotations

import math
from collections.abc import Collection

from devices_sim.cameras.scene.actors import Light
from devices_sim.cameras.scene.plan.lights import light
from devices_sim.cameras.scene.plan.marks import Marks
from devices_sim.cameras.scene.plan.roads import Gate, Road, Roads
from devices_sim.cameras.scene.plan.vehicle import Mark, Vehicle

_ACCELERATION = 1.6  # m/s2
_COMFORT = 2.0  # m/s2 of braking
_HARDEST = 8.0
_HEADWAY = 1.2  # s
_STANDSTILL = 2.0  # m
_FIRM = 3.0  # m/s2 one brakes with for an amber light
_BEFORE_LINE = 1.0
_BERTH = 5.0  # m
_YIELD = 3.5  # s


def wish(speed: float, limit: float, gap: float, lead: float) -> float:
    """The acceleration a driver wants, m/s2, `gap` metres behind what moves at `lead` m/s."""
    pull = 1 - (speed / limit) ** 4 if speed <= limit else max(-1.5, 1 - speed / limit)
    closing = speed * (speed - lead) / (2 * math.sqrt(_ACCELERATION * _COMFORT))
    wanted = _STANDSTILL + max(0.0, speed * _HEADWAY + closing)
    push = (wanted / max(gap, 0.1)) ** 2
    return max(-_HARDEST, _ACCELERATION * (pull - push))


class Driving:
    """Decides on speeds. `waited`: the crossings where people wait for vehicles to stop."""

    def __init__(self, roads: Roads) -> None:
        self._roads = roads

    def drive(
        self, one: Vehicle, road: Road, marks: Marks, now: float, waited: Collection[str]
    ) -> float:
        """The acceleration of a vehicle in its lane, m/s2."""
        self._release(one)
        limit = max(0.3, min(road.limit(one.s) * one.pace, one.cap))
        lead = marks.ahead(road.index, one.s, one.id)
        if lead is None:
            push = wish(one.speed, limit, math.inf, 0.0)
        else:
            # Farther from what blocks the lane, so as to have room to go round it.
            berth = _BERTH if lead.blocks and not one.keeps_lane else 0.0
            push = wish(one.speed, limit, lead.begin - one.front - berth, lead.speed)
        red = self._red(one, road, now)
        halt = min(
            red,
            self._crossing(one, road, lead, waited),
            self._gate(one, marks, now, red, lead),
            one.bus_stop,
        )
        if halt < math.inf:
            push = min(push, wish(one.speed, limit, halt - one.front + _BEFORE_LINE, 0.0))
        return push

    def beside(self, one: Vehicle, marks: Marks) -> tuple[Road, float, float] | None:
        """A free lane beside a vehicle, where on it the vehicle is, and how far left of it."""
        x, y, ux, uy = one.pose()
        for road in self._roads.all:
            if road is one.road or road.against:
                continue
            s, off = road.path.project(x, y)
            _, _, vx, vy = road.path.at(s)
            if not 2.4 < abs(off) < 4.2 or ux * vx + uy * vy < 0.97:
                continue
            if marks.free(road.index, s - 14, s + one.length / 2 + 9, one.id):
                return road, s, off
        return None

    def _red(self, one: Vehicle, road: Road, now: float) -> float:
        """The first stop line ahead that has to be kept, or infinity."""
        for stop in road.stops:
            way = stop.s - one.front
            if way < -0.5:
                continue
            shown = light(stop.signal, now)
            braking = one.speed * one.speed / (2 * _FIRM)
            if shown is Light.RED or (shown is Light.AMBER and braking < way + 0.5):
                return stop.s
        return math.inf

    @staticmethod
    def _crossing(one: Vehicle, road: Road, lead: Mark | None, waited: Collection[str]) -> float:
        """Where to stop for people who cross or wait to, or to keep a crossing clear."""
        for crossed in road.crossed:
            way = crossed.begin - 1 - one.front
            if way < one.speed * one.speed / (2 * _FIRM) - 0.3:
                continue
            if crossed.walk in waited and way > one.speed * one.speed / (2 * _COMFORT) - 0.3:
                return crossed.begin - 1
            if lead is not None and lead.speed < 1.5 and lead.end > crossed.begin:
                room = one.length + 1 if lead.owner > 0 else 0.0
                if lead.begin < crossed.end + room:
                    return crossed.begin - 1
        return math.inf

    def _gate(self, one: Vehicle, marks: Marks, now: float, red: float, lead: Mark | None) -> float:
        """Where to stop before lanes that cross, if not let in yet, or infinity."""
        for gate in one.road.gates if one.road is not None else ():
            way = gate.begin - one.front
            if one.rear > gate.end:
                continue
            if red < gate.begin:
                if gate in one.let_in:
                    leave(one, gate)
                return math.inf
            if gate in one.let_in:
                continue
            if way > one.speed * one.speed / (2 * _COMFORT) + 8:
                return math.inf
            if not self._may_enter(one, gate, marks, now, lead):
                return gate.begin
            one.let_in.append(gate)
            for conflict in gate.conflicts:
                conflict.holders[one.id] = gate.road.index
        return math.inf

    def _may_enter(
        self, one: Vehicle, gate: Gate, marks: Marks, now: float, lead: Mark | None
    ) -> bool:
        road = gate.road
        beyond = gate.end + one.length + 1.5
        if lead is not None and lead.owner > 0 and lead.begin < beyond and lead.speed < 1.5:
            return False
        for conflict in gate.conflicts:
            other = self._roads.all[conflict.other(road.index)]
            if any(held != road.index for held in conflict.holders.values()):
                return False
            if other.lane.rank > road.lane.rank and self._comes(
                other, conflict.spans[other.index][0], marks, now
            ):
                return False
        return True

    def _comes(self, road: Road, s: float, marks: Marks, now: float) -> bool:
        """Whether somebody will be at `s` of a lane within moments, and need not wait."""
        red = any(stop.s < s + 1 and light(stop.signal, now) is Light.RED for stop in road.stops)
        return any(
            0 < s - mark.end < max(mark.speed, 1.0) * _YIELD and mark.owner > 0
            for mark in marks.on[road.index]
            if not (red and mark.end < road.stops[-1].s)
        )

    @staticmethod
    def _release(one: Vehicle) -> None:
        for gate in [gate for gate in one.let_in if one.rear > gate.end]:
            leave(one, gate)


def leave(one: Vehicle, gate: Gate) -> None:
    """A vehicle no longer needs a gate."""
    one.let_in.remove(gate)
    for conflict in gate.conflicts:
        conflict.holders.pop(one.id, None)
