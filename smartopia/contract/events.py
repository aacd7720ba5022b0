"""`events`: something a device decided by itself, such as a button pressed."""

from __future__ import annotations

from smartopia.contract.base import Identified, Name, Text


class DeviceEvent(Identified):
    """One happening, named by the device."""

    event: Name
    note: Text | None = None
