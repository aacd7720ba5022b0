"""Cameras whose people the detector cannot know: they are told of as long as they send."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from smartopia.bus.health import Reporter
from smartopia.contract.topics import DeviceKey

_PROBLEM = "drawn_only"
_TOLD_FOR = timedelta(minutes=1)
_NAMED = 3


class BlindCameras:
    """Keeps the service degraded while real cameras are looked at by a model of drawn streets.

    Args:
        model: its file.
    """

    def __init__(self, reporter: Reporter, model: str) -> None:
        self._reporter = reporter
        self._model = model
        self._last: dict[DeviceKey, datetime] = {}

    def note(self, cameras: Collection[DeviceKey], now: datetime) -> None:
        """Take the cameras of a batch for blind, and tell of all that were of late."""
        before = set(self._last)
        self._last |= dict.fromkeys(cameras, now)
        self._last = {c: at for c, at in self._last.items() if now - at < _TOLD_FOR}
        if self._last.keys() == before:
            return
        if self._last:
            self._reporter.degraded(_PROBLEM, problem(self._model, sorted(map(str, self._last))))
        else:
            self._reporter.recovered(_PROBLEM)


def problem(model: str, cameras: list[str]) -> str:
    """What an operator is told of blind cameras."""
    more = len(cameras) - _NAMED
    named = ", ".join(cameras[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    return (
        f"{model} learnt from drawn streets alone: what it sees on {named} cannot be trusted, and "
        "the pictures are covered as a whole. Name a detector for real cameras in SMARTOPIA_MODEL"
    )
