"""The life of a simulated camera: it takes a picture at its rate, and shows it as JPEG."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from devices_sim.cameras.encode import encode, shrink
from devices_sim.cameras.replay import KIND
from devices_sim.cameras.sources import pictures, resolve_source
from devices_sim.conditions.filming import ConditionedCamera
from devices_sim.conditions.model import Picture, Span
from devices_sim.conditions.weather import weather_conditions
from devices_sim.run_model import Run
from devices_sim.scenario import Camera
from devices_sim.sdk.camera import CameraKind
from devices_sim.sdk.device import Device
from devices_sim.world.place import Place
from devices_sim.world.world import View
from smartopia.contract.announce import Announce, DeviceClock, FrameStream, Location

_RATE = 1.0

Shoot = Callable[[View, datetime], Picture]


def frame_rate(camera: Camera, kinds: Mapping[str, CameraKind]) -> float:
    """Frames per second: its own, or its kind's."""
    if camera.rate is not None or camera.kind is None:
        return camera.rate or _RATE
    return kinds[camera.kind].rate


def announcement(
    camera: Camera, kinds: Mapping[str, CameraKind], clock: DeviceClock = DeviceClock.LIVE
) -> Announce:
    """How a camera announces itself."""
    location = camera.place and Location(latitude=camera.place[0], longitude=camera.place[1])
    return Announce(
        kind=camera.kind or KIND,
        title=camera.title or (kinds[camera.kind].title if camera.kind else None),
        location=location or None,
        clock=clock,
        frames=FrameStream(rate=frame_rate(camera, kinds)),
        view=camera.view,
    )


async def film(
    device: Device,
    camera: Camera,
    kinds: Mapping[str, CameraKind],
    run: Run,
    spans: Sequence[Span],
) -> None:
    """Show pictures at the rate until cancelled; one that cannot leave in time is left out.

    Raises:
        ConfigurationError: the source is not there, or holds no picture.
    """
    rate = frame_rate(camera, kinds)
    shoot = await asyncio.to_thread(_open, camera, kinds, rate, run)
    lens = ConditionedCamera(
        camera.name,
        spans,
        run.conditions,
        seed=run.world.seed,
        clock=run.clock.now,
        record=run.notes.applied,
    )
    place = Place(*(camera.place or (0.0, 0.0)))

    def take(due: float) -> bytes | None:
        view = run.world.view(place, due, 1 / rate)
        weather = weather_conditions(view) if camera.weather else ()
        clear = shrink(shoot(view, run.clock.instant(due)))
        picture = lens.condition(clear, weather=weather)
        return None if picture is None else encode(picture)

    due = run.clock.now()
    try:
        while True:
            jpeg = await asyncio.to_thread(take, due)
            await asyncio.sleep(run.clock.wait(due))
            if jpeg is not None and device.connected and device.show(jpeg, run.clock.told(due)):
                run.notes.count(camera.name, "frames")
            # A source slower than the rate falls behind; it does not hurry after.
            due = max(due + 1 / rate, run.clock.now())
    finally:
        lens.close()


def _open(camera: Camera, kinds: Mapping[str, CameraKind], rate: float, run: Run) -> Shoot:
    if camera.kind is not None:
        return kinds[camera.kind].picture
    shown = pictures(resolve_source(camera.source or "", run.data), rate)
    return lambda _view, _time: next(shown)
