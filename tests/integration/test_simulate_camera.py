"""`smartopia simulate camera`: a real stream, a file and a folder, at a real broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from nats.aio.msg import Msg

from devices_sim.attached import attaching_settings
from devices_sim.cameras.attach import AttachedCamera, run_camera
from devices_sim.cameras.live import LiveSource, live_source
from ingest.part import run as ingest_run
from smartopia.cli.state import free_port
from smartopia.clock import utc_now
from smartopia.contract.frames import Frame, read_frame
from smartopia.errors import ConfigurationError
from smartopia.settings import Settings
from tests.integration.conftest import Admit
from tests.support.mjpeg import LEVELS, STEP, ip_camera, level_of
from tests.support.parts import Heartbeats, broker_of, eventually, listen_to, rows, running
from tests.support.servers import Platform

CAMERA = AttachedCamera(name="cam-1", rate=5, place=(37.62, 126.71), title="Yard")


@dataclass
class Viewer:
    """Sees a camera's frames as they come."""

    frames: list[Frame] = field(default_factory=list)
    arrivals: list[datetime] = field(default_factory=list)

    async def take(self, message: Msg) -> None:
        self.arrivals.append(utc_now())
        self.frames.append(read_frame(message.data, utc_now()))


@asynccontextmanager
async def filming(
    platform: Platform, source: LiveSource | Path
) -> AsyncIterator[tuple[Viewer, Heartbeats]]:
    """A camera that runs, its frames, and what it says of itself."""
    viewer = Viewer()

    async def camera(settings: Settings, stop: asyncio.Event) -> None:
        await run_camera(CAMERA, source, attaching_settings(settings, CAMERA.part, None), stop)

    async with broker_of(platform) as broker:
        await broker.client.subscribe("smartopia.v1.gimpo.cam-1.frames", cb=viewer.take)
        beats = await listen_to(broker, "camera-cam-1")
        async with running(camera, platform.settings):
            yield viewer, beats


def mjpeg(port: int, login: str = "") -> LiveSource:
    found = live_source(f"http://{login}{'@' if login else ''}127.0.0.1:{port}/stream")
    assert found is not None
    return found


async def state_of(platform: Platform) -> tuple[str, str | None] | None:
    found = await rows(platform, "SELECT state, state_note FROM thing WHERE name = 'cam-1'")
    return (found[0]["state"], found[0]["state_note"]) if found else None


def level_in(frame: Frame) -> int:
    picture = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return round(float(picture.mean()) / STEP)


async def test_a_stream_is_shown_as_it_is_now_however_slowly_it_is_looked_at(
    platform: Platform,
) -> None:
    port = free_port()
    with ip_camera(port):
        async with filming(platform, mjpeg(port)) as (viewer, _):
            await eventually(lambda: len(viewer.frames) >= 12, what="12 frames", timeout_s=20)
    # Left to itself, a buffer of 25 frames/s read at 5 would be two seconds behind by now.
    for frame in viewer.frames[2:]:
        assert frame.stamp is not None
        behind = (level_of(frame.stamp.time.timestamp()) - level_in(frame)) % LEVELS
        assert behind <= 10, "at most 0.4 s"
    delays = [
        (arrival - frame.phenomenon_time).total_seconds()
        for arrival, frame in zip(viewer.arrivals, viewer.frames, strict=False)
    ]
    assert max(delays) < 1


async def test_a_stream_that_goes_is_told_and_one_that_comes_back_is_shown(
    platform: Platform,
) -> None:
    port = free_port()

    async def online() -> bool:
        return (await state_of(platform) or ("",))[0] == "online"

    async def lost() -> bool:
        state, note = await state_of(platform) or ("", None)
        return state == "lost" and note is not None and f"http://127.0.0.1:{port} " in note

    async with (
        running(ingest_run, platform.settings),
        filming(platform, mjpeg(port)) as (viewer, beats),
    ):
        await eventually(lost, what="it is lost from the start", timeout_s=15)
        with ip_camera(port):
            await eventually(online, what="it is online", timeout_s=15)
        await eventually(lost, what="it is lost again", timeout_s=15)
        await eventually(lambda: "camera_stream" in beats.codes(), what="health says so")
        before = len(viewer.frames)
        with ip_camera(port):
            await eventually(online, what="it is online again", timeout_s=20)
            await eventually(lambda: len(viewer.frames) > before, what="new frames")
            await eventually(lambda: not beats.codes(), what="health says so")


async def test_a_stream_that_freezes_is_noticed(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices_sim.cameras.live.READ_TIMEOUT_S", 1.0)
    port = free_port()
    with ip_camera(port) as camera:
        async with filming(platform, mjpeg(port)) as (viewer, beats):
            await eventually(lambda: viewer.frames, what="a frame", timeout_s=15)
            camera.frozen.set()
            await eventually(
                lambda: "camera_stream" in beats.codes(), what="it is told", timeout_s=15
            )
            camera.frozen.clear()
            await eventually(lambda: not beats.codes(), what="it is over", timeout_s=20)


async def test_a_password_opens_a_camera_and_shows_nowhere(
    platform: Platform, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    with ip_camera(port, "admin:geheim"):
        async with filming(platform, mjpeg(port, "admin:falsch")) as (_, beats):
            await eventually(
                lambda: any("cannot be opened" in r.text for b in beats.came for r in b.reasons),
                what="it is refused",
                timeout_s=15,
            )
        async with filming(platform, mjpeg(port, "admin:geheim")) as (viewer, _):
            await eventually(lambda: viewer.frames, what="a frame", timeout_s=15)
    said = caplog.text + "".join(capfd.readouterr()) + str(beats.came)
    assert f"http://127.0.0.1:{port} cannot be opened" in said
    assert "geheim" not in said
    assert "falsch" not in said


async def test_a_folder_is_shown_over_and_over(platform: Platform, tmp_path: Path) -> None:
    for level in (3, 7):
        cv2.imwrite(str(tmp_path / f"{level}.png"), np.full((48, 64, 3), 10 * level, np.uint8))
    async with (
        running(ingest_run, platform.settings),
        filming(platform, tmp_path) as (viewer, _),
    ):
        await eventually(lambda: len(viewer.frames) >= 4, what="4 frames", timeout_s=15)
        found = await rows(platform, "SELECT * FROM thing WHERE name = 'cam-1'")
        assert found[0]["title"] == "Yard"
    levels = [level_in(frame) for frame in viewer.frames[:4]]
    assert set(levels) == {3, 7}


async def test_a_name_that_is_taken_is_refused(
    platform: Platform, admit: Admit, tmp_path: Path
) -> None:
    await admit("cam-1")
    settings = attaching_settings(platform.settings, CAMERA.part, None)
    with pytest.raises(ConfigurationError, match="cam-1 is another device's name already"):
        await run_camera(CAMERA, tmp_path, settings, asyncio.Event())


async def test_a_file_that_is_no_video_ends_the_command(platform: Platform, tmp_path: Path) -> None:
    file = tmp_path / "v.mp4"
    file.write_bytes(b"no video")
    settings = attaching_settings(platform.settings, CAMERA.part, None)
    with pytest.raises(ConfigurationError, match="is no video that can be read"):
        await run_camera(CAMERA, file, settings, asyncio.Event())
