"""All scene cameras of a run, spread over processes that render."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.live.messages import Answer, Job, Place, Setup
from devices_sim.cameras.scene.live.pace import Pace
from devices_sim.cameras.scene.live.worker import Worker
from devices_sim.cameras.scene.programme import Programme
from devices_sim.world.world import World
from smartopia.bus.health import Reporter
from smartopia.tasks import ended

SLOW = "cameras_slow"
_LOOK_S = 1.0


@dataclass(frozen=True)
class Studio:
    """Where pictures of scenes are taken.

    Attributes:
        workers: by camera, the process that renders it.
        pace: told of each frame.
    """

    workers: dict[str, Worker]
    pace: Pace

    async def take(self, camera: str, make: Callable[[int], Job]) -> Answer:
        """Have one of the cameras take a picture; see `Worker.take`."""
        return await self.workers[camera].take(make)


@asynccontextmanager
async def open_studio(
    programmes: Sequence[Programme],
    world: World,
    reporter: Reporter,
    *,
    speed: float = 1.0,
    processes: int | None = None,
) -> AsyncIterator[Studio]:
    """A studio that renders these scenes; when it is left, its processes are gone.

    Args:
        programmes: what the scenes play.
        world: whose light falls on them.
        reporter: told of what ails it.
        speed: seconds of the run in one of life, in which frames are counted.
        processes: how many render; as many as half the processors, if not given.
    """
    most = max(1, (os.cpu_count() or 2) // 2) if processes is None else processes
    shares = _spread(programmes, most)
    workers = [
        Worker(number, Setup(tuple(_place(one) for one in share), world), reporter)
        for number, share in enumerate(shares)
    ]
    by_camera = {
        lens.name: worker
        for worker, share in zip(workers, shares, strict=True)
        for one in share
        for lens in one.scene.cameras
    }
    rates = {
        lens.name: one.scene.rate_of(lens) * speed
        for one in programmes
        for lens in one.scene.cameras
    }
    studio = Studio(by_camera, Pace(rates))
    tasks = [asyncio.create_task(worker.run()) for worker in workers]
    tasks.append(asyncio.create_task(_tell(studio.pace, reporter)))
    try:
        yield studio
    finally:
        await ended(*tasks)


def _place(one: Programme) -> Place:
    scene = one.scene
    return Place(one, {lens.name: Camera.of_pole(scene.pole(lens)) for lens in scene.cameras})


def _spread(programmes: Sequence[Programme], most: int) -> list[list[Programme]]:
    """Scenes for so many processes at most, each with about as many frames/s to make."""
    shares: list[list[Programme]] = [[] for _ in range(min(most, len(programmes)))]
    for one in sorted(programmes, key=_load, reverse=True):
        min(shares, key=lambda share: sum(_load(other) for other in share)).append(one)
    return shares


def _load(one: Programme) -> float:
    return sum(one.scene.rate_of(lens) for lens in one.scene.cameras)


async def _tell(pace: Pace, reporter: Reporter) -> None:
    while True:
        await asyncio.sleep(_LOOK_S)
        text = pace.behind(time.monotonic())
        if text is None:
            reporter.recovered(SLOW)
        else:
            reporter.degraded(SLOW, text)
