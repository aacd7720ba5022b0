"""What actors look like: bodies stand on the ground, keep their size, and differ by seed."""

from __future__ import annotations

import numpy as np
import pytest

from devices_sim.cameras.scene.actors import SIZES, Actor, ActorKind, Pose
from devices_sim.cameras.scene.render.clothes import outfit
from devices_sim.cameras.scene.render.shapes import shapes

PERSONS = [pose for pose in Pose if pose not in {Pose.RIDING, Pose.NONE}]
SIDE = {
    ActorKind.CAR: 0.25,  # wing mirrors
    ActorKind.BUS: 0.35,
    ActorKind.TRUCK: 0.05,
}


def actor(kind: ActorKind, look: int = 1, pose: Pose = Pose.NONE, phase: float = 0.3) -> Actor:
    return Actor(1, kind, 0.0, 0.0, 0.0, 1.3, pose, phase, look)


def span(drawn: Actor, scale: float = 60) -> tuple[float, float, float]:
    """Length, width and height of all of an actor, m."""
    points = np.concatenate([shape.mesh.points for shape in shapes(drawn, scale)])
    length, width, height = points.max(axis=0) - points.min(axis=0)
    return float(length), float(width), float(height)


@pytest.mark.parametrize("pose", PERSONS)
@pytest.mark.parametrize("phase", [0.0, 0.35, 0.89])
def test_a_person_stands_or_lies_on_the_ground(pose: Pose, phase: float) -> None:
    for look in range(4):
        (shape,) = shapes(actor(ActorKind.PERSON, look, pose, phase), 60)
        assert shape.mesh.points[:, 2].min() == pytest.approx(0, abs=0.06)
        assert np.isfinite(shape.mesh.points).all()


def test_persons_are_as_tall_as_their_outfit_says() -> None:
    for look in range(60):
        height = span(actor(ActorKind.PERSON, look, Pose.STANDING))[2]
        assert height == pytest.approx(outfit(look).height, rel=0.05)
        assert 1.1 <= height <= 2.0


def test_who_falls_ends_flat() -> None:
    for look in range(8):
        upright = span(actor(ActorKind.PERSON, look, Pose.FALLEN, 0.0))[2]
        flat = span(actor(ActorKind.PERSON, look, Pose.FALLEN, 0.9))[2]
        assert flat < 0.62 * upright


def test_who_sits_is_lower_than_who_stands() -> None:
    sitting, standing = (
        span(actor(ActorKind.PERSON, 3, pose))[2] for pose in (Pose.SITTING, Pose.STANDING)
    )
    assert sitting < 0.82 * standing


def test_a_walker_swings_its_legs() -> None:
    strides = [span(actor(ActorKind.PERSON, 4, Pose.WALKING, step / 8))[0] for step in range(8)]
    assert max(strides) > 1.25 * min(strides)


@pytest.mark.parametrize("kind", [ActorKind.CAR, ActorKind.BUS, ActorKind.TRUCK])
def test_vehicles_keep_to_their_box(kind: ActorKind) -> None:
    for look in range(30):
        length, width, height = span(actor(kind, look))
        assert length <= SIZES[kind].length + 0.15
        assert width <= SIZES[kind].width + SIDE[kind]
        assert height <= SIZES[kind].height + 0.4


def test_looks_differ_and_a_look_stays() -> None:
    first, again, other = (
        shapes(actor(ActorKind.PERSON, look, Pose.STANDING), 60)[0].mesh for look in (5, 5, 6)
    )
    assert np.array_equal(first.colours, again.colours)
    assert first.colours.shape != other.colours.shape or not np.array_equal(
        first.colours, other.colours
    )


def test_nobody_sits_on_a_bicycle_that_stands() -> None:
    (machine,) = shapes(actor(ActorKind.BICYCLE, 2, Pose.NONE), 60)
    assert machine.kind is ActorKind.BICYCLE


@pytest.mark.parametrize("kind", [ActorKind.BICYCLE, ActorKind.MOTORCYCLE])
def test_a_rider_sits_on_the_machine(kind: ActorKind) -> None:
    machine, rider = shapes(actor(kind, 2, Pose.RIDING), 60)
    assert (machine.kind, rider.kind) == (kind, ActorKind.PERSON)
    assert rider.mesh.points[:, 2].min() > 0.05
    assert rider.mesh.points[:, 2].max() > machine.mesh.points[:, 2].max()


def test_far_bodies_are_drawn_with_less() -> None:
    far, near = (
        len(shapes(actor(ActorKind.PERSON, 2, Pose.WALKING), scale)[0].mesh.faces)
        for scale in (20, 200)
    )
    assert far < near / 2
