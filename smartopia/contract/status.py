"""`status` (retained, and the last will): whether a device is there."""

from __future__ import annotations

from enum import StrEnum

from smartopia.contract.base import Identified, Text


class DeviceState(StrEnum):
    """`lost` is what the broker says for a device that vanished (its last will)."""

    ONLINE = "online"
    OFFLINE = "offline"
    LOST = "lost"


class Status(Identified):
    """A device's own word on whether it is there."""

    state: DeviceState
    note: Text | None = None
