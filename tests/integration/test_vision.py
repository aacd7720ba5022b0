"""Frames into the vision process, with a real detector on real video."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString

import cv2
import psycopg
import pytest

from analytics.vision.part import run as run_vision
from ingest.part import run as run_ingest
from smartopia.bus.accounts import BrokerFolder, reload_users
from smartopia.bus.connection import connect_broker
from smartopia.bus.health import read_heartbeat
from smartopia.bus.subjects import health_of
from smartopia.contract.frames import FrameStamp, stamp_frame
from smartopia.contract.topics import Channel, DeviceKey
from tests.support.device import Device
from tests.support.parts import in_field
from tests.support.servers import Platform

CAMERA = DeviceKey("gimpo", "cam-test")


@asynccontextmanager
async def watching(platform: Platform, model: str) -> AsyncIterator[None]:
    """Ingest and vision at work, until the block ends."""
    settings = platform.settings.model_copy(update={"model": model})
    stop = asyncio.Event()
    work = [
        asyncio.create_task(run_ingest(settings, stop)),
        asyncio.create_task(run_vision(settings, stop)),
    ]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*work)


async def rows(platform: Platform, query: LiteralString) -> list[tuple[Any, ...]]:
    async with await psycopg.AsyncConnection.connect(platform.database) as connection:
        cursor = await connection.execute(query)
        return await cursor.fetchall()


async def camera_of(platform: Platform) -> Device:
    await in_field(platform, CAMERA.device)
    password = BrokerFolder(platform.broker.embedded.folder).add_devices([CAMERA])[CAMERA]
    await reload_users(platform.settings)
    device = Device(CAMERA, password, platform.settings.mqtt_port)
    await asyncio.to_thread(device.wait_connected)
    await asyncio.to_thread(
        device.announce, [], frames={"rate": 2}, kind="camera", title="Test camera"
    )
    return device


def frames_of(video: Path, count: int) -> list[bytes]:
    """Stamped JPEGs of a video's first frames, every fifth."""
    capture = cv2.VideoCapture(str(video))
    frames = []
    for n in range(count * 5):
        done, picture = capture.read()
        assert done
        if n % 5 == 0:
            jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
            stamp = FrameStamp(boot="test", seq=n // 5, time=datetime.now(UTC))
            frames.append(stamp_frame(jpeg, stamp))
    capture.release()
    return frames


@pytest.mark.needs_data
@pytest.mark.needs_model
async def test_bad_frames_are_quarantined_and_the_next_good_ones_still_raise_an_alert(
    platform: Platform, data: Path, model: Path
) -> None:
    good = frames_of(data / "video" / "pedestrians-vtest.avi", 3)
    huge = bytearray(good[0])
    at = huge.index(b"\xff\xc0")
    huge[at + 5 : at + 9] = (20_000).to_bytes(2, "big") * 2
    bad = {"truncated": good[0][: len(good[0]) // 2], "pixels": bytes(huge), "JPEG": b"hello"}
    async with watching(platform, str(model)):
        camera = await camera_of(platform)
        try:
            topic = CAMERA.topic(Channel.FRAMES)
            for payload in bad.values():
                camera.send(topic, payload, qos=0)
            async with asyncio.timeout(60):
                while not await rows(platform, "SELECT id FROM alert"):
                    for frame in frames_of(data / "video" / "pedestrians-vtest.avi", 3):
                        camera.send(topic, frame, qos=0)
                        await asyncio.sleep(0.3)  # the camera's own rate
                while not await rows(platform, "SELECT 1 FROM quarantine"):
                    await asyncio.sleep(0.1)
        finally:
            camera.close()
    refused = await rows(platform, "SELECT reason, topic, length(payload) FROM quarantine")
    assert {(reason, where) for reason, where, _ in refused} == {("bad_frame", topic)}
    # Never more of a picture than its header.
    assert all(size <= 64 for *_, size in refused)
    images = await rows(platform, "SELECT width, height, boxes, jpeg FROM evidence_image")
    width, height, boxes, jpeg = images[0]
    assert (width, height) == (768, 576)
    assert {box["label"] for box in boxes} == {"person"}
    assert jpeg[:2] == b"\xff\xd8"


async def test_a_missing_detector_is_told_in_words_that_say_what_to_do(
    platform: Platform, open_folder: Path
) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    broker = await connect_broker(platform.settings, "test")

    async def take(message: Any) -> None:
        beat = read_heartbeat(message.data)
        assert beat is not None
        for reason in beat.reasons:
            heard.put_nowait(json.dumps([reason.code, reason.text]))

    await broker.client.subscribe(health_of("analytics-vision"), cb=take)
    missing = str(open_folder / "absent.pt")
    async with watching(platform, missing), asyncio.timeout(20):
        code, text = json.loads(await heard.get())
    await broker.close()
    assert code == "detector_missing"
    assert missing in text
    assert "smartopia up --model" in text
