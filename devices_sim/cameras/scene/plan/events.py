"""What goes wrong in a scene on purpose, and when it truly did."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from devices_sim.cameras.scene.layout import Point
from devices_sim.fields import DeviceName, Positive
from smartopia.yaml_lines import Section


class EventKind(StrEnum):
    """What can happen; onset and end are those of `TRUE_WHEN`."""

    INTRUSION = "intrusion"
    LOITERING = "loitering"
    ABANDONMENT = "abandonment"
    COLLAPSE = "collapse"
    CROWD = "crowd"
    FIGHTING = "fighting"
    LINE_CROSSING = "line_crossing"
    WRONG_WAY = "wrong_way"
    ILLEGAL_PARKING = "illegal_parking"
    CONGESTION = "congestion"
    JAYWALKING = "jaywalking"
    ACCIDENT = "accident"
    FIRE = "fire"
    FLOOD = "flood"


@dataclass(frozen=True, slots=True)
class Meaning:
    """From when to when an event is true, and its strength where none is given."""

    onset: str
    end: str
    strength: float
    strength_is: str


TRUE_WHEN = {
    EventKind.INTRUSION: Meaning(
        "a person stands in the forbidden zone", "it is out again", 1, "people"
    ),
    EventKind.LOITERING: Meaning(
        "it has hung about for `strength` seconds", "it goes", 60, "seconds until it counts"
    ),
    EventKind.ABANDONMENT: Meaning(
        "the owner is 3 m from the bag", "somebody has taken the bag", 1, "bags"
    ),
    EventKind.COLLAPSE: Meaning("a person lies on the ground", "it gets up", 1, "people"),
    EventKind.CROWD: Meaning(
        "four fifths of so many people are there, whoever they are",
        "fewer than half are there",
        12,
        "people",
    ),
    EventKind.FIGHTING: Meaning("two people fight", "they part", 2, "people"),
    EventKind.LINE_CROSSING: Meaning(
        "a person steps over the line", "it steps back over it", 1, "people"
    ),
    EventKind.WRONG_WAY: Meaning(
        "a camera sees a vehicle drive against its lane", "none sees it any more", 1, "vehicles"
    ),
    EventKind.ILLEGAL_PARKING: Meaning(
        "a vehicle has stood in the no-parking zone for `strength` seconds",
        "it moves off",
        30,
        "seconds until it counts",
    ),
    EventKind.CONGESTION: Meaning(
        "`strength` vehicles within 25 m of one of them crawl, and have for 30 s: at 30 % of their "
        "lane's free speed or less, level of service F (HCM, urban streets); not those that wait "
        "at a signal, a crossing or a junction",
        "fewer than two do, for 5 s",
        3,
        "vehicles",
    ),
    EventKind.JAYWALKING: Meaning(
        "a person steps onto the road off the crossings", "it is off the road", 1, "people"
    ),
    EventKind.ACCIDENT: Meaning("two cars stand crooked in the lane", "they drive on", 2, "cars"),
    EventKind.FIRE: Meaning("flames stand 0.4 m high", "they are lower", 1.5, "scale of the fire"),
    EventKind.FLOOD: Meaning("water covers the bank", "it has left it", 1.6, "metres it rises"),
}


class SceneEvent(Section):
    """One event. It is true from about `at`, for about `duration` (both in seconds).

    Attributes:
        where: a place [x, y], or the name of a zone, tripwire or lane of the layout; without
            it, a fitting one a camera sees.
        strength: see `TRUE_WHEN`.
    """

    kind: EventKind
    at: Annotated[float, Field(ge=0)]
    duration: Positive = 30.0
    where: Point | DeviceName | None = None
    strength: Positive | None = None

    @property
    def force(self) -> float:
        """Its strength, or that of its kind."""
        return TRUE_WHEN[self.kind].strength if self.strength is None else self.strength


@dataclass(frozen=True, slots=True)
class TrueEvent:
    """What truly happened, in seconds of the run.

    Attributes:
        end: None while it goes on.
        number: tells it from others of its kind that came by themselves: traffic jams, and people
            walk on the road. None for one of the events the plan was given.
    """

    kind: EventKind
    onset: float
    end: float | None
    actors: tuple[int, ...]
    x: float
    y: float
    number: int | None = None

    @property
    def meant(self) -> bool:
        """Whether it is one of the events the plan was given."""
        return self.number is None
