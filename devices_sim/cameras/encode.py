"""A camera: takes pictures from its source at its rate, and shows them as JPEG."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import cv2

from devices_sim.cameras.sources import Picture, pictures
from devices_sim.scenario import Camera
from devices_sim.sdk.device import Device
from smartopia.clock import utc_now
from smartopia.contract.announce import Announce, FrameStream, Location
from smartopia.contract.frames import MAX_FRAME_BYTES
from smartopia.errors import ConfigurationError

KIND = "camera"
MAX_SIDE = 1280
_QUALITIES = (85, 70, 50, 30)
_STAMP_BYTES = 1024


def announcement(camera: Camera) -> Announce:
    """How a camera announces itself."""
    location = camera.place and Location(latitude=camera.place[0], longitude=camera.place[1])
    return Announce(
        kind=KIND,
        title=camera.title,
        location=location or None,
        frames=FrameStream(rate=camera.rate),
    )


def encode(picture: Picture) -> bytes:
    """A picture as JPEG, its longer side at most 1280 pixels, small enough for the contract.

    Raises:
        ConfigurationError: no quality makes it small enough.
    """
    height, width = picture.shape[:2]
    scale = MAX_SIDE / max(height, width)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    for quality in _QUALITIES:
        done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if done and len(jpeg) <= MAX_FRAME_BYTES - _STAMP_BYTES:
            return bytes(jpeg.tobytes())
    raise ConfigurationError(f"a picture of {width} x {height} pixels does not fit into a message")


def jpegs(path: Path, rate: float) -> Iterator[bytes]:
    """A camera's pictures as JPEG, without end. Blocking: for a worker thread.

    Raises:
        ConfigurationError: at the first, if the source holds none.
    """
    return (encode(picture) for picture in pictures(path, rate))


async def film(device: Device, path: Path, rate: float) -> None:
    """Show pictures at the rate until cancelled; one that cannot leave in time is left out.

    Raises:
        ConfigurationError: the source holds no picture.
    """
    clock = asyncio.get_running_loop().time
    shown = jpegs(path, rate)
    due = clock()
    while True:
        jpeg = await asyncio.to_thread(next, shown)
        await asyncio.sleep(due - clock())
        if device.connected:
            device.show(jpeg, utc_now())
        # A source slower than the rate falls behind; it does not hurry after.
        due = max(due + 1 / rate, clock())
