"""Our devices that stand for the foreign ones: each with its own account and connection."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field

from devices_sim.attached import doors_of, taken
from devices_sim.bridge.outcomes import Described, Foreign, Present, Told
from devices_sim.bridge.troubles import Says
from devices_sim.sdk.device import Device
from smartopia.contract.announce import Announce, Datastream, Location
from smartopia.contract.status import DeviceState
from smartopia.contract.topics import DeviceKey
from smartopia.errors import ConfigurationError, UnavailableError
from smartopia.metrics import Metrics
from smartopia.settings import Settings

ACCOUNTS = "accounts"
LEFT_WAITING = "left_waiting"
_COLLECT_S = 0.2
_RETRY_S = 2.0
_MOST_WAITING = 100

_log = logging.getLogger(__name__)


@dataclass
class _One:
    """One device: what is known of it, and what it tells as soon as it has an account."""

    foreign: Foreign
    streams: dict[str, Datastream] = field(default_factory=dict)
    state: DeviceState = DeviceState.ONLINE
    note: str | None = None
    waiting: deque[Told] = field(default_factory=deque)
    device: Device | None = None
    asked: bool = False
    refused: bool = False

    def announce(self) -> Announce:
        """How it announces itself as of now."""
        place = self.foreign.place
        return Announce(
            kind=self.foreign.kind,
            title=self.foreign.title,
            location=Location(latitude=place[0], longitude=place[1]) if place else None,
            datastreams=tuple(self.streams.values()),
        )


class Crowd:
    """All of them. `run` gives accounts to new ones, many at once where many come at once."""

    def __init__(self, settings: Settings, metrics: Metrics, says: Says) -> None:
        self._settings = settings
        self._metrics = metrics
        self._says = says
        self._all: dict[str, _One] = {}
        self._new: list[_One] = []
        self._wake = asyncio.Event()

    def __len__(self) -> int:
        return sum(one.device is not None for one in self._all.values())

    def describe(self, described: Described) -> None:
        """A device says what it measures."""
        one = self._meet(described.device)
        self._learn(one, described.streams)
        self._admit(one)

    def tell(self, told: Told) -> None:
        """A device has results. It speaks now, so it is there."""
        one = self._meet(told.device)
        self._learn(one, told.streams)
        self._admit(one)
        if told.fresh:
            self._stand(one, DeviceState.ONLINE)
        if one.device is not None:
            one.device.observe(told.results, told.time)
        elif not one.refused:
            one.waiting.append(told)
            if len(one.waiting) > _MOST_WAITING:
                one.waiting.popleft()
                self._metrics.count(LEFT_WAITING)

    def present(self, present: Present) -> None:
        """A device is there, or is not. One that never told anything gets no account for it."""
        one = self._meet(present.device)
        state = DeviceState.ONLINE if present.online else DeviceState.LOST
        self._stand(one, state, present.note)

    def all_lost(self, note: str) -> None:
        """Nothing is known of any of them any more."""
        for one in self._all.values():
            self._stand(one, DeviceState.LOST, note)

    async def run(self) -> None:
        """Give accounts to devices as they come, until cancelled."""
        told = ""
        while True:
            await self._wake.wait()
            await asyncio.sleep(_COLLECT_S)
            self._wake.clear()
            some, self._new = self._new, []
            try:
                await self._open(some)
            except (UnavailableError, ConfigurationError) as error:
                text = f"{len(some)} devices wait for their accounts: {error}"
                if text != told:
                    _log.warning("%s", text)
                told = text
                self._says.degraded(ACCOUNTS, text)
                self._new = some + self._new
                await asyncio.sleep(_RETRY_S)
                self._wake.set()
            else:
                told = ""
                self._says.recovered(ACCOUNTS)

    async def stop(self) -> None:
        """Say goodbye for all, and close."""
        there = [one.device for one in self._all.values() if one.device is not None]
        await asyncio.gather(*(device.stop("the bridge has stopped") for device in there))

    def _meet(self, foreign: Foreign) -> _One:
        return self._all.setdefault(foreign.name, _One(foreign))

    def _learn(self, one: _One, streams: tuple[Datastream, ...]) -> None:
        new = {stream.name: stream for stream in streams if one.streams.get(stream.name) != stream}
        if new:
            one.streams |= new
            if one.device is not None:
                one.device.announce_anew(one.announce())

    def _admit(self, one: _One) -> None:
        if not one.asked:
            one.asked = True
            self._new.append(one)
            self._wake.set()

    def _stand(self, one: _One, state: DeviceState, note: str | None = None) -> None:
        one.state, one.note = state, note
        if one.device is not None:
            one.device.stand(state, note)

    async def _open(self, some: list[_One]) -> None:
        by_key = {DeviceKey(self._settings.site, one.foreign.name): one for one in some}
        for key in taken(self._settings, list(by_key)):
            self._refuse(by_key.pop(key))
        doors = await doors_of(self._settings, list(by_key))
        for key, one in by_key.items():
            one.device = Device(
                key, doors[key], one.announce(), self._metrics, state=one.state, note=one.note
            )
            one.device.start()
            _log.info("%s attached: %s", key, ", ".join(one.streams))
            while one.waiting:
                told = one.waiting.popleft()
                one.device.observe(told.results, told.time)

    def _refuse(self, one: _One) -> None:
        """The name is another device's: its account must not become ours."""
        one.refused = True
        one.waiting.clear()
        name = one.foreign.name
        text = f"{name} is left out: another device has that name; change name in the mapping"
        _log.error("%s", text)
        self._says.degraded(f"name {name}", text)
