"""A layout: the ground, what stands on it, the ways across it and the cameras above. In YAML.

Points are [x, y] in metres, x east and y north of the layout's place. Directions are degrees,
0 = east, counter-clockwise.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from devices_sim.fields import At, DeviceName, Positive
from smartopia.yaml_lines import Section

Point = tuple[
    Annotated[float, Field(allow_inf_nan=False)], Annotated[float, Field(allow_inf_nan=False)]
]
Line = Annotated[tuple[Point, ...], Field(min_length=2)]
Polygon = Annotated[tuple[Point, ...], Field(min_length=3)]
Degrees = Annotated[float, Field(ge=-360, le=360)]
Share = Annotated[float, Field(ge=0, le=1)]


class Material(StrEnum):
    """What the ground is made of."""

    ASPHALT = "asphalt"
    PAVEMENT = "pavement"
    GRASS = "grass"
    WATER = "water"
    SAND = "sand"
    CONCRETE = "concrete"


class MarkingKind(StrEnum):
    """Paint on the road."""

    ZEBRA = "zebra"
    LANE_LINE = "lane_line"
    CENTRE_LINE = "centre_line"
    STOP_LINE = "stop_line"
    EDGE_LINE = "edge_line"


class BuildingStyle(StrEnum):
    """What a building looks like."""

    APARTMENT = "apartment"
    VILLA = "villa"
    SHOP = "shop"
    OFFICE = "office"
    SCHOOL = "school"
    WAREHOUSE = "warehouse"


class BarrierStyle(StrEnum):
    """What a barrier is made of."""

    FENCE = "fence"
    WALL = "wall"
    HEDGE = "hedge"
    GUARDRAIL = "guardrail"


class WalkKind(StrEnum):
    """Who uses a walk: people; people and bicycles; people across a road."""

    PAVEMENT = "pavement"
    PATH = "path"
    CROSSING = "crossing"


class ZoneUse(StrEnum):
    """What a zone is watched for."""

    FORBIDDEN = "forbidden"
    NO_PARKING = "no_parking"
    GATHERING = "gathering"


class SignalFor(StrEnum):
    """Whom a signal is for."""

    VEHICLES = "vehicles"
    PEOPLE = "people"


class Ground(Section):
    """A surface; later ones lie on top. `level`: m above the road, below 0 for a river bed."""

    material: Material
    polygon: Polygon
    level: Annotated[float, Field(ge=-10, le=2)] = 0.0


class Marking(Section):
    """Paint along a line. `width`: m; a zebra's is how broad its walk is, its line the walk."""

    kind: MarkingKind
    line: Line
    width: Positive = 0.15
    dashed: bool = False
    colour: Annotated[str, Field(pattern="^(white|yellow|blue)$")] = "white"


class Building(Section):
    """A building: footprint, height in m."""

    style: BuildingStyle
    footprint: Polygon
    height: Annotated[float, Field(ge=2, le=150)]


class Tree(Section):
    """A tree: total height and the crown's radius, m."""

    at: Point
    height: Annotated[float, Field(ge=1, le=30)] = 6.0
    crown: Annotated[float, Field(ge=0.3, le=10)] = 1.8


class Lamp(Section):
    """A street lamp: height in m, arm towards `facing`."""

    at: Point
    height: Annotated[float, Field(ge=2, le=15)] = 8.0
    facing: Degrees = 0.0


class Barrier(Section):
    """A fence, wall, hedge or guardrail nobody passes: height in m."""

    style: BarrierStyle
    line: Line
    height: Annotated[float, Field(ge=0.3, le=6)] = 1.2


class Bench(Section):
    """A bench 1.8 m long; who sits on it looks towards `facing`."""

    at: Point
    facing: Degrees


class Rack(Section):
    """A row of bicycle stands; some of them are taken.

    Attributes:
        line: where the middles of the bicycles stand, from the first to the last.
        facing: where their fronts point.
        gap: metres from one stand to the next.
    """

    line: tuple[Point, Point]
    facing: Degrees
    gap: Annotated[float, Field(ge=0.5, le=5)] = 0.7

    def stands(self) -> tuple[Point, ...]:
        """Where bicycles can stand: from end to end, at least `gap` apart."""
        (ax, ay), (bx, by) = self.line
        spans = max(1, math.floor(math.dist(*self.line) / self.gap + 1e-6))
        return tuple(
            (ax + (bx - ax) * n / spans, ay + (by - ay) * n / spans) for n in range(spans + 1)
        )


class Door(Section):
    """Where people come from and go to, at a building or out of the picture."""

    name: DeviceName
    at: Point


class Bay(Section):
    """A parking bay, painted 2.5 by 5 m round `at`; a car in it points towards `facing`."""

    name: DeviceName
    at: Point
    facing: Degrees
    lane: DeviceName


SHELTER = ((-0.85, -2.1), (0.7, 2.1))
"""The corners of a bus stop's roof, metres along the way it faces and to the left."""
SHELTER_M = 2.46
"""How high it is."""


class BusStop(Section):
    """A stop with its shelter at `at`; buses of `lane` halt beside it, people wait there."""

    name: DeviceName
    at: Point
    facing: Degrees
    lane: DeviceName


class Signal(Section):
    """A signal on a pole. It is green from `green[0]` for `green[1]` s of each `cycle`.

    Then it is amber (for people: green and blinking) for `amber` s, and red for the rest.
    """

    name: DeviceName
    at: Point
    facing: Degrees
    serves: SignalFor = SignalFor.VEHICLES
    cycle: Annotated[float, Field(ge=20, le=240)] = 90.0
    green: tuple[Annotated[float, Field(ge=0)], Positive]
    amber: Annotated[float, Field(ge=0, le=40)] = 3.0


class Walk(Section):
    """A way of people: its middle line and width, m. Walks join where they share a point.

    A crossing with a `signal` is walked on green; one without, when no vehicle comes.
    """

    name: DeviceName
    line: Line
    width: Annotated[float, Field(ge=0.8, le=12)] = 2.5
    kind: WalkKind = WalkKind.PAVEMENT
    signal: DeviceName | None = None


class Halt(Section):
    """A stop line of a lane: where it crosses the lane, and the signal it waits for."""

    at: Point
    signal: DeviceName


class Lane(Section):
    """A way of vehicles, driven from the first point to the last. `speed`: limit in km/h.

    Attributes:
        share: of the world's traffic, against 1 for a full lane; 0 for a lane only events use.
        rank: who yields where lanes meet: the lower one.
        small: only cars and motorcycles fit.
    """

    name: DeviceName
    line: Line
    width: Annotated[float, Field(ge=2.2, le=5)] = 3.2
    speed: Annotated[float, Field(ge=5, le=80)] = 50.0
    share: Annotated[float, Field(ge=0, le=1)] = 1.0
    rank: int = 0
    small: bool = False
    halts: tuple[Halt, ...] = ()


class Zone(Section):
    """A part of the ground watched for something; events take place in one that fits."""

    name: DeviceName
    use: ZoneUse
    polygon: Polygon


class Tripwire(Section):
    """A line people are not to cross."""

    name: DeviceName
    line: tuple[Point, Point]


class SceneCamera(Section):
    """A camera on a pole.

    Attributes:
        at: where the pole stands.
        height: of the lens above the ground, m.
        pan: where it looks, degrees, 0 = east, counter-clockwise.
        tilt: how far it looks down, degrees below the horizon.
        field_of_view: horizontal, degrees.
        size: the picture's width and height, pixels.
        lens: radial distortion k1 (barrel below 0).
    """

    name: DeviceName
    at: Point
    height: Annotated[float, Field(ge=3, le=12)]
    pan: Degrees
    tilt: Annotated[float, Field(ge=0, le=80)]
    field_of_view: Annotated[float, Field(ge=20, le=120)] = 70.0
    size: tuple[Annotated[int, Field(ge=160, le=1920)], Annotated[int, Field(ge=96, le=1080)]] = (
        640,
        384,
    )
    lens: Annotated[float, Field(ge=-0.5, le=0.5)] = 0.0


class Mix(Section):
    """Who drives and rides: shares of the vehicles, and of those who come by paths.

    Attributes:
        cyclists: of all who come where there are paths; the rest are on foot.
    """

    motorcycles: Share = 0.1
    trucks: Share = 0.12
    buses: Share = 0.07
    cyclists: Share = 0.35

    @model_validator(mode="after")
    def _shares(self) -> Self:
        if self.motorcycles + self.trucks + self.buses > 1:
            raise ValueError("motorcycles, trucks and buses are more than all vehicles")
        return self


class Layout(Section):
    """A place. Nothing stands or moves outside `extent`: its south-west and north-east corner.

    Ways that end on the rim of the extent are where people and vehicles come and go. `mirror`
    says the place may be built mirrored, since no traffic has to keep right in it.
    """

    name: DeviceName
    place: At
    extent: tuple[Point, Point]
    mirror: bool = False
    liveliness: Annotated[float, Field(ge=0, le=5)] = 1.0
    traffic: Annotated[float, Field(ge=0, le=2)] = 1.0
    mix: Mix = Mix()
    ground: tuple[Ground, ...]
    markings: tuple[Marking, ...] = ()
    buildings: tuple[Building, ...] = ()
    trees: tuple[Tree, ...] = ()
    lamps: tuple[Lamp, ...] = ()
    barriers: tuple[Barrier, ...] = ()
    benches: tuple[Bench, ...] = ()
    racks: tuple[Rack, ...] = ()
    doors: tuple[Door, ...] = ()
    bays: tuple[Bay, ...] = ()
    bus_stops: tuple[BusStop, ...] = ()
    signals: tuple[Signal, ...] = ()
    walks: tuple[Walk, ...] = ()
    lanes: tuple[Lane, ...] = ()
    zones: tuple[Zone, ...] = ()
    tripwires: tuple[Tripwire, ...] = ()
    cameras: tuple[SceneCamera, ...]

    @model_validator(mode="after")
    def _extent(self) -> Self:
        (west, south), (east, north) = self.extent
        if not (west < east and south < north):
            raise ValueError("extent: give [[west, south], [east, north]]")
        return self
