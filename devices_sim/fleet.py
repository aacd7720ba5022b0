"""Brings a scenario to life: all its devices in one asyncio loop, none able to stop another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from devices_sim.cameras import film
from devices_sim.cameras.scene.live import film as scene_film
from devices_sim.cameras.scene.live.studio import Studio
from devices_sim.cameras.scene.section import Lens, Scene
from devices_sim.cameras.sources import resolve_source
from devices_sim.conditions.model import Span
from devices_sim.replay import play
from devices_sim.replay.series import read_series
from devices_sim.run_model import Run
from devices_sim.scenario import Camera, Replay, Scenario, Sensor
from devices_sim.sdk.device import Device
from devices_sim.sdk.kind import SensorKind
from devices_sim.sdk.registry import Kinds
from devices_sim.sensing import sense
from devices_sim.spans import spans_of
from smartopia.contract.announce import Announce, DeviceClock, Location
from smartopia.errors import SmartopiaError

Life = Callable[[Device], Awaitable[str | None]]
"""What a device does until cancelled. One that ends by itself returns why, for its status."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Member:
    """One device of the fleet before it starts."""

    name: str
    announce: Announce
    life: Life


def members(
    scenario: Scenario, kinds: Kinds, run: Run, studio: Studio | None = None
) -> Iterator[Member]:
    """Every device, camera and replay of a scenario.

    Args:
        scenario: its scenes opened.
        kinds: the kinds of devices there are.
        run: what they share.
        studio: where scenes are rendered; needed by those that are to live.

    Raises:
        ConfigurationError: a condition is put on a device there is not, or that cannot have it.
    """
    spans = spans_of(scenario, run.conditions)
    for sensor in scenario.devices:
        kind = kinds.sensors[sensor.kind]
        kind = kind.every(sensor.period) if sensor.period else kind
        announce = announcement(sensor, kind, run.device_clock)
        yield Member(sensor.name, announce, _sensing(sensor, kind, run, spans.get(sensor.name, ())))
    for camera in scenario.cameras:
        announce = film.announcement(camera, kinds.cameras, run.device_clock)
        yield Member(
            camera.name, announce, _filming(camera, kinds, run, spans.get(camera.name, ()))
        )
    for scene in scenario.scenes:
        for lens in scene.cameras:
            announce = scene_film.announcement(scene, lens, run.device_clock)
            filming = _filming_scene(scene, lens, run, spans.get(lens.name, ()), studio)
            yield Member(lens.name, announce, filming)
    for replay in scenario.replays:
        yield Member(replay.name, play.announcement(replay), _playing(replay, run))


def announcement(
    sensor: Sensor, kind: SensorKind, clock: DeviceClock = DeviceClock.LIVE
) -> Announce:
    """How a sensor announces itself."""
    latitude, longitude = sensor.place
    return Announce(
        kind=kind.name,
        title=sensor.title or kind.title,
        location=Location(latitude=latitude, longitude=longitude),
        clock=clock,
        datastreams=kind.datastreams,
    )


def _sensing(sensor: Sensor, kind: SensorKind, run: Run, spans: Sequence[Span]) -> Life:
    async def live_as_sensor(device: Device) -> None:
        await sense(device, sensor, kind, run, spans)

    return live_as_sensor


def _filming(camera: Camera, kinds: Kinds, run: Run, spans: Sequence[Span]) -> Life:
    async def live_as_camera(device: Device) -> None:
        await film.film(device, camera, kinds.cameras, run, spans)

    return live_as_camera


def _filming_scene(
    scene: Scene, lens: Lens, run: Run, spans: Sequence[Span], studio: Studio | None
) -> Life:
    async def live_as_scene_camera(device: Device) -> None:
        if studio is None:
            raise AssertionError("a camera of a scene lives without a studio")
        await scene_film.film_scene(device, scene, lens, studio=studio, run=run, spans=spans)

    return live_as_scene_camera


def _playing(replay: Replay, run: Run) -> Life:
    async def tell(device: Device) -> str:
        file = resolve_source(replay.file, run.data)
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
