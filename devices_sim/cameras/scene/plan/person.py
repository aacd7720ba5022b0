"""One person (or cyclist): where it is, and the tasks it has before it."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from devices_sim.cameras.scene.actors import Actor, ActorKind, Pose
from devices_sim.cameras.scene.plan.geometry import Vec
from devices_sim.cameras.scene.plan.walkways import Leg

_STRIDE = {Pose.WALKING: 1.4, Pose.CARRYING: 1.3, Pose.RUNNING: 2.3, Pose.RIDING: 4.5}
_MOVING = frozenset(_STRIDE)
_GESTURE = {Pose.FIGHTING: 0.9, Pose.BENDING: 2.5}
_GESTURE_ELSE = 5.0  # s
FLAT = 0.9
"""The phase at which who falls lies on the ground."""
_FALL = 1.1  # s


@dataclass(slots=True, eq=False)
class Go:
    """Walk along legs. `regardless`: across roads without waiting for a signal."""

    legs: tuple[Leg, ...]
    pose: Pose = Pose.WALKING
    regardless: bool = False
    leg: int = 0


@dataclass(slots=True, eq=False)
class Stay:
    """Hold a pose in one place, for so many seconds. `facing`: a unit vector.

    `since`, `spot`: when and where that began; who is pushed aside comes back there.
    """

    seconds: float
    pose: Pose = Pose.STANDING
    facing: Vec | None = None
    since: float | None = None
    spot: Vec | None = None


Task = Go | Stay


@dataclass(slots=True, eq=False)
class Person:
    """A person.

    Attributes:
        pace: its usual speed, m/s.
        side: where on a walk it keeps, from -1, its right edge, to 1.
        on_road: it crosses a road, and has to look out for vehicles.
        stuck: seconds it has been on this part of the road; patient: not yet too long.
        kept: it stays in the scene though its tasks are done; events keep their people.
    """

    id: int
    look: int
    x: float
    y: float
    pace: float
    side: float
    kind: ActorKind = ActorKind.PERSON
    vx: float = 0.0
    vy: float = 0.0
    face: Vec = (1.0, 0.0)
    pose: Pose = Pose.STANDING
    phase: float = 0.0
    tasks: deque[Task] = field(default_factory=deque)
    on_road: bool = False
    stuck: float = 0.0
    patient: bool = True
    kept: bool = False
    seat: tuple[int, int] | None = None

    @property
    def speed(self) -> float:
        """Metres in a second."""
        return math.sqrt(self.vx * self.vx + self.vy * self.vy)

    @property
    def fixed(self) -> bool:
        """Whether others cannot push it aside."""
        return self.pose in {Pose.SITTING, Pose.FALLEN, Pose.BENDING}

    @property
    def reach(self) -> float:
        """How much room it wants round itself, m."""
        return 0.9 if self.kind is ActorKind.BICYCLE else 0.45

    def turn(self, towards: Vec, dt: float) -> None:
        """Turns its face towards a direction, within a third of a second."""
        share = min(1.0, 5 * dt)
        fx = self.face[0] + (towards[0] - self.face[0]) * share
        fy = self.face[1] + (towards[1] - self.face[1]) * share
        size = math.sqrt(fx * fx + fy * fy)
        if size < 0.05:  # it turns right round: begin to the left
            fx, fy, size = -self.face[1], self.face[0], 1.0
        self.face = (fx / size, fy / size)

    def act(self, pose: Pose, dt: float) -> None:
        """Holds a pose, or goes on with its movement."""
        if pose is not self.pose:
            self.pose = pose
            if pose is Pose.FALLEN:
                self.phase = 0.0
        if pose is Pose.FALLEN:
            self.phase = min(FLAT, self.phase + FLAT * dt / _FALL)
        elif pose in _MOVING:
            self.phase = (self.phase + self.speed * dt / _STRIDE[pose]) % 1.0
        else:
            self.phase = (self.phase + dt / _GESTURE.get(pose, _GESTURE_ELSE)) % 1.0

    def actor(self) -> Actor:
        """How it looks to a camera."""
        heading = math.atan2(self.face[1], self.face[0])
        return Actor(
            self.id,
            self.kind,
            self.x,
            self.y,
            heading,
            self.speed,
            self.pose,
            self.phase,
            self.look,
        )
