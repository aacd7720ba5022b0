"""Runs one attached camera against the broker until told to stop."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Annotated

from pydantic import Field

from devices_sim.attached import doors_of, taken
from devices_sim.cameras import replay
from devices_sim.cameras.live import LiveSource, Stream, film_live
from devices_sim.fields import At, DeviceName, Title
from devices_sim.sdk.connection import Door
from devices_sim.sdk.device import Device
from smartopia.bus.health import Reporter
from smartopia.contract.announce import Announce, FrameStream, Location
from smartopia.contract.status import DeviceState
from smartopia.contract.topics import DeviceKey
from smartopia.errors import ConfigurationError, UnavailableError
from smartopia.metrics import Metrics
from smartopia.settings import Settings
from smartopia.tasks import first_of
from smartopia.yaml_lines import Section

STREAM = "camera_stream"
ACCOUNTS = "accounts"
_RETRY_S = 1.0

_log = logging.getLogger(__name__)


class AttachedCamera(Section):
    """One camera. `rate`: frames per second; `place`: [latitude, longitude]."""

    name: DeviceName
    rate: Annotated[float, Field(gt=0, le=60)]
    place: At | None = None
    title: Title | None = None

    @property
    def part(self) -> str:
        """What its process is called in the city's health."""
        return f"camera-{self.name}"

    def announcement(self) -> Announce:
        """How it announces itself."""
        place = self.place
        return Announce(
            kind=replay.KIND,
            title=self.title,
            location=Location(latitude=place[0], longitude=place[1]) if place else None,
            frames=FrameStream(rate=self.rate),
        )


async def run_camera(
    camera: AttachedCamera, source: LiveSource | Path, settings: Settings, stop: asyncio.Event
) -> None:
    """Show a camera's pictures until `stop` is set.

    Raises:
        ConfigurationError: the name is another device's, there is no account, or a file holds
            no picture.
    """
    key = DeviceKey(settings.site, camera.name)
    if taken(settings, [key]):
        raise ConfigurationError(
            f"{camera.name} is another device's name already; choose another with --name"
        )
    metrics = Metrics()
    async with Reporter(settings, camera.part, metrics) as reporter:
        attached = _Attached(camera, source, metrics, reporter)
        await first_of(stop, attached.run(settings, key))
    _log.info("stopped: %s", dict(metrics.counters))


class _Attached:
    """One camera at work."""

    def __init__(
        self,
        camera: AttachedCamera,
        source: LiveSource | Path,
        metrics: Metrics,
        reporter: Reporter,
    ) -> None:
        self._camera = camera
        self._source = source
        self._metrics = metrics
        self._reporter = reporter

    async def run(self, settings: Settings, key: DeviceKey) -> None:
        """Connect and film, until cancelled."""
        door = await self._door(settings, key)
        announce = self._camera.announcement()
        device = Device(key, door, announce, self._metrics)
        note = "the camera was detached"
        try:
            if isinstance(self._source, Path):
                device.start()
                await replay.film(device, self._source, self._camera.rate)
            else:
                await self._film_live(device, self._source)
        except ConfigurationError as error:
            note = str(error)
            raise
        finally:
            await device.stop(note)

    async def _film_live(self, device: Device, source: LiveSource) -> None:
        def tell(problem: str | None) -> None:
            if problem is None:
                self._reporter.recovered(STREAM)
                device.stand(DeviceState.ONLINE)
            else:
                self._reporter.degraded(STREAM, f"{self._camera.name}: {problem}")
                device.stand(DeviceState.LOST, problem)

        stream = Stream(source)
        tell(stream.problem)
        device.start()
        stream.start()
        try:
            await film_live(device, stream, self._camera.rate, tell)
        finally:
            await asyncio.to_thread(stream.stop)

    async def _door(self, settings: Settings, key: DeviceKey) -> Door:
        while True:
            try:
                door = (await doors_of(settings, [key]))[key]
            except UnavailableError as error:
                self._reporter.degraded(ACCOUNTS, f"{key.device} waits for its account: {error}")
                await asyncio.sleep(_RETRY_S)
            else:
                self._reporter.recovered(ACCOUNTS)
                return door
