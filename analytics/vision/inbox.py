"""The newest frame of each camera, and no more: a detector that is slow sees fewer frames,
never older ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from smartopia.contract.frames import Frame
from smartopia.contract.topics import DeviceKey


@dataclass(frozen=True, slots=True)
class Arrived:
    """A frame that was let in, and when it came."""

    camera: DeviceKey
    frame: Frame
    at: datetime


class Inbox:
    """Cameras waiting for the detector, the longest waiting first, one frame each."""

    def __init__(self) -> None:
        # In the order in which they began to wait.
        self._waiting: dict[DeviceKey, Arrived] = {}
        self._filled = asyncio.Event()

    def put(self, frame: Arrived) -> bool:
        """Hold a frame; returns whether it took the place of one that was never looked at."""
        replaced = frame.camera in self._waiting
        self._waiting[frame.camera] = frame
        self._filled.set()
        return replaced

    async def wait(self) -> None:
        """Return once a camera waits."""
        while not self._waiting:
            self._filled.clear()
            await self._filled.wait()

    def take(self, most: int, but: Collection[DeviceKey] = ()) -> list[Arrived]:
        """The newest frames of up to so many cameras but these, the longest waiting first."""
        cameras = [camera for camera in self._waiting if camera not in but][:most]
        return [self._waiting.pop(camera) for camera in cameras]
