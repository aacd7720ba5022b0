"""Shows a file's or folder's pictures as they are, over and over."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from devices_sim.cameras.encode import encode
from devices_sim.cameras.sources import pictures
from devices_sim.sdk.device import Device
from smartopia.clock import utc_now

KIND = "camera"


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
