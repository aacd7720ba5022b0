"""`events`: something a device decided by itself, such as a button pressed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from smartopia.contract.base import Identified, Name, Text


class DeviceEvent(Identified):
    """One happening, named by the device."""

    event: Annotated[Name, Field(description="what happened")]
    note: Text | None = None
