"""One vehicle: where it is on its way, and what it has in mind."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from devices_sim.cameras.scene.actors import SIZES, Actor, ActorKind, Pose
from devices_sim.cameras.scene.layout import Bay
from devices_sim.cameras.scene.plan.geometry import Path
from devices_sim.cameras.scene.plan.roads import Gate, Road

_BIKES = (ActorKind.BICYCLE, ActorKind.MOTORCYCLE)


@dataclass(frozen=True, slots=True)
class Mark:
    """A covered stretch of a lane, from `begin` to `end`; who covers it, how fast along it."""

    begin: float
    end: float
    speed: float
    owner: int
    blocks: bool = False


class Mode(Enum):
    """What a vehicle is doing."""

    DRIVING = "driving"
    PARKING = "parking"
    PARKED = "parked"
    LEAVING = "leaving"
    STOOD = "stood"


@dataclass(slots=True, eq=False)
class Vehicle:
    """A vehicle whose middle is `s` metres along its path.

    Attributes:
        road: the lane it drives; None off the lanes (in a bay, stood by an event).
        pace: its driver's speed against the limit.
        shift: how far left of the path it is, m; it moves towards `shift_to`.
        cap: no faster than this, m/s; events set it.
        brake: it brakes this hard, m/s2, whatever else; events set it.
        blocks: others may go round it, since it will not move soon.
        keeps_lane: it does not go round others; events set it.
        until: when the present halt (in a bay, at a bus stop) ends.
        cover: the marks it makes on lanes while it stands still, kept since most stand often.
    """

    id: int
    kind: ActorKind
    look: int
    path: Path
    s: float
    road: Road | None = None
    mode: Mode = Mode.DRIVING
    speed: float = 0.0
    pace: float = 1.0
    shift: float = 0.0
    shift_to: float = 0.0
    twist: tuple[float, float] = (1.0, 0.0)
    cap: float = math.inf
    brake: float = 0.0
    blocks: bool = False
    keeps_lane: bool = False
    until: float = -math.inf
    bay: Bay | None = None
    turn_in: float = math.inf
    bus_stop: float = math.inf
    let_in: list[Gate] = field(default_factory=list)
    length: float = 0.0
    half: float = 0.0
    cover: tuple[tuple[int, Mark], ...] = ()
    _posed: tuple[object, ...] = ()
    _pose: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 0.0)

    def __post_init__(self) -> None:
        size = SIZES[self.kind]
        self.length, self.half = size.length, size.width / 2

    @property
    def front(self) -> float:
        """Where its front is along its path."""
        return self.s + self.length / 2

    @property
    def rear(self) -> float:
        """Where its rear is along its path."""
        return self.s - self.length / 2

    def pose(self) -> tuple[float, float, float, float]:
        """x, y of its middle and the direction it points, a unit vector: its axles' chord."""
        posed = (self.s, self.shift, self.path, self.twist)
        if posed != self._posed:
            self._posed, self._pose = posed, self._chord()
            self.cover = ()
        return self._pose

    def _chord(self) -> tuple[float, float, float, float]:
        axle = 0.29 * self.length
        ax, ay, _, _ = self.path.at(self.s - axle)
        bx, by, _, _ = self.path.at(self.s + axle)
        dx, dy = bx - ax, by - ay
        size = math.sqrt(dx * dx + dy * dy)
        ux, uy = dx / size, dy / size
        x, y = (ax + bx) / 2 - uy * self.shift, (ay + by) / 2 + ux * self.shift
        slant = 0.0 if self.shift == self.shift_to else 0.12 * (self.shift_to - self.shift)
        slant = max(-0.25, min(0.25, slant))
        tx, ty = self.twist[0] - slant * self.twist[1], self.twist[1] + slant * self.twist[0]
        size = math.sqrt(tx * tx + ty * ty)
        tx, ty = tx / size, ty / size
        return x, y, ux * tx - uy * ty, ux * ty + uy * tx

    def spots(self) -> Iterator[tuple[float, float]]:
        """Points along its middle, from rear to front, no farther apart than 2.5 m."""
        x, y, ux, uy = self.pose()
        steps = 2 if self.length < 5 else 4
        for step in range(steps + 1):
            along = (step / steps - 0.5) * self.length
            yield x + along * ux, y + along * uy

    def actor(self) -> Actor:
        """How it looks to a camera."""
        x, y, ux, uy = self.pose()
        pose = Pose.RIDING if self.kind in _BIKES else Pose.NONE
        turns = self.s / 2.0 if self.kind in _BIKES else 0.0
        speed = -self.speed if self.mode is Mode.LEAVING else self.speed
        heading = math.atan2(uy, ux)
        phase = turns - math.floor(turns)
        lit = self.mode is not Mode.PARKED
        return Actor(self.id, self.kind, x, y, heading, speed, pose, phase, self.look, lit=lit)
