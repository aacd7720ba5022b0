"""Cameras of rendered scenes at a real broker: what they show, and that it is true."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import cv2
import numpy as np
import psutil
from nats.aio.msg import Msg

from devices_sim.conditions.registry import discover_conditions
from devices_sim.scenario_files import load_played
from devices_sim.scenario_run import Play, run_scenario
from devices_sim.sdk.registry import discover_kinds
from ingest.part import run as ingest_run
from smartopia.cli.supervisor import child_environment
from smartopia.clock import utc_now
from smartopia.contract.frames import Frame, read_frame
from smartopia.settings import Settings
from smartopia.store.connection import connect_database
from smartopia.truth.open import Truth, open_revealed, run_and_chapter
from smartopia.truth.store import seal_of
from tests.support.parts import Heartbeats, broker_of, eventually, listen_to, running
from tests.support.scenes import yard
from tests.support.servers import Platform

CAMERAS = ("cam-west", "cam-east")
COLLAPSE = "{kind: collapse, at: 2, duration: 60}"


class Viewer:
    """Sees the frames of all cameras as they come."""

    def __init__(self) -> None:
        self.frames: defaultdict[str, list[Frame]] = defaultdict(list)

    async def take(self, message: Msg) -> None:
        name = message.subject.split(".")[3]
        self.frames[name].append(read_frame(message.data, utc_now()))

    def seen(self, n: int) -> bool:
        return all(len(self.frames[name]) >= n for name in CAMERAS)


@asynccontextmanager
async def the_yard(
    platform: Platform, folder: Path, text: str
) -> AsyncIterator[tuple[Viewer, Heartbeats]]:
    """The yard as it is simulated."""
    file = folder / "mine.yaml"
    file.write_text(text)
    played = load_played([str(file)], discover_kinds())
    play = Play("yard", played, discover_kinds(), discover_conditions())
    viewer = Viewer()

    async def simulate(settings: Settings, stop: asyncio.Event) -> None:
        await run_scenario(play, settings, stop)

    async with broker_of(platform) as broker:
        await broker.client.subscribe("smartopia.v1.gimpo.*.frames", cb=viewer.take)
        beats = await listen_to(broker, "simulate")
        settings = platform.settings.model_copy(update={"truth_dir": folder / "truth"})
        async with running(ingest_run, platform.settings), running(simulate, settings):
            yield viewer, beats


async def revealed(platform: Platform, folder: Path) -> Truth:
    (file,) = (folder / "truth").glob("*.json")
    async with await connect_database(platform.settings, "test") as connection:
        return open_revealed(file, await seal_of(connection, *run_and_chapter(file)))


def renderers(pid: int | None = None) -> list[psutil.Process]:
    """The rendering processes of a process; of this one, if none is given."""
    return [
        child
        for child in psutil.Process(pid).children()
        if "devices_sim.cameras.scene.live.process" in child.cmdline()
    ]


async def test_cameras_of_a_scene_show_it_at_their_rate_and_the_truth_fits(
    platform: Platform, tmp_path: Path
) -> None:
    async with the_yard(platform, tmp_path, yard(COLLAPSE)) as (viewer, _):
        await eventually(lambda: viewer.seen(24), what="24 frames of each", timeout_s=40)
    assert not renderers()
    truth = await revealed(platform, tmp_path)
    told = {(frame.device, frame.time): frame for frame in truth.frames}
    for name in CAMERAS:
        frames = viewer.frames[name]
        picture = cv2.imdecode(np.frombuffer(frames[-1].jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        assert picture.shape == (192, 320, 3)
        assert picture.std() > 10
        last = [frame.phenomenon_time.timestamp() for frame in frames[-8:]]
        assert np.median(np.diff(last)) < 0.4
        assert all((name, frame.phenomenon_time) in told for frame in frames)
    tracks: dict[str, set[int | None]] = defaultdict(set)
    for frame in truth.frames:
        for box in frame.boxes:
            left, top, right, bottom = box.box
            assert 0 <= left < right <= 320
            assert 0 <= top < bottom <= 192
            assert box.share is not None
            assert 0 < box.share <= 1
            tracks[frame.device].add(box.track)
    assert tracks["cam-west"] & tracks["cam-east"]
    (planned,) = truth.schedule.events
    (event,) = truth.record.happened
    assert (event.id, event.scene, event.kind) == (planned.id, "yard", "collapse")
    assert event.location == planned.location
    assert set(event.actors) & (tracks["cam-west"] | tracks["cam-east"])
    assert set(event.cameras) <= set(CAMERAS)
    assert event.cameras
    assert truth.schedule.begins_at <= event.onset <= truth.record.ended_at
    assert event.end is None


async def test_a_renderer_that_is_killed_is_started_again(
    platform: Platform, tmp_path: Path
) -> None:
    async with the_yard(platform, tmp_path, yard()) as (viewer, beats):
        await eventually(lambda: viewer.seen(2), what="frames", timeout_s=40)
        (first,) = renderers()
        first.kill()
        await eventually(
            lambda: "rendering 0" in {r.code for b in beats.came for r in b.reasons},
            what="it is told",
        )
        before = {name: len(viewer.frames[name]) for name in CAMERAS}
        await eventually(
            lambda: all(len(viewer.frames[name]) > n + 2 for name, n in before.items()),
            what="frames come again",
            timeout_s=40,
        )
        await eventually(lambda: not beats.codes(), what="it is well again", timeout_s=20)
        assert [one.pid for one in renderers()] != [first.pid]


async def test_no_renderer_outlives_its_simulator(platform: Platform, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(yard())
    for number, code in ((signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGKILL, -9)):
        simulator, renderer = await _a_simulator(platform, file)
        os.kill(simulator.pid, number)
        assert await asyncio.wait_for(simulator.wait(), 20) == code
        await asyncio.to_thread(renderer.wait, 20)
        assert simulator.stderr is not None
        assert b"Traceback" not in await simulator.stderr.read()


async def _a_simulator(
    platform: Platform, file: Path
) -> tuple[asyncio.subprocess.Process, psutil.Process]:
    """A simulator in a process of its own, and its rendering process."""
    given = platform.settings
    told = {
        "SMARTOPIA_BROKER_URL": given.broker(),
        "SMARTOPIA_BROKER_SYSTEM_URL": given.broker_system_url.get_secret_value(),
        "SMARTOPIA_BROKER_DIR": str(given.broker_dir),
        "SMARTOPIA_MQTT_PORT": str(given.mqtt_port),
        "SMARTOPIA_CREDENTIALS": str(file.with_name("words.json")),
    }
    simulator = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "smartopia", "simulate", "--scenario", str(file)),
        env=child_environment(told),
        stderr=asyncio.subprocess.PIPE,
    )
    found = await eventually(lambda: renderers(simulator.pid), what="it renders", timeout_s=60)
    return simulator, found[0]
