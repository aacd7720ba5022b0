"""Runs a scenario: lets its own devices in, seals what is going to happen, and lets it happen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from devices_sim.cameras.scene.live.studio import open_studio
from devices_sim.cameras.scene.programme import Programme, programme
from devices_sim.clock import RunClock
from devices_sim.conditions.registry import Conditions
from devices_sim.fleet import members
from devices_sim.notes import NoNotes, Notes
from devices_sim.run import passwords_of, run_fleet
from devices_sim.run_model import Run
from devices_sim.scenario_files import Played
from devices_sim.sdk.registry import Kinds
from devices_sim.spans import spans_of
from devices_sim.truth.recorder import Recorder
from devices_sim.truth.schedule import Plan
from devices_sim.truth.sealer import Sealer
from devices_sim.world.world import World
from smartopia.bus.connection import Broker, connect_broker
from smartopia.bus.health import Reporter
from smartopia.errors import UnavailableError
from smartopia.metrics import Metrics
from smartopia.settings import Settings
from smartopia.tasks import ended
from smartopia.things.requests import EnlistRequest, ask_enlist
from smartopia.truth.canonical import digest
from smartopia.truth.requests import ask

PART = "simulate"
_PATIENCE_S = 5.0
_RETRY_S = 0.5

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Play:
    """What is to be run.

    Attributes:
        name: what the scenario is called in the truth.
        played: the scenario; those of its devices that are shipped begin in the field.
        kinds: the kinds of devices there are.
        conditions: the field conditions there are.
    """

    name: str
    played: Played
    kinds: Kinds
    conditions: Conditions

    def world(self, zone: ZoneInfo) -> World:
        """The city, at its own present hour where the scenario names none."""
        here = datetime.now(zone)
        return self.played.scenario.world(here.hour + here.minute / 60)

    def plan(self, world: World) -> Plan:
        """What is sealed."""
        scenario = self.played.scenario
        return Plan(
            scenario=self.name,
            scenario_digest=digest(scenario.model_dump(mode="json")),
            seed=scenario.seed,
            incidents=world.incidents,
            conditions=[s for own in spans_of(scenario, self.conditions).values() for s in own],
            programmes=self.programmes(),
        )

    def programmes(self) -> list[Programme]:
        """What is played in the scenes."""
        scenario = self.played.scenario
        return [programme(scene, scenario.seed, scenario.cycle) for scene in scenario.scenes]


async def run_scenario(play: Play, settings: Settings, stop: asyncio.Event) -> None:
    """Run a scenario until told to stop.

    Raises:
        ConfigurationError: the scenario asks for what there is not, devices have no account, or
            the truth folder cannot be used.
    """
    scenario, world, metrics = (
        play.played.scenario,
        play.world(ZoneInfo(settings.timezone)),
        Metrics(),
    )
    async with Reporter(settings, PART, metrics) as reporter:
        broker = await connect_broker(settings, PART)
        enlisting = asyncio.create_task(_enlist(broker, settings.site, play.played.shipped))
        try:
            passwords = await passwords_of(scenario.names(), settings, reporter, stop)
            if passwords is None:
                return
            await asyncio.wait([enlisting], timeout=_PATIENCE_S)
            async with (
                _truth(play, world, settings, broker, reporter) as (clock, notes),
                open_studio(play.programmes(), world, reporter, speed=scenario.speed) as studio,
            ):
                run = Run(world, clock, settings.data, play.conditions, notes)
                fleet = list(members(scenario, play.kinds, run, studio))
                await run_fleet(
                    fleet,
                    passwords,
                    settings=settings,
                    reporter=reporter,
                    metrics=metrics,
                    stop=stop,
                )
        finally:
            enlisting.cancel()
            await broker.close()
    _log.info("stopped: %s", dict(metrics.counters))


@asynccontextmanager
async def _truth(
    play: Play, world: World, settings: Settings, broker: Broker, reporter: Reporter
) -> AsyncIterator[tuple[RunClock, Notes]]:
    """The run's clock, and where is noted what happens; revealed at the end."""
    scenario = play.played.scenario
    make_clock: Callable[[float], RunClock] = partial(
        RunClock.beginning, start=scenario.start, speed=scenario.speed
    )
    if settings.truth_dir is None:
        yield make_clock(0.0), NoNotes()
        return
    recorder = Recorder()
    sealer = Sealer(
        play.plan(world),
        recorder,
        settings.truth_dir,
        partial(ask, broker),
        reporter,
        make_clock=make_clock,
    )
    clock = await sealer.begin(_PATIENCE_S)
    sealing = asyncio.create_task(sealer.run(), name="sealer")
    try:
        yield clock, recorder
    finally:
        await ended(sealing)
        await sealer.end()


async def _enlist(broker: Broker, site: str, names: Iterable[str]) -> None:
    request = EnlistRequest(site=site, names=tuple(sorted(names)), by=PART)
    while request.names:
        try:
            await ask_enlist(broker, request)
        except UnavailableError as error:
            _log.warning("shipped devices wait in the sandbox: %s", error)
            await asyncio.sleep(_RETRY_S)
        else:
            return
