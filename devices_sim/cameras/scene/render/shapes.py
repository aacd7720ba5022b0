"""What an actor looks like now: its mesh in the world, and the shade it casts at its feet."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from devices_sim.cameras.scene.actors import SIZES, Actor, ActorKind, Pose
from devices_sim.cameras.scene.render.bag import bag, in_hand
from devices_sim.cameras.scene.render.body import body
from devices_sim.cameras.scene.render.bus import bus
from devices_sim.cameras.scene.render.car import car
from devices_sim.cameras.scene.render.cycle import SADDLES, bicycle, motorcycle
from devices_sim.cameras.scene.render.mesh import Mesh, merge
from devices_sim.cameras.scene.render.pose import STEPS, person, posed, ride
from devices_sim.cameras.scene.render.shell import Model
from devices_sim.cameras.scene.render.truck import truck

_CAR_FINE = 26.0
"""Pixels a metre takes up above which vehicles are drawn with all their detail."""
_SMALL = 32
"""Pixels of a vehicle's length below which it is drawn as one mesh of plain colours."""
_DETAILS = (34, 75, 190)
"""Pixels of a body's height from which on it is drawn with more."""
_GAIT, _SWAY = (2, 2, 1, 1), (10, 10, 2, 1)
"""How many steps of a gait, and of one who stands, are seen as one, by detail."""


@dataclass(frozen=True, eq=False)
class Foot:
    """The ground an actor keeps the sky from: a rounded box; `dark` 0 to 1."""

    x: float
    y: float
    heading: float
    length: float
    width: float
    dark: float


@dataclass(frozen=True, eq=False)
class Shape:
    """A part of an actor that has a box of its own; riders and their machines are two.

    Attributes:
        model: the sheet laid on the mesh, if there is one; its own mesh is at rest.
    """

    actor: Actor
    kind: ActorKind
    mesh: Mesh
    foot: Foot | None
    model: Model | None = None


def snapped(actor: Actor, scale: float) -> Actor:
    """An actor without what cannot be seen of it: gaits move in steps, and speed has no looks."""
    still = actor.kind not in {ActorKind.PERSON, ActorKind.BICYCLE} or actor.pose is Pose.SITTING
    each = _SWAY if actor.pose is Pose.STANDING else _GAIT
    step = 0 if still else int(actor.phase * STEPS) // each[_detail(scale)] * each[_detail(scale)]
    speed = round(abs(actor.speed) * 5) / 5 if actor.kind is ActorKind.PERSON else 0.0
    return replace(actor, phase=(step + 0.5) / STEPS, speed=speed)


def _detail(scale: float) -> int:
    """With how much detail a body is drawn."""
    tall = 1.75 * scale
    return sum(tall >= least for least in _DETAILS)


def shapes(actor: Actor, scale: float) -> list[Shape]:
    """The shapes of an actor; fire and smoke have none.

    Args:
        actor: as `snapped` gives it.
        scale: pixels a metre takes up there.
    """
    if actor.kind is ActorKind.PERSON:
        return [_person(actor, _detail(scale))]
    if actor.kind in {ActorKind.BICYCLE, ActorKind.MOTORCYCLE}:
        return _cycle(actor, _detail(scale))
    if actor.kind is ActorKind.BAG:
        mesh = _placed(bag(actor.look).scaled(actor.scale), actor)
        return [Shape(actor, actor.kind, mesh, _foot(actor, mesh, 0.5))]
    if actor.kind in _MODELS:
        return [_vehicle(actor, scale)]
    return []


def _vehicle(actor: Actor, scale: float) -> Shape:
    small = SIZES[actor.kind].length * scale < _SMALL
    detail = 0 if small else 1 if scale < _CAR_FINE else 2
    model = _MODELS[actor.kind](actor.look, detail)
    foot = _foot(actor, model.mesh, 0.82)
    if small:
        return Shape(actor, actor.kind, _placed(model.painted, actor), foot)
    return Shape(actor, actor.kind, _placed(model.mesh, actor), foot, model)


_MODELS = {ActorKind.CAR: car, ActorKind.BUS: bus, ActorKind.TRUCK: truck}


def _placed(mesh: Mesh, actor: Actor) -> Mesh:
    return mesh.moved(turn=actor.heading, to=(actor.x, actor.y, 0.0))


def _person(actor: Actor, detail: int) -> Shape:
    step = int(actor.phase * STEPS)
    pace = round(abs(actor.speed) * 5) * 2
    mesh = person(actor.look, detail, actor.pose, step, pace)
    foot = _foot(actor, mesh, 0.42)
    if actor.pose is Pose.CARRYING:
        mesh = merge([mesh, in_hand(actor.look, body(actor.look, detail).scale)])
    return Shape(actor, actor.kind, _placed(mesh, actor), foot)


def _cycle(actor: Actor, detail: int) -> list[Shape]:
    """A machine, and who rides it."""
    motor = actor.kind is ActorKind.MOTORCYCLE
    machine = (motorcycle if motor else bicycle)(actor.look)
    stands = Shape(actor, actor.kind, _placed(machine, actor), _foot(actor, machine, 0.5))
    if not motor and actor.pose is Pose.NONE:
        return [stands]
    rider = _seated(actor.look, detail, int(actor.phase * STEPS) * (not motor), motor)
    return [stands, Shape(actor, ActorKind.PERSON, _placed(rider, actor), None)]


@lru_cache(maxsize=512)
def _seated(look: int, detail: int, step: int, motor: bool) -> Mesh:
    """A rider over a machine at the origin, which faces +x."""
    figure = body(look, detail, rider=motor)
    saddle = SADDLES[ActorKind.MOTORCYCLE if motor else ActorKind.BICYCLE]
    seat = np.array(saddle) * np.array([1, 1, min(1.0, 0.25 + 0.75 * figure.scale)])
    return posed(figure, ride(step / STEPS, motor=motor), seat=seat)


def _foot(actor: Actor, mesh: Mesh, dark: float) -> Foot:
    """The ground below a mesh at rest."""
    west, south, east, north = mesh.footprint
    middle = ((west + east) / 2, (south + north) / 2)
    c, s = math.cos(actor.heading), math.sin(actor.heading)
    return Foot(
        x=actor.x + c * middle[0] - s * middle[1],
        y=actor.y + s * middle[0] + c * middle[1],
        heading=actor.heading,
        length=east - west,
        width=north - south,
        dark=dark,
    )
