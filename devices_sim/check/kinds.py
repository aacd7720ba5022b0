"""A kind on the bench: one sensor or camera of it, made and run as a scenario would."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime

from devices_sim.clock import RunClock
from devices_sim.fleet import Member, live, members
from devices_sim.run_model import Run
from devices_sim.scenario import Camera, Scenario, Sensor, Trouble
from devices_sim.sdk.connection import Door
from devices_sim.sdk.device import Device
from devices_sim.sdk.registry import Kinds
from devices_sim.world.incident import IncidentKind
from smartopia.contract.topics import DeviceKey
from smartopia.metrics import Metrics

FASTEST_S = 0.5
_SITE = "check"
_PLACE = (37.6262, 126.7112)
# Everything goes wrong, and minutes of weather pass: results shall move, and stay in range.
_PACE = 60.0
_TROUBLES = tuple(Trouble(kind=kind, place=_PLACE, at=2, duration=60) for kind in IncidentKind)


class KindSpecimen:
    """One device of a kind, at a pace that lets the check end soon."""

    def __init__(self, name: str, kinds: Kinds) -> None:
        """`name` is that of a kind there is."""
        self.key = DeviceKey(_SITE, name.replace(".", "-"))
        self._kinds = kinds
        self._scenario = _scenario(name, self.key.device, kinds)
        self._device: Device | None = None
        self._life: asyncio.Task[None] | None = None

    async def start(self, door: Door) -> None:
        """Begin a new life."""
        member = self._member()
        self._device = Device(self.key, door, member.announce, Metrics())
        self._device.start()
        # A kind that fails says so in its status; the check hears it there.
        self._life = asyncio.create_task(live(self._device, member.life, lambda *_: None))

    async def stop(self) -> None:
        """End it with a goodbye."""
        if self._life is None or self._device is None:
            return
        self._life.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._life
        await self._device.stop()

    def _member(self) -> Member:
        here = datetime.now().astimezone()
        world = self._scenario.world(here.hour + here.minute / 60)
        (made,) = members(self._scenario, self._kinds, Run(world, RunClock.beginning()))
        return made


def _scenario(kind: str, name: str, kinds: Kinds) -> Scenario:
    if kind in kinds.cameras:
        made = kinds.cameras[kind]
        rate = max(made.rate, 1 / FASTEST_S)
        camera = Camera(name=name, kind=kind, rate=rate, place=_PLACE, title=made.title)
        return Scenario(pace=_PACE, incidents=_TROUBLES, cameras=(camera,))
    period = min(kinds.sensors[kind].period, FASTEST_S)
    sensor = Sensor(name=name, kind=kind, place=_PLACE, period=period)
    return Scenario(pace=_PACE, incidents=_TROUBLES, devices=(sensor,))
