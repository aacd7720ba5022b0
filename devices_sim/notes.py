"""What devices note of what they do, for the truth; those on a bench note nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from devices_sim.cameras.scene.programme import Occurred
from devices_sim.conditions.model import Span
from smartopia.truth.model import Box


class Notes(Protocol):
    """Where it is noted; `devices_sim.truth.recorder.Recorder` keeps it."""

    def applied(self, span: Span) -> None:
        """A condition was put on a device; while it is on, its end is infinite."""

    def count(self, device: str, what: str, n: int = 1) -> None:
        """A device sent something."""

    def frame(self, device: str, time: datetime, boxes: Sequence[Box]) -> None:
        """A camera made a frame, stamped with this time, in which these are to be seen."""

    def happened(self, event: Occurred) -> None:
        """An event truly began in a scene; told again, with its end, once it is over."""


class NoNotes:
    """Keeps nothing."""

    def applied(self, span: Span) -> None:
        """Nothing is kept of it."""

    def count(self, device: str, what: str, n: int = 1) -> None:
        """Nothing is kept of it."""

    def frame(self, device: str, time: datetime, boxes: Sequence[Box]) -> None:
        """Nothing is kept of it."""

    def happened(self, event: Occurred) -> None:
        """Nothing is kept of it."""
