"""The life of a camera of a scene: it has its pictures rendered, and shows them at its rate."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.daylight import conditions_told, weather_on
from devices_sim.cameras.scene.exposure import posed
from devices_sim.cameras.scene.live.messages import Failed, Job, Made
from devices_sim.cameras.scene.live.studio import Studio
from devices_sim.cameras.scene.render.boxes import TrueBox
from devices_sim.cameras.scene.section import KIND, Lens, Scene
from devices_sim.cameras.scene.site_view import drawing_of
from devices_sim.clock import RunClock
from devices_sim.conditions.cameras import turned
from devices_sim.conditions.ledger import Ledger
from devices_sim.conditions.model import Span
from devices_sim.run_model import Run
from devices_sim.sdk.device import Device
from devices_sim.world.noise import uniform
from devices_sim.world.place import Place
from smartopia.contract.announce import Announce, DeviceClock, FrameStream, Location
from smartopia.errors import UnavailableError
from smartopia.truth.model import Box

_AHEAD_S = 20.0
"""How long before it is turned a camera gets ready for it."""


def announcement(scene: Scene, lens: Lens, clock: DeviceClock = DeviceClock.LIVE) -> Announce:
    """How a camera of an opened scene announces itself."""
    where = Place(*scene.ground.place).moved(*scene.pole(lens).at)
    return Announce(
        kind=KIND,
        title=lens.title or f"{scene.name}, {lens.of}",
        location=Location(latitude=round(where.latitude, 6), longitude=round(where.longitude, 6)),
        clock=clock,
        frames=FrameStream(rate=scene.rate_of(lens)),
        view=drawing_of(scene.ground, scene.pole(lens)),
    )


async def film_scene(
    device: Device, scene: Scene, lens: Lens, *, studio: Studio, run: Run, spans: Sequence[Span]
) -> None:
    """Show pictures at the rate until cancelled; those that cannot be made in time are left out.

    Raises:
        UnavailableError: the scene cannot be rendered.
    """
    period, clock = 1 / scene.rate_of(lens), run.clock
    operator = _Operator(scene, lens, run, spans)
    # Apart from one another, so that they do not all want a picture at once.
    due = max(0.0, clock.now()) + period * uniform("phase", lens.name)
    try:
        while True:
            await asyncio.sleep(clock.wait(due))
            if not device.connected:
                studio.pace.away(lens.name)
                due = clock.now() + period
                continue
            studio.pace.asked(lens.name, time.monotonic())
            answer = await studio.take(lens.name, operator.job)
            if isinstance(answer, Failed):
                raise UnavailableError(f"its scene cannot be rendered: {answer.why}")
            if isinstance(answer, Made):
                studio.pace.made(lens.name, time.monotonic())
                operator.show(device, answer)
            due = max(due + period, clock.now())
    finally:
        operator.close()


class _Operator:
    """Knows of one camera how it hangs, what befalls it, and what it has shown."""

    def __init__(self, scene: Scene, lens: Lens, run: Run, spans: Sequence[Span]) -> None:
        self._name, self._run = lens.name, run
        self._camera = Camera.of_pole(scene.pole(lens))
        self._place = Place(*scene.ground.place)
        self._turns = tuple(span for span in spans if span.condition == turned.NAME)
        self._own = frozenset(spans)
        self._ledger = Ledger(spans, run.notes.applied)
        self._frame = -1
        self._due = 0.0

    def job(self, number: int) -> Job:
        """The picture to take now."""
        self._due = now = self._run.clock.now()
        self._frame += 1
        pose, coming = self._posed(now), self._posed(now + _AHEAD_S)
        sky = self._run.world.view(self._place, now)
        told = [Span(self._name, *one) for one in conditions_told(sky, pose)]
        on = self._ledger.in_force(now, told)
        put = {Span(self._name, *one) for one in weather_on(sky, pose)} | self._own
        return Job(
            number=number,
            camera=self._name,
            pose=pose,
            coming=coming,
            due=now,
            frame=self._frame,
            spans=tuple(span for span in on if span in put),
        )

    def show(self, device: Device, made: Made) -> None:
        """Show the picture, and note what was really there."""
        stamp = _stamp(self._run.clock, self._due)
        notes = self._run.notes
        for one in made.happened:
            notes.happened(one)
        shown = made.jpeg is not None and device.show(made.jpeg, stamp, drawn=True)
        if shown:
            notes.count(self._name, "frames")
        if shown or made.jpeg is None:
            notes.frame(self._name, stamp, [_box(one) for one in made.boxes if one.visible])

    def close(self) -> None:
        """Finish the record."""
        self._ledger.close(self._run.clock.now())

    def _posed(self, now: float) -> Camera:
        return posed(self._camera, self._turns, now, self._run.world.seed)


def _stamp(clock: RunClock, due: float) -> datetime:
    """What the camera's clock said when the picture was taken."""
    if clock.own_time:
        return clock.instant(due)
    return clock.told(due) - timedelta(seconds=clock.now() - due)


def _box(box: TrueBox) -> Box:
    return Box(
        label=box.kind,
        track=box.actor,
        box=_rounded(box.visible or box.whole),
        whole=_rounded(box.whole),
        share=round(box.share, 3),
    )


def _rounded(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (round(side, 1) for side in box)
    return left, top, right, bottom
