"""Alerts of neighbouring cameras that are one incident: pure.

Somebody who walks from one camera's picture into another's is one incident, not two. What
belongs together is told by what it is, where and when; never by looks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.vision.situations.trail import FAMILIES
from smartopia.clock import rfc3339
from smartopia.contract.topics import DeviceKey

WITHIN = timedelta(seconds=30)
"""Later than this after the last of it, it is another incident."""

REACH_M = 40.0
"""What two cameras show may lie so far from where they hang, and so be one place."""

NEIGHBOURS_M = 250.0
"""Cameras farther apart are no neighbours, however fast one is."""

_SPEED = {"person": 3.0, "cycle": 8.0, "vehicle": 17.0}
"""Metres a second at which one may get from camera to camera; 0 for what stays."""

_DEGREE_M = 111_195.0


@dataclass(frozen=True, slots=True)
class Report:
    """What is told of a camera.

    Attributes:
        labels: the classes of those in it; empty where nobody is.
        place: the camera's latitude and longitude, degrees; None where it is not known.
    """

    situation: str
    labels: frozenset[str]
    camera: DeviceKey
    place: tuple[float, float] | None
    at: datetime


class Incidents:
    """The incidents of the last while, by their newest report of each camera."""

    def __init__(self) -> None:
        self._reports: list[tuple[str, Report]] = []

    def name(self, report: Report) -> str:
        """The incident a report belongs to: that of the nearest report, or a new one."""
        self._reports = [one for one in self._reports if abs(report.at - one[1].at) <= WITHIN]
        name = incident_of(report, self._reports)
        if name is None:
            name = f"{report.situation}:{report.camera}:{rfc3339(report.at)}"
        self._reports.append((name, report))
        return name


def incident_of(report: Report, before: Iterable[tuple[str, Report]]) -> str | None:
    """The incident of the report before, on another camera, that may be of the same.

    Where several may be, the one that came last counts.
    """
    found = [(other.at, name) for name, other in before if _same(report, other)]
    return max(found)[1] if found else None


def _same(one: Report, other: Report) -> bool:
    if one.camera == other.camera or one.camera.site != other.camera.site:
        return False
    if one.situation != other.situation or one.place is None or other.place is None:
        return False
    families, others = _families(one), _families(other)
    if families and others and not families & others:
        return False
    passed = abs(one.at - other.at)
    if passed > WITHIN or not (families or others):
        return False
    speed = max(_SPEED.get(family, 0.0) for family in families | others)
    apart = metres(one.place, other.place)
    return apart <= min(NEIGHBOURS_M, REACH_M + speed * passed.total_seconds())


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """How far apart two places are, by their latitude and longitude in degrees."""
    north = (b[0] - a[0]) * _DEGREE_M
    east = (b[1] - a[1]) * _DEGREE_M * math.cos(math.radians((a[0] + b[0]) / 2))
    return math.hypot(north, east)


def _families(report: Report) -> frozenset[str]:
    return frozenset(FAMILIES.get(label, label) for label in report.labels)
