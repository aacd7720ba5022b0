"""A detector that is too slow for its cameras says so to the operator, and takes it back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from analytics.vision.detect.onnx_runtime import OnnxDetector
from analytics.vision.model import Detection
from analytics.vision.part import run as run_vision
from smartopia.contract.frames import FrameStamp, stamp_frame
from smartopia.contract.topics import Channel
from tests.integration.conftest import Admit
from tests.support.device import Device
from tests.support.parts import broker_of, eventually, listen_to, running
from tests.support.servers import Platform
from tests.support.tiny_detector import write_tiny_detector

SAID_WITHIN_S = 5.0
RATE = 5


async def film(cameras: Sequence[Device], end: asyncio.Event) -> None:
    """Pictures of every camera, five a second, until it is ended."""
    picture = np.full((96, 160, 3), 90, np.uint8)
    jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
    seq = 0
    while not end.is_set():
        for camera in cameras:
            stamp = FrameStamp(boot="test", seq=seq, time=datetime.now(UTC))
            camera.send(camera.key.topic(Channel.FRAMES), stamp_frame(jpeg, stamp), qos=0)
        seq += 1
        await asyncio.sleep(1 / RATE)


async def test_a_slow_detector_is_told_within_five_seconds_and_taken_back(
    platform: Platform, admit: Admit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, slow = OnnxDetector.detect, True

    def detect(self: OnnxDetector, pictures: Sequence[object]) -> Sequence[Sequence[Detection]]:
        if slow:
            time.sleep(0.5 * len(pictures))
        return plain(self, pictures)  # type: ignore[arg-type]

    cameras = await admit("cam-1", "cam-2")
    tiny = write_tiny_detector(tmp_path / "tiny.onnx", (("person", 0.9, 16.0, 16.0, 48.0, 60.0),))
    changed = {"model": str(tiny), "motion_gate": False}
    settings = platform.settings.model_copy(update=changed)
    async with broker_of(platform) as broker:
        beats = await listen_to(broker, "analytics-vision")
        async with running(run_vision, settings):
            await eventually(
                lambda: beats.came and beats.came[-1].state == "ok",
                what="it is loaded",
                timeout_s=60,
            )
            monkeypatch.setattr(OnnxDetector, "detect", detect)
            end, began = asyncio.Event(), time.monotonic()
            filming = asyncio.create_task(film(cameras, end))
            try:
                await eventually(
                    lambda: "detector_slow" in beats.codes(), what="it is told", timeout_s=30
                )
                said_s = time.monotonic() - began
                (reason,) = beats.came[-1].reasons
                slow = False
                await eventually(lambda: not beats.codes(), what="it is taken back", timeout_s=60)
            finally:
                end.set()
                await filming
    assert said_s < SAID_WITHIN_S
    assert "frames a second" in reason.text
    assert "one more machine" in reason.text
