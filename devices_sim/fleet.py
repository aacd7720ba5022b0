"""Brings a scenario to life: all its devices in one asyncio loop, none able to stop another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from devices_sim.cameras import replay as camera_replay
from devices_sim.cameras.sources import resolve_source
from devices_sim.replay import play
from devices_sim.replay.series import read_series
from devices_sim.scenario import Camera, Replay, Scenario, Sensor
from devices_sim.sdk.device import Device
from devices_sim.sdk.kind import SensorKind
from devices_sim.world.place import Place
from devices_sim.world.world import World
from smartopia.clock import utc_now
from smartopia.contract.announce import Announce, Location
from smartopia.errors import SmartopiaError

Life = Callable[[Device], Awaitable[str | None]]
"""What a device does until cancelled. One that ends by itself returns why, for its status."""

Clock = Callable[[], float]
"""Seconds since the run began."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Member:
    """One device of the fleet before it starts."""

    name: str
    announce: Announce
    life: Life


def members(
    scenario: Scenario,
    kinds: Mapping[str, SensorKind],
    world: World,
    clock: Clock,
    data: Path | None,
) -> Iterator[Member]:
    """Every device, camera and replay of a scenario.

    Args:
        scenario: what there is.
        kinds: the sensor kinds, by name.
        world: what the sensors measure.
        clock: what they share, so that they agree.
        data: the folder of real data, if there is one.
    """
    for sensor in scenario.devices:
        kind = kinds[sensor.kind]
        kind = kind.every(sensor.period) if sensor.period else kind
        yield Member(sensor.name, announcement(sensor, kind), _sensing(sensor, kind, world, clock))
    for camera in scenario.cameras:
        yield Member(camera.name, camera_replay.announcement(camera), _filming(camera, data))
    for replay in scenario.replays:
        yield Member(replay.name, play.announcement(replay), _playing(replay, data))


def announcement(sensor: Sensor, kind: SensorKind) -> Announce:
    """How a sensor announces itself."""
    latitude, longitude = sensor.place
    return Announce(
        kind=kind.name,
        title=sensor.title or kind.title,
        location=Location(latitude=latitude, longitude=longitude),
        datastreams=kind.datastreams,
    )


def _sensing(sensor: Sensor, kind: SensorKind, world: World, clock: Clock) -> Life:
    place = Place(*sensor.place)
    # Each has its own place in the second, so that a thousand do not all speak at once.
    phase = crc32(sensor.name.encode()) / 2**32 * kind.period

    async def sense(device: Device) -> None:
        due = clock() + phase
        while True:
            await asyncio.sleep(due - clock())
            view, time = world.view(place, due, kind.period), utc_now()
            device.observe(kind.read(view, time), time)
            # What was slept through (a suspended machine) is not measured after the fact.
            missed = max(0.0, (clock() - due) // kind.period)
            due += kind.period * (1 + missed)

    return sense


def _filming(camera: Camera, data: Path | None) -> Life:
    async def film(device: Device) -> None:
        await camera_replay.film(device, resolve_source(camera.source, data), camera.rate)

    return film


def _playing(replay: Replay, data: Path | None) -> Life:
    async def tell(device: Device) -> str:
        file = resolve_source(replay.file, data)
        rows = await asyncio.to_thread(read_series, file, replay)
        await play.play(device, rows, replay)
        return play.END_NOTE

    return tell


async def live(device: Device, life: Life, failed: Callable[[str, str], None]) -> None:
    """Live a device's life; where it fails, say so, take the device offline, and go no further.

    Args:
        device: started already.
        life: what it does.
        failed: told the device's name and what is wrong.
    """
    try:
        note = await life(device)
    except SmartopiaError as error:
        note = str(error)
        _log.error("%s stops: %s", device.key, error)
        failed(device.key.device, note)
    except Exception as error:
        note = f"{type(error).__name__}: {error}"
        _log.exception("%s stops", device.key)
        failed(device.key.device, note)
    await device.stop(note)
