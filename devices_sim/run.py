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
from smartopia.tasks import ended

_RETRY_S = 1.0
_ACCOUNTS = "accounts"

Passwords = dict[DeviceKey, str]

_log = logging.getLogger(__name__)


async def run_fleet(
    fleet: Sequence[Member],
    passwords: Passwords,
    *,
    settings: Settings,
    reporter: Reporter,
    metrics: Metrics,
    stop: asyncio.Event,
) -> None:
    """Start all devices; stop them cleanly when told to."""
    devices = [(_device(member, settings, passwords, metrics), member) for member in fleet]
    _log.info("%d devices start", len(devices))

    def failed(name: str, text: str) -> None:
        reporter.degraded(f"device {name}", f"{name} stopped: {text}")

    lives = []
    for device, member in devices:
        device.start()
        lives.append(asyncio.create_task(live(device, member.life, failed), name=member.name))
    await stop.wait()
    await ended(*lives)
    await asyncio.gather(*(device.stop() for device, _ in devices))


async def passwords_of(
    names: Sequence[str], settings: Settings, reporter: Reporter, stop: asyncio.Event
) -> Passwords | None:
    """The devices' broker passwords, as soon as they are to be had; None if stopped before.

    Raises:
        ConfigurationError: devices have no account at the broker, and none can be made.
    """
    keys = [DeviceKey(settings.site, name) for name in names]
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
    return None


def _device(member: Member, settings: Settings, passwords: Passwords, metrics: Metrics) -> Device:
    key = DeviceKey(settings.site, member.name)
    door = Door(settings.mqtt_host, settings.mqtt_port, member.name, passwords[key])
    return Device(key, door, member.announce, metrics)
