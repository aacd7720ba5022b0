"""A plan: everything that happens in a layout, at any time, from one seed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from devices_sim.cameras.scene.actors import SceneState
from devices_sim.cameras.scene.layout import Layout
from devices_sim.cameras.scene.plan import scripts_hazards as hazards
from devices_sim.cameras.scene.plan import scripts_people as people
from devices_sim.cameras.scene.plan import scripts_vehicles as vehicles
from devices_sim.cameras.scene.plan.events import EventKind, SceneEvent, TrueEvent
from devices_sim.cameras.scene.plan.placing import Spot, place
from devices_sim.cameras.scene.plan.sight import Sight
from devices_sim.cameras.scene.plan.simulation import STEP, Simulation
from devices_sim.cameras.scene.plan.stage import Script, Stage
from devices_sim.cameras.scene.plan.unmeant import by_itself
from devices_sim.world.world import World

WARM_UP = 80.0
"""Seconds a scene runs before the run begins, so that it does not begin empty."""

_SCRIPTS: dict[EventKind, Callable[[Stage], Script]] = {
    EventKind.INTRUSION: people.intrusion,
    EventKind.LOITERING: people.loitering,
    EventKind.ABANDONMENT: people.abandonment,
    EventKind.COLLAPSE: people.collapse,
    EventKind.CROWD: people.crowd,
    EventKind.FIGHTING: people.fighting,
    EventKind.LINE_CROSSING: people.line_crossing,
    EventKind.JAYWALKING: people.jaywalking,
    EventKind.WRONG_WAY: vehicles.wrong_way,
    EventKind.ILLEGAL_PARKING: vehicles.illegal_parking,
    EventKind.CONGESTION: vehicles.congestion,
    EventKind.ACCIDENT: vehicles.accident,
    EventKind.FIRE: hazards.fire,
    EventKind.FLOOD: hazards.flood,
}


class Plan:
    """What happens in a layout.

    Equal layouts, worlds, seeds and events make equal plans, in every process.

    Args:
        layout: the place.
        world: its hour and weather set how much goes on.
        seed: who comes, when, and what for.
        events: what happens on purpose, `at` counted from `begin`.
        begin: seconds of the world at which the plan begins.

    Raises:
        ConfigurationError: an event has no place in this layout, or none a camera sees.
    """

    def __init__(
        self,
        layout: Layout,
        world: World,
        seed: int = 1,
        events: Iterable[SceneEvent] = (),
        begin: float = 0.0,
    ) -> None:
        self.layout, self.world, self.seed = layout, world, seed
        self._begin = round(begin / STEP)
        self._sight = Sight(layout)
        self._events = [
            (
                event.model_copy(update={"at": event.at + self._begin * STEP}),
                place(event, layout, self._sight, seed),
            )
            for event in events
        ]
        self._start()

    def at(self, time: float) -> SceneState:
        """The scene at a time (seconds of the world, from its begin): its last step not after it.

        Time is best asked for in order: going back begins again from the start.
        """
        steps = math.floor(time / STEP + 1e-6)
        if steps < self._begin:
            raise ValueError(f"this plan begins at {self._begin * STEP:g} s, not at {time:g}")
        if steps < self._steps:
            self._start()
        while self._steps < steps:
            self._step()
        return self._sim.state()

    def true_events(self, until: float) -> tuple[TrueEvent, ...]:
        """What will truly have happened by then; computed apart, the present stays as it is."""
        ahead = Plan.__new__(Plan)
        ahead.layout, ahead.world, ahead.seed = self.layout, self.world, self.seed
        ahead._sight, ahead._events = self._sight, self._events  # noqa: SLF001
        ahead._begin = self._begin  # noqa: SLF001
        ahead._start()  # noqa: SLF001
        ahead.at(until)
        return ahead.happened()

    def happened(self) -> tuple[TrueEvent, ...]:
        """What has truly happened so far.

        First the events that were given, in their order; then what came by itself, in the order it
        began to count: jams, and people on the road.
        """
        truths = (stage.truth for stage in self._stages)
        meant = tuple(truth for truth in truths if truth is not None)
        return (*meant, *by_itself(self._sim, meant))

    def _start(self) -> None:
        against = [spot.part for event, spot in self._events if event.kind is EventKind.WRONG_WAY]
        early = self._begin - round(WARM_UP / STEP)
        self._sim = Simulation(self.layout, self.world, self.seed, early * STEP, against)
        self._stages = [self._stage(event, spot) for event, spot in self._events]
        self._scripts = [_SCRIPTS[stage.event.kind](stage) for stage in self._stages]
        self._steps = early
        while self._steps < self._begin:
            self._step()
        self._sim.watch()

    def _stage(self, event: SceneEvent, spot: Spot) -> Stage:
        return Stage(self._sim, event, spot, self._sight)

    def _step(self) -> None:
        self._steps += 1
        self._sim.step()
        self._scripts = [one for one in self._scripts if next(one, _DONE) is not _DONE]


_DONE = object()
