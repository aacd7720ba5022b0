"""Who crossed the wires of the cameras, as the situations process tells it: pure, in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smartopia.clock import rfc3339
from smartopia.contract.topics import DeviceKey
from smartopia.crossings import Crossings


@dataclass(frozen=True, slots=True)
class _Told:
    crossings: Crossings
    came: datetime


class CrossingCounts:
    """The newest that was told of each camera."""

    def __init__(self) -> None:
        self._told: dict[DeviceKey, _Told] = {}

    def take(self, crossings: Crossings, now: datetime) -> None:
        """Keep what is told; it holds all that is counted."""
        self._told[crossings.camera] = _Told(crossings, now)

    def view(self, camera: DeviceKey, now: datetime) -> dict[str, Any] | None:
        """A camera's crossings as the API tells them; None where nothing is counted."""
        told = self._told.get(camera)
        if told is None or not told.crossings.wires:
            return None
        return {
            "since": rfc3339(told.crossings.since),
            "until": rfc3339(told.crossings.until),
            "gaps": [[rfc3339(begin), rfc3339(end)] for begin, end in told.crossings.gaps],
            "age": round((now - told.came).total_seconds(), 3),
            "wires": [
                {
                    "wire": wire.wire,
                    "families": wire.families,
                    "left_to_right": sum(n for _, n, _ in wire.minutes),
                    "right_to_left": sum(n for _, _, n in wire.minutes),
                    "minutes": [
                        {"minute": rfc3339(at), "left_to_right": there, "right_to_left": back}
                        for at, there, back in wire.minutes
                    ],
                }
                for wire in told.crossings.wires
            ],
        }
