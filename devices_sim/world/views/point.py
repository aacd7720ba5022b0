"""A point of the world: what every subject builds on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devices_sim.world.incident import IncidentKind
from devices_sim.world.noise import smooth, uniform
from devices_sim.world.place import Place

if TYPE_CHECKING:
    from devices_sim.world.world import World


# Without slots, so that what several properties build on is worked out once a reading.
@dataclass(frozen=True)
class Point:
    """One place and time.

    Attributes:
        now: seconds since the run began.
        interval: seconds a summing sensor sums up.
    """

    world: World
    place: Place
    now: float
    interval: float = 1.0

    @property
    def hour(self) -> float:
        """The hour of day, in [0, 24)."""
        return (self.world.start_hour + self.now / 3600) % 24

    def wander(self, what: str, seconds: float) -> float:
        """Noise of this place in [-1, 1] that turns about once in so many seconds."""
        return smooth(self.now / seconds, what, self.place.key, self.world.seed)

    def chance(self, what: str, seconds: float) -> float:
        """A number of this place in [0, 1), drawn anew every so many seconds."""
        return uniform(int(self.now // seconds), what, self.place.key, self.world.seed)

    def trait(self, what: str) -> float:
        """A number of this place in [0, 1) that stays."""
        return uniform(what, self.place.key, self.world.seed)

    def felt(self, kind: IncidentKind) -> float:
        """The strongest incident of a kind as felt here."""
        return self.world.felt(kind, self.place, self.now)

    def drifted(self, kind: IncidentKind, spread: float = 1.0) -> float:
        """The strongest incident of a kind, as the wind carries it here; see `World.drifted`."""
        return self.world.drifted(kind, self.place, self.now, spread)
