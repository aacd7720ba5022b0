"""What moves in a scene, and all there is to see of it at one instant.

Lengths are metres in the layout's plane: x east, y north, z up, the ground at z = 0, the origin
at the layout's place. Angles are radians, 0 along +x, counter-clockwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ActorKind(StrEnum):
    """What an actor is. Motorcycles, and bicycles that are ridden, come with their rider."""

    PERSON = "person"
    BICYCLE = "bicycle"
    MOTORCYCLE = "motorcycle"
    CAR = "car"
    BUS = "bus"
    TRUCK = "truck"
    BAG = "bag"
    FIRE = "fire"
    SMOKE = "smoke"


class Pose(StrEnum):
    """How a person holds itself; riders ride, and what has no body has none."""

    WALKING = "walking"
    RUNNING = "running"
    STANDING = "standing"
    SITTING = "sitting"
    FALLEN = "fallen"
    FIGHTING = "fighting"
    CARRYING = "carrying"
    BENDING = "bending"
    RIDING = "riding"
    NONE = "none"


class Light(StrEnum):
    """What a signal shows. A pedestrian signal blinks green where one for vehicles is amber."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Size:
    """The box an actor keeps free of others, m."""

    length: float
    width: float
    height: float


SIZES = {
    ActorKind.PERSON: Size(0.5, 0.5, 1.7),
    ActorKind.BICYCLE: Size(1.75, 0.6, 1.7),
    ActorKind.MOTORCYCLE: Size(2.0, 0.75, 1.6),
    ActorKind.CAR: Size(4.6, 1.85, 1.5),
    ActorKind.BUS: Size(11.0, 2.5, 3.2),
    ActorKind.TRUCK: Size(6.2, 2.1, 2.7),
    ActorKind.BAG: Size(0.5, 0.35, 0.4),
    ActorKind.FIRE: Size(1.0, 1.0, 1.2),
    ActorKind.SMOKE: Size(2.0, 2.0, 4.0),
}
"""A drawing may be smaller than its box (looks differ), never longer or wider."""


@dataclass(frozen=True, slots=True)
class Actor:
    """One actor at one instant.

    Attributes:
        id: the same actor's at all times and in all cameras.
        x, y: the middle of its footprint, m.
        heading: where its front points, radians.
        speed: along the heading, m/s; negative when it backs.
        phase: in [0, 1): of the gait cycle (two steps) or the gesture; of the fall when it is
            FALLEN, from upright at 0 to flat on the ground at 0.9.
        look: the seed of its appearance.
        scale: of its box; fire and smoke grow with it.
        lit: whether its lamps are on when it is dark; of a parked vehicle they are not.
    """

    id: int
    kind: ActorKind
    x: float
    y: float
    heading: float
    speed: float
    pose: Pose
    phase: float
    look: int
    scale: float = 1.0
    lit: bool = True


@dataclass(frozen=True, slots=True)
class SceneState:
    """All that changes in a scene, at one instant.

    Attributes:
        time: seconds of the run.
        lights: what each signal of the layout shows, by its name.
        water_level: how far water stands above its usual level, m; the layout's water surfaces
            lie at their own `level` plus this, and flood what lies lower.
    """

    time: float
    actors: tuple[Actor, ...]
    lights: Mapping[str, Light] = field(default_factory=dict)
    water_level: float = 0.0
