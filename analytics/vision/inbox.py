"""The newest frame of each camera, and no more: a detector that is slow sees fewer frames,
never older ones.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
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
        self._waiting: OrderedDict[DeviceKey, Arrived] = OrderedDict()
        self._filled = asyncio.Event()

    def put(self, frame: Arrived) -> bool:
        """Hold a frame; returns whether it took the place of one that was never looked at."""
        replaced = frame.camera in self._waiting
        self._waiting[frame.camera] = frame
        self._filled.set()
        return replaced

    async def get(self) -> Arrived:
        """The newest frame of the camera that waited longest."""
        while not self._waiting:
            self._filled.clear()
            await self._filled.wait()
        return self._waiting.popitem(last=False)[1]
