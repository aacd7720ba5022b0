"""What a script works with: it sends people and vehicles in, and says when its event is true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from devices_sim.cameras.scene.actors import Actor, ActorKind, Pose
from devices_sim.cameras.scene.plan.events import SceneEvent, TrueEvent
from devices_sim.cameras.scene.plan.geometry import Vec, distance
from devices_sim.cameras.scene.plan.person import Go, Person, Stay
from devices_sim.cameras.scene.plan.placing import Spot
from devices_sim.cameras.scene.plan.sight import Sight
from devices_sim.cameras.scene.plan.simulation import STEP, Simulation
from devices_sim.cameras.scene.plan.walkways import Leg, length
from devices_sim.world.noise import uniform

Script = Iterator[None]
"""A script goes on by one step each time it is asked for more."""

FOR_EVER = 1e9
_NEAR, _FAR = 12.0, 60.0
_PACE = 1.35
_SLACK = 1.08  # ways are walked a little slower than straight


@dataclass(slots=True)
class Stage:
    """One event on its way."""

    sim: Simulation
    event: SceneEvent
    spot: Spot
    sight: Sight
    onset: float | None = None
    end: float | None = None
    actors: list[int] = field(default_factory=list)

    @property
    def now(self) -> float:
        """Seconds of the run."""
        return self.sim.now

    @property
    def at(self) -> Vec:
        """Where it takes place."""
        return self.spot.x, self.spot.y

    @property
    def truth(self) -> TrueEvent | None:
        """What is true of it so far."""
        if self.onset is None:
            return None
        return TrueEvent(self.event.kind, self.onset, self.end, tuple(self.actors), *self.at)

    def begins(self, since: float | None = None) -> None:
        """The event is true, from now on if no earlier time is given."""
        if self.onset is None:
            self.onset = self.now if since is None else since

    def ends(self, since: float | None = None) -> None:
        """It no longer is, from now on if no earlier time is given."""
        if self.onset is not None and self.end is None:
            self.end = self.now if since is None else since

    def wait(self, seconds: float) -> Script:
        """Lets so many seconds pass."""
        yield from self.until(self.now + seconds)

    def until(self, time: float) -> Script:
        """Lets time pass until then."""
        while self.now < time - STEP / 2:
            yield

    def lasts(self) -> Script:
        """Lets the event last as long as it is meant to."""
        yield from self.wait(self.event.duration)

    def chance(self, what: str, *key: int) -> float:
        """A number in [0, 1) of this event."""
        return uniform(what, self.sim.seed, self.event.kind, repr(self.event.at), *key)

    def comes(
        self, to: Vec, number: int = 0, pose: Pose = Pose.WALKING, far: float = _FAR
    ) -> _Comer:
        """Somebody who can be there at a given time, but has not set out yet.

        Comes from less than `far` metres away, if it can.
        """
        walkways = self.sim.walkways
        ways = [walkways.to(start, to) for start in walkways.ways_in]
        ways = [way for way in ways if way]
        # Signals would make arrival uncertain: a way without crossings is better, and one of
        # middling length, so that it is seen to come.
        crossing = [sum(leg.crossing for leg in way) for way in ways]
        best = sorted(
            range(len(ways)),
            key=lambda i: (crossing[i], not _NEAR < length(ways[i]) < far, length(ways[i])),
        )
        clear = [i for i in best if crossing[i] == crossing[best[0]]][:4]
        clear = [i for i in clear if length(ways[i]) < far] or clear[:1]
        legs = ways[clear[(number + int(4 * self.chance("way"))) % len(clear)]]
        return _Comer(self, legs, number, pose)

    def goes(self, one: Person, pose: Pose = Pose.WALKING) -> None:
        """Lets a person walk off the nearest way out."""
        walkways = self.sim.walkways
        here = (one.x, one.y)
        ways = [walkways.to(goal, here) for goal in walkways.ways_in]
        ways = [way for way in ways if way and length(way) > _NEAR] or [way for way in ways if way]
        way = min(ways, key=lambda way: (sum(leg.crossing for leg in way), length(way)))
        self.walks(one, tuple(leg.back() for leg in reversed(way)), pose)
        one.kept = False

    def walks(self, one: Person, legs: tuple[Leg, ...], pose: Pose = Pose.WALKING) -> None:
        """Gives a person a way to walk, instead of what it did; it comes first to its start."""
        here = (one.x, one.y)
        if distance(here, legs[0].a) > 0.1:
            legs = (Leg(here, legs[0].a, 0.9), *legs)
        one.tasks.clear()
        one.tasks.append(Go(legs, pose, regardless=True))

    def holds(self, one: Person, pose: Pose, facing: Vec | None = None) -> None:
        """Lets a person hold a pose until told otherwise."""
        one.tasks.clear()
        one.tasks.append(Stay(FOR_EVER, pose, facing))

    def puts(self, kind: ActorKind, at: Vec, scale: float = 1.0) -> int:
        """Puts a thing somewhere; its id."""
        key = next(self.sim.ids)
        look = int(uniform("look", self.sim.seed, key) * 2**31)
        phase = (self.now * 0.7) % 1.0
        self.sim.props[key] = Actor(key, kind, *at, 0.0, 0.0, Pose.NONE, phase, look, scale)
        self.actors.append(key)
        return key

    def scales(self, key: int, scale: float) -> None:
        """Makes a thing larger or smaller, and lets it flicker."""
        old = self.sim.props[key]
        self.sim.props[key] = replace(old, scale=scale, phase=(old.phase + 0.7 * STEP) % 1.0)

    def takes(self, key: int) -> None:
        """Takes a thing away."""
        del self.sim.props[key]


@dataclass(slots=True)
class _Comer:
    """A way to the event, and who will walk it."""

    stage: Stage
    legs: tuple[Leg, ...]
    number: int
    pose: Pose

    @property
    def seconds(self) -> float:
        """How long the way takes."""
        return length(self.legs) / _PACE * _SLACK + 1

    def sets_out(self) -> Person:
        """The person, at the start of the way."""
        event, sim = self.stage.event, self.stage.sim
        start = self.legs[0].a
        one = sim.passers.person(start, self.legs, _PACE, event.kind, event.at, self.number)
        one.kept = True
        one.tasks.append(Go(self.legs, self.pose, regardless=True))
        self.stage.actors.append(one.id)
        return one

    def by(self, time: float) -> Iterator[None]:
        """Lets time pass until it has to set out to be there by then."""
        yield from self.stage.until(time - self.seconds)
