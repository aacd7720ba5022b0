"""Parking: nose in from the lane on a curve, later backing out on the same curve."""

from __future__ import annotations

from dataclasses import dataclass

from devices_sim.cameras.scene.layout import Bay, Layout
from devices_sim.cameras.scene.plan.geometry import Path, Vec, bend, distance
from devices_sim.cameras.scene.plan.marks import Body, Marks
from devices_sim.cameras.scene.plan.roads import Road, Roads
from devices_sim.cameras.scene.plan.vehicle import Mode, Vehicle

_CRAWL = 1.6  # m/s
_CLEAR = 1.2  # m
_BEHIND = 18.0
_STRAIGHT = 2.6  # m of the curve inside the bay
_SIDES = {0: (1.0, 0.0), 90: (0.0, 1.0), 180: (-1.0, 0.0), 270: (0.0, -1.0)}


@dataclass(slots=True)
class Slot:
    """A bay, the lane it is reached from, where one turns off, and the curve from there.

    `beside`: it lies along its lane, too narrow to drive into forwards; cars stay in it.
    """

    bay: Bay
    road: Road
    turn_in: float
    curve: Path
    taken: bool = False
    beside: bool = False


def slots(layout: Layout, roads: Roads) -> dict[str, Slot]:
    """The bays of a layout, by name."""
    return {bay.name: _slot(bay, roads.by_name[bay.lane]) for bay in layout.bays}


def _slot(bay: Bay, road: Road) -> Slot:
    s, off = road.path.project(*bay.at)
    into = facing(bay.facing)
    _, _, vx, vy = road.path.at(s)
    beside = abs(into[0] * vx + into[1] * vy) > 0.8
    turn_in = s - 4.6
    if beside:
        behind = (bay.at[0] - 5 * into[0], bay.at[1] - 5 * into[1])
        return Slot(bay, road, turn_in, Path([behind, bay.at]), beside=True)
    x, y, ux, uy = road.path.at(turn_in)
    short = min(_STRAIGHT, abs(off) - 2.4)
    mouth = (bay.at[0] - into[0] * short, bay.at[1] - into[1] * short)
    curve = [*bend((x, y), (ux, uy), mouth, into), bay.at]
    return Slot(bay, road, turn_in, Path(curve))


def facing(degrees: float) -> Vec:
    """The unit vector of a quarter turn nearest to a direction."""
    return _SIDES[round(degrees / 90) * 90 % 360]


def turn_off(one: Vehicle, slot: Slot) -> None:
    """A vehicle leaves its lane for its bay."""
    one.s -= slot.turn_in
    one.path, one.road, one.mode = slot.curve, None, Mode.PARKING


def join(one: Vehicle, slot: Slot) -> None:
    """A vehicle that has backed out drives on in its lane."""
    one.s += slot.turn_in
    one.path, one.road, one.mode = slot.road.path, slot.road, Mode.DRIVING
    one.bay, one.speed = None, 0.0
    slot.taken = False


def way_out_free(one: Vehicle, slot: Slot, marks: Marks) -> bool:
    """Whether nobody is, or soon comes, where a vehicle wants to back out to."""
    at = slot.turn_in
    return marks.free(slot.road.index, at - _BEHIND, at + 9, one.id)


def creep(one: Vehicle, others: list[Vehicle], bodies: list[Body]) -> float:
    """The speed of a vehicle on its parking curve, m/s: none while somebody is in its way.

    `others`: the vehicles that are not parked.
    """
    back = one.mode is Mode.LEAVING
    x, y, ux, uy = one.pose()
    nose = (one.length / 2 + 0.5 * _CLEAR) * (-1 if back else 1)
    at = (x + ux * nose, y + uy * nose)
    for other in others:
        if other is not one and distance((x, y), other.pose()[:2]) < 9:
            near = min(distance(at, spot) for spot in other.spots())
            if near < other.half + _CLEAR * 0.6:
                return 0.0
    if any(distance(at, (body.x, body.y)) < _CLEAR + 0.6 for body in bodies):
        return 0.0
    left = one.s if back else one.path.length - one.s
    return min(_CRAWL, 0.3 + left)
