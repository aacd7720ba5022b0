"""Incidents: what goes wrong, where, and when, in seconds after the start of the run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from devices_sim.world.place import Place


class IncidentKind(StrEnum):
    """What can go wrong. Strengths: see `ONSETS`."""

    CLOUDBURST = "cloudburst"
    SNOWFALL = "snowfall"
    FOG = "fog"
    GALE = "gale"
    HEATWAVE = "heatwave"
    CRIME = "crime"
    BREAK_IN = "break_in"
    FALL_AT_HOME = "fall_at_home"
    ACCIDENT = "accident"
    SIGNAL_FAILURE = "signal_failure"
    RECKLESS_DRIVING = "reckless_driving"
    DUST = "dust"
    NOISE = "noise"
    ODOUR = "odour"
    WATER_POLLUTION = "water_pollution"
    GAS_LEAK = "gas_leak"
    FIRE = "fire"
    EARTHQUAKE = "earthquake"
    WALL_COLLAPSE = "wall_collapse"


@dataclass(frozen=True, slots=True)
class Onset:
    """How fast an incident comes and goes, and how strong it is where nothing is said.

    Attributes:
        seconds: from nothing to full strength, and back.
        strength: in `unit`.
        unit: UCUM code of what the strength says; 1 for a share of the full picture.
        effect: what the strength is, in words.
    """

    seconds: float
    strength: float
    unit: str = "1"
    effect: str = "share"


ONSETS = {
    # weather
    IncidentKind.CLOUDBURST: Onset(0, 75, "mm/h", "rain; rivers and drains follow"),
    IncidentKind.SNOWFALL: Onset(30, 3, "mm/h", "snow, as water; it brings its own cold"),
    IncidentKind.FOG: Onset(60, 1, effect="share of a fog in which one sees 80 m"),
    IncidentKind.GALE: Onset(30, 18, "m/s", "added to the wind"),
    IncidentKind.HEATWAVE: Onset(1800, 8, "Cel", "added to the air's temperature"),
    # people
    IncidentKind.CRIME: Onset(0, 1, effect="share; over 0.5 the bell is pressed"),
    IncidentKind.BREAK_IN: Onset(0, 118, "dB[SPL]", "peak of the breaking glass; then motion"),
    IncidentKind.FALL_AT_HOME: Onset(0, 1, effect="share; over 0.5 nobody moves any more"),
    # roads
    IncidentKind.ACCIDENT: Onset(5, 1, effect="share of the road that is shut"),
    IncidentKind.SIGNAL_FAILURE: Onset(0, 1, effect="share; over 0.5 the signal is dark"),
    IncidentKind.RECKLESS_DRIVING: Onset(0, 150, "km/h", "speed of the vehicle"),
    # environment
    IncidentKind.DUST: Onset(15, 320, "ug/m3", "PM2.5 at the source; the wind carries it"),
    IncidentKind.NOISE: Onset(1, 95, "dB[SPL]", "sound level at the source"),
    IncidentKind.ODOUR: Onset(30, 0.08, "[ppm]", "H2S at the source; the wind carries it"),
    IncidentKind.WATER_POLLUTION: Onset(30, 1, effect="share of a spill that kills the fish"),
    # disasters
    IncidentKind.GAS_LEAK: Onset(20, 45, "%{LEL}", "of the lower explosive limit"),
    IncidentKind.FIRE: Onset(20, 1, effect="share of a hall in full fire"),
    IncidentKind.EARTHQUAKE: Onset(2, 120, "cm/s2", "peak ground acceleration at the epicentre"),
    IncidentKind.WALL_COLLAPSE: Onset(
        90, 5, "deg", "tilt at last; the wall leans for a minute and a half first"
    ),
}
"""What each kind's strength means, and what it is where a scenario gives none."""


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident, which comes again each `cycle` seconds if that is set.

    Attributes:
        at, duration, cycle: seconds of the run. It is at full strength by
            `at + onset` and begins to fade at `at + duration`.
        radius: metres; see `devices_sim.world.place.reach`.
        strength: in the unit its kind has in `ONSETS`.
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

    def since(self, now: float) -> float:
        """Seconds since it began last; infinite while it is not on."""
        return min((now - begin for begin, _ in self.windows(now, 0.0)), default=math.inf)


def _ramp(now: float, begin: float, end: float, onset: float) -> float:
    return max(0.0, min(1.0, (now - begin) / onset, 1 - (now - end) / onset))
