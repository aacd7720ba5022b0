"""People at a place: noise, motion, calls for help, and a home."""

from __future__ import annotations

from functools import cached_property

from devices_sim.world import home, people, sound
from devices_sim.world.incident import IncidentKind
from devices_sim.world.views.point import Point

_DOOR_SHARE = 0.3


class PeopleView(Point):
    """What sensors hear and see of people."""

    @property
    def sound_level(self) -> float:
        """Sound level, dB SPL."""
        return sound.sound_level(self.hour, self.felt(IncidentKind.NOISE), self.wander("sound", 4))

    @property
    def sound_peak_level(self) -> float:
        """Peak sound level of the last second, dB SPL: breaking glass stands out."""
        glass = self.felt(IncidentKind.BREAK_IN)
        since = self.world.since(IncidentKind.BREAK_IN, self.place, self.now)
        return sound.sound_peak(self.sound_level, glass, since, self.chance("peak", 1))

    @property
    def motion(self) -> bool:
        """Whether somebody moves here."""
        intruder = self.felt(IncidentKind.CRIME) or self.felt(IncidentKind.BREAK_IN)
        return people.motion(self.hour, intruder, self.chance("motion", 5))

    @property
    def bell_pressed(self) -> bool:
        """Whether somebody holds the emergency bell."""
        return self.felt(IncidentKind.CRIME) > 0.5

    @cached_property
    def inactivity(self) -> float:
        """Minutes since somebody at home moved, opened a door or used power."""
        clock = self._clock
        lying = 0.0
        if self.felt(IncidentKind.FALL_AT_HOME) > 0.5:
            lying = self.world.since(IncidentKind.FALL_AT_HOME, self.place, self.now)
        last = home.last_stir(clock - lying, self.place.key, self.world.seed)
        return (clock - last) / 60

    @property
    def power(self) -> float:
        """Electric power the home takes, W."""
        fridge = self.wander("fridge", 1500)
        return home.power(self.inactivity, fridge, awake=home.awake(self.hour))

    @property
    def door_open(self) -> bool:
        """Whether the home's door stands open: it does in some of the moments somebody stirs."""
        return self.inactivity < 1 and self.chance("door", 1800) < _DOOR_SHARE

    @property
    def _clock(self) -> float:
        """Seconds since the midnight before the run."""
        return self.world.start_hour * 3600 + self.now
