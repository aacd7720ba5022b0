"""Runs a fleet against the broker until told to stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from devices_sim.fleet import Member, live
from devices_sim.sdk.connection import Door
from devices_sim.sdk.device import Device
from smartopia.bus.accounts import ensure_devices
from smartopia.bus.health import Reporter
from smartopia.contract.topics import DeviceKey
from smartopia.errors import UnavailableError
from smartopia.metrics import Metrics
from smartopia.settings import Settings

PART = "simulate"
_RETRY_S = 1.0
_ACCOUNTS = "accounts"

_log = logging.getLogger(__name__)


async def run_fleet(fleet: Sequence[Member], settings: Settings, stop: asyncio.Event) -> None:
    """Start all devices; stop them cleanly when told to.

    Raises:
        ConfigurationError: devices have no account at the broker, and none can be made.
    """
    metrics = Metrics()
    async with Reporter(settings, PART, metrics) as reporter:
        passwords = await _passwords(fleet, settings, reporter, stop)
        devices = [
            (_device(member, settings, passwords[_key(member, settings)], metrics), member)
            for member in fleet
            if passwords
        ]
        _log.info("%d devices start", len(devices))
        await _until(stop, devices, reporter)
    _log.info("stopped: %s", dict(metrics.counters))


async def _until(
    stop: asyncio.Event, devices: Sequence[tuple[Device, Member]], reporter: Reporter
) -> None:
    def failed(name: str, text: str) -> None:
        reporter.degraded(f"device {name}", f"{name} stopped: {text}")

    lives = []
    for device, member in devices:
        device.start()
        lives.append(asyncio.create_task(live(device, member.life, failed), name=member.name))
    await stop.wait()
    for task in lives:
        task.cancel()
    await asyncio.gather(*lives, return_exceptions=True)
    await asyncio.gather(*(device.stop() for device, _ in devices))


async def _passwords(
    fleet: Sequence[Member], settings: Settings, reporter: Reporter, stop: asyncio.Event
) -> dict[DeviceKey, str]:
    """The devices' broker passwords, as soon as they are to be had; none if stopped before."""
    keys = [_key(member, settings) for member in fleet]
    while not stop.is_set():
        try:
            passwords = await ensure_devices(settings, keys)
        except UnavailableError as error:
            _log.warning("devices wait for their accounts: %s", error)
            reporter.degraded(_ACCOUNTS, f"devices wait for their accounts: {error}")
            await asyncio.sleep(_RETRY_S)
        else:
            reporter.recovered(_ACCOUNTS)
            return passwords
    return {}


def _key(member: Member, settings: Settings) -> DeviceKey:
    return DeviceKey(settings.site, member.name)


def _device(member: Member, settings: Settings, password: str, metrics: Metrics) -> Device:
    door = Door(settings.mqtt_host, settings.mqtt_port, member.name, password)
    return Device(_key(member, settings), door, member.announce, metrics)
