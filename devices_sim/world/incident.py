"""Incidents: what goes wrong, where, and when, in seconds after the start of the run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from devices_sim.world.place import Place


class IncidentKind(StrEnum):
    """What can go wrong. Strengths: see `Incident`."""

    CLOUDBURST = "cloudburst"
    CRIME = "crime"
    ACCIDENT = "accident"
    DUST = "dust"
    FIRE = "fire"
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class Onset:
    """How fast an incident comes and goes (seconds), and its strength where none is given."""

    seconds: float
    strength: float


# Strength is in the unit of what the incident adds: mm/h of rain, ug/m3 of PM2.5, dB SPL at
# the source; for crime, accident and fire it is a share, 1 being the full picture.
ONSETS = {
    IncidentKind.CLOUDBURST: Onset(0.0, 75.0),
    IncidentKind.CRIME: Onset(0.0, 1.0),
    IncidentKind.ACCIDENT: Onset(5.0, 1.0),
    IncidentKind.DUST: Onset(15.0, 320.0),
    IncidentKind.FIRE: Onset(20.0, 1.0),
    IncidentKind.NOISE: Onset(1.0, 95.0),
}


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident, which comes again each `cycle` seconds if that is set.

    Attributes:
        at, duration, cycle: seconds of the run. It is at full strength by
            `at + onset` and begins to fade at `at + duration`.
        radius: metres; see `devices_sim.world.place.reach`.
    """

    kind: IncidentKind
    place: Place
    radius: float
    at: float
    duration: float
    strength: float
    cycle: float | None = None

    def windows(self, now: float, memory: float) -> Iterator[tuple[float, float]]:
        """When it was on: (begin, end) of each time not over longer than `memory` seconds."""
        if self.cycle is None:
            if self.at <= now < self.at + self.duration + memory:
                yield self.at, self.at + self.duration
            return
        last = math.floor((now - self.at) / self.cycle)
        for turn in range(last, -1, -1):
            begin = self.at + turn * self.cycle
            if now >= begin + self.duration + memory:
                return
            yield begin, begin + self.duration

    def share(self, now: float) -> float:
        """How much of it is on now, in [0, 1]."""
        onset = ONSETS[self.kind].seconds
        if onset == 0:
            return 1.0 if any(True for _ in self.windows(now, 0.0)) else 0.0
        return max((_ramp(now, *w, onset) for w in self.windows(now, onset)), default=0.0)


def _ramp(now: float, begin: float, end: float, onset: float) -> float:
    return max(0.0, min(1.0, (now - begin) / onset, 1 - (now - end) / onset))
