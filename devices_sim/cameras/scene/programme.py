"""What a scene plays in a run, turn by turn: the same events again, other people.

A run may last for weeks. Each turn has a plan of its own, so that who was away for long has one
turn to catch up with, and not all that was.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace

from devices_sim.cameras.scene.actors import SceneState
from devices_sim.cameras.scene.layout import Layout
from devices_sim.cameras.scene.plan import EventKind, Plan, SceneEvent, TrueEvent
from devices_sim.cameras.scene.plan.geometry import distance
from devices_sim.cameras.scene.plan.placing import Spot, looked_at, place
from devices_sim.cameras.scene.plan.sight import Sight
from devices_sim.cameras.scene.section import Scene
from devices_sim.world.noise import uniform
from devices_sim.world.place import Place
from devices_sim.world.world import World

TURN_S = 900.0
"""The length of a turn where nothing else sets it."""

TURN_IDS = 1_000_000
"""Ids that belong to the actors of one turn."""

_AHEAD_S = 30.0

_FAR = 3.0
"""So many times smaller than what is asked for something may still be made out, as cars are."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An event that is going to happen, in seconds of the run. `id`: the same wherever told."""

    id: str
    event: SceneEvent
    spot: Spot
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Occurred:
    """An event that truly happened.

    Attributes:
        id: as of `Planned`, if it was.
        onset, end: seconds of the run; `end` is None while it goes on.
        place: where.
        cameras: which of the scene's see that place.
        far: which others see it, too small to be asked.
        actors: who takes part.
    """

    id: str
    kind: EventKind
    scene: str
    onset: float
    end: float | None
    place: Place
    cameras: tuple[str, ...]
    actors: tuple[int, ...]
    far: tuple[str, ...] = ()


@dataclass(frozen=True)
class Programme:
    """What an opened scene plays.

    Attributes:
        seed: of its first turn; later ones draw theirs from it.
        length: seconds of a turn.
        repeats: whether its events come again with each turn.
    """

    scene: Scene
    seed: int
    length: float
    repeats: bool

    @property
    def layout(self) -> Layout:
        """Where."""
        return self.scene.ground

    def turn(self, time: float) -> int:
        """Which turn a time, in seconds of the run, is in; before the run it is the first."""
        return max(0, math.floor(time / self.length))

    def begin(self, turn: int) -> float:
        """When a turn begins, in seconds of the run."""
        return turn * self.length

    def seed_of(self, turn: int) -> int:
        """The seed of a turn."""
        return int(uniform("turn", self.seed, turn) * 2**31) if turn else self.seed

    def events(self, turn: int) -> tuple[SceneEvent, ...]:
        """What is to happen in a turn; `at` counts from its begin."""
        return self.scene.events if turn == 0 or self.repeats else ()

    def plan(self, turn: int, world: World) -> Plan:
        """All that happens in a turn."""
        begin = self.begin(turn)
        return Plan(self.layout, world, self.seed_of(turn), self.events(turn), begin)

    def planned(self, turn: int) -> Iterator[Planned]:
        """What is to happen in a turn, and where."""
        sight, begin = Sight(self.layout), self.begin(turn)
        for number, event in enumerate(self.events(turn)):
            yield Planned(
                id=f"{self.scene.name}-{event.kind}-{number}.{turn}",
                event=event,
                spot=place(event, self.layout, sight, self.seed_of(turn)),
                begin=begin + event.at,
                end=begin + event.at + event.duration,
            )

    def occurred(self, turn: int, truths: tuple[TrueEvent, ...]) -> Iterator[Occurred]:
        """What a turn's plan says has happened.

        What was planned has the id it was planned under; what came by itself is numbered by kind.
        """
        left, sight, over = list(self.planned(turn)), Sight(self.layout), self.begin(turn + 1)
        for truth in truths:
            if truth.onset >= over:
                continue
            if truth.meant:
                mine = min(left, key=lambda one: _unlike(one, truth))
                left.remove(mine)
                ident = mine.id
            else:
                ident = f"{self.scene.name}-{truth.kind}-by-itself-{truth.number}.{turn}"
            height, size = looked_at(truth.kind)
            poles = sight.seen_by(truth.x, truth.y, height, size)
            beyond = set(sight.seen_by(truth.x, truth.y, height, _FAR * size)) - set(poles)
            if not (truth.meant or poles or beyond):
                continue
            yield Occurred(
                id=ident,
                kind=truth.kind,
                scene=self.scene.name,
                onset=truth.onset,
                end=None if truth.end is None else min(truth.end, over),
                place=self.located(truth.x, truth.y),
                cameras=self.scene.lenses_of(poles),
                actors=tuple(turn * TURN_IDS + actor for actor in truth.actors),
                far=self.scene.lenses_of(tuple(beyond)),
            )

    def located(self, x: float, y: float) -> Place:
        """Where a point of the layout lies in the world."""
        return Place(*self.layout.place).moved(x, y)


def programme(scene: Scene, seed: int, cycle: float | None) -> Programme:
    """What a scene plays.

    Args:
        scene: opened.
        seed: the scenario's.
        cycle: seconds after which its events come again; None if they do not.
    """
    own = int(uniform("scene", seed, scene.name) * 2**31) if scene.seed is None else scene.seed
    if cycle is not None:
        return Programme(scene, own, cycle, repeats=True)
    lasts = max((event.at + event.duration for event in scene.events), default=0.0)
    length = TURN_S * max(1, math.ceil(1.2 * lasts / TURN_S))
    return Programme(scene, own, length, repeats=False)


class Showing:
    """A programme as it is played: its state at any time, and what has happened.

    Time is best asked for in order. A time goes back cheaply by a step or two only.
    """

    def __init__(self, programme: Programme, world: World) -> None:
        self.programme, self._world = programme, world
        self._turn = -1
        self._plan: Plan | None = None
        self._state: SceneState | None = None
        self._coming: tuple[int, Future[Plan]] | None = None
        self._over: tuple[Occurred, ...] = ()
        self._truths: tuple[TrueEvent, ...] = ()
        self._found: tuple[Occurred, ...] = ()

    def at(self, time: float, crew: Executor | None = None) -> SceneState:
        """The state at a time (seconds of the run), its actors' ids those of its turn.

        Args:
            time: seconds of the run.
            crew: makes the plan of the next turn ahead, if given.
        """
        turn = self.programme.turn(time)
        if turn != self._turn or self._plan is None:
            self._begin(turn)
        plan = self._plan
        if plan is None:
            raise AssertionError("a turn that has begun has no plan")
        late = self.programme.begin(turn + 1) - time < _AHEAD_S
        if crew is not None and late and self._coming is None:
            self._coming = turn + 1, crew.submit(self.programme.plan, turn + 1, self._world)
        # One who asks a moment too late gets what is there, rather than all from the start again.
        if self._state is None or time > self._state.time:
            self._state = plan.at(max(time, self.programme.begin(turn)))
        return self._state

    @property
    def first_id(self) -> int:
        """What the ids of this turn's actors count from, so that no two turns share one."""
        return self._turn * TURN_IDS

    def happened(self) -> tuple[Occurred, ...]:
        """What has happened in this turn so far, and in the one before."""
        truths = () if self._plan is None else self._plan.happened()
        if truths != self._truths:
            self._truths = truths
            self._found = tuple(self.programme.occurred(self._turn, truths))
        return (*self._over, *self._found)

    def _begin(self, turn: int) -> None:
        self._over = self._ended(turn)
        coming, self._coming = self._coming, None
        if coming is not None and coming[0] == turn:
            self._plan = coming[1].result()
        else:
            self._plan = self.programme.plan(turn, self._world)
        self._turn, self._state = turn, None
        self._truths, self._found = (), ()

    def _ended(self, turn: int) -> tuple[Occurred, ...]:
        """What happened in the turn that is over, where the new one is the next."""
        if self._plan is None or turn != self._turn + 1:
            return ()
        over = self.programme.begin(turn)
        self._plan.at(over)
        found = self.programme.occurred(self._turn, self._plan.happened())
        return tuple(_cut(one, over) for one in found)


def _unlike(planned: Planned, truth: TrueEvent) -> tuple[bool, float, float]:
    """How little an event that happened is like one that was planned."""
    apart = distance((planned.spot.x, planned.spot.y), (truth.x, truth.y))
    return planned.event.kind is not truth.kind, apart, abs(planned.begin - truth.onset)


def _cut(one: Occurred, over: float) -> Occurred:
    """With its turn, an event is over."""
    if one.end is not None:
        return one
    return replace(one, end=over)
