"""What devices note of what they do, for the truth; those on a bench note nothing."""

from __future__ import annotations

from typing import Protocol

from devices_sim.conditions.model import Span


class Notes(Protocol):
    """Where it is noted; `devices_sim.truth.recorder.Recorder` keeps it."""

    def applied(self, span: Span) -> None:
        """A condition was put on a device; while it is on, its end is infinite."""

    def count(self, device: str, what: str, n: int = 1) -> None:
        """A device sent something."""


class NoNotes:
    """Keeps nothing."""

    def applied(self, span: Span) -> None:
        """Nothing is kept of it."""

    def count(self, device: str, what: str, n: int = 1) -> None:
        """Nothing is kept of it."""
