"""A test bench: a broker of the check's own, a line that can be broken, and a device on it."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from devices_sim.check.course import Plan, examine
from devices_sim.check.ear import Ear, listening
from devices_sim.check.proxy import Proxy
from devices_sim.check.transcript import Fault, LinkState, Transcript
from devices_sim.sdk.connection import Door
from smartopia.bus.accounts import BrokerFolder, reload_users
from smartopia.bus.provision import prepare_log
from smartopia.cli.state import free_port
from smartopia.cli.supervisor import child_environment, guarded
from smartopia.contract.topics import DeviceKey
from smartopia.embedded.broker import EmbeddedBroker
from smartopia.errors import UnavailableError
from smartopia.settings import Settings

_START_S = 15.0
_STOP_S = 10.0
_AWAY_S = 3.0
_SPELL_PERIODS = 3
_SPELL_S = (1.5, 5.0)
STORM_CUTS = 3
_BACK_S = 8.0
HUGE_BYTES = 900_000
BAD_COMMANDS: dict[Fault, bytes] = {
    Fault.UNKNOWN_COMMAND: b'{"id": "check-1", "command": "fold_yourself", "arguments": {}}',
    Fault.MALFORMED_COMMAND: b'\xff{"id": "check-2", "command": ',
    Fault.HUGE_COMMAND: b'{"id": "check-3", "command": "' + b"x" * HUGE_BYTES + b'"}',
}


class Specimen(Protocol):
    """A device that can be started and stopped."""

    async def start(self, door: Door) -> None:
        """Begin a new life at this door."""

    async def stop(self) -> None:
        """End it, as its maker would."""


class BenchHands:
    """Faults of a line we hold in our hands."""

    impossible: Mapping[Fault, str] = {}

    def __init__(self, proxy: Proxy, specimen: Specimen, door: Door) -> None:
        self._proxy = proxy
        self._specimen = specimen
        self._door = door

    async def inject(self, fault: Fault, ear: Ear, period: float) -> None:
        """Do it, all of it."""
        proxy = self._proxy
        spell = min(max(_SPELL_PERIODS * period, _SPELL_S[0]), _SPELL_S[1])
        if fault in BAD_COMMANDS:
            await ear.command(BAD_COMMANDS[fault])
        elif fault is Fault.RESTART:
            await self._specimen.stop()
            await self._specimen.start(self._door)
        elif fault is Fault.STORM:
            await storm(ear, self._cut)
        else:
            proxy.answers = fault is not Fault.UNACKNOWLEDGED
            proxy.passes = fault is not Fault.SWALLOWED
            if fault in {Fault.UNACKNOWLEDGED, Fault.SWALLOWED}:
                await asyncio.sleep(spell)
            proxy.away = fault is Fault.AWAY
            await ear.lost_by(self._cut)
            await asyncio.sleep(_AWAY_S if proxy.away else 0)
            proxy.answers = proxy.passes = True
            proxy.away = False

    async def _cut(self) -> None:
        self._proxy.cut()


async def storm(ear: Ear, cut: Callable[[], Awaitable[object]]) -> None:
    """Cut a connection three times, each time as soon as it is back."""
    for left in reversed(range(STORM_CUTS)):
        at = ear.now
        await ear.lost_by(cut)
        if left and not await ear.until(partial(ear.open_since, at), _BACK_S):
            return


@dataclass(frozen=True, slots=True)
class Bench:
    """A broker of the check's own, and the accounts of the devices it was made for."""

    settings: Settings
    passwords: Mapping[DeviceKey, str]

    async def check(self, specimen: Specimen, key: DeviceKey, plan: Plan) -> Transcript:
        """Start a device at this broker, behind a line of ours, and put it through all of it.

        Raises:
            UnavailableError: the broker does not answer.
        """
        async with listening(self.settings, key) as ear:
            where = self.settings.mqtt_host, self.settings.mqtt_port
            proxy = Proxy(*where, lambda: ear.note(LinkState.REFUSED))
            door = Door("127.0.0.1", await proxy.start(), key.device, self.passwords[key])
            try:
                await specimen.start(door)
                return await examine(ear, BenchHands(proxy, specimen, door), plan)
            finally:
                await specimen.stop()
                await proxy.close()


@asynccontextmanager
async def bench(*keys: DeviceKey) -> AsyncIterator[Bench]:
    """A bench in a folder of its own, with accounts for these devices. Gone afterwards.

    Raises:
        ConfigurationError: no broker is installed.
        UnavailableError: it did not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="smartopia-check-"))
    try:
        embedded = EmbeddedBroker(
            folder / "broker",
            free_port(),
            free_port(),
            secrets.token_urlsafe(16),
            secrets.token_urlsafe(16),
        )
        embedded.prepare()
        settings = Settings(
            broker_url=SecretStr(embedded.url),
            broker_system_url=SecretStr(embedded.system_url),
            broker_dir=embedded.folder,
            mqtt_host="127.0.0.1",
            mqtt_port=embedded.mqtt_port,
        )
        async with _served(embedded, folder / "broker.log"):
            await _prepared(settings, embedded.nats_port)
            passwords = BrokerFolder(embedded.folder).add_devices(keys)
            await reload_users(settings)
            yield Bench(settings, passwords)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


@asynccontextmanager
async def _served(embedded: EmbeddedBroker, log: Path) -> AsyncIterator[None]:
    command = guarded(embedded.command(), signal.SIGTERM, os.geteuid(), os.getegid())
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=out,
            stderr=out,
            env=child_environment({}),
        )
    try:
        yield
    finally:
        if process.stdin is not None:
            process.stdin.close()  # its guard stops it then
        await asyncio.wait_for(process.wait(), _STOP_S)


async def _prepared(settings: Settings, port: int) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            # The NATS client waits two seconds after a vain attempt; a bare socket does not.
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            await prepare_log(settings)
        except (OSError, UnavailableError) as error:
            if time.monotonic() > deadline:
                raise UnavailableError(f"the check's own broker did not start: {error}") from None
            await asyncio.sleep(0.05)
        else:
            return
