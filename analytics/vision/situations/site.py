"""A site view in the pixels of one picture size, and distances in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from analytics.vision.situations.ground import Plane, plane_of
from smartopia.geometry import Vec, distance, inside, nearest, straightened
from smartopia.siteview import Area, AreaUse, SiteView, Way, Wire

_Pixels = Callable[[tuple[Vec, ...]], tuple[Vec, ...]]
_STRAIGHT_M = 0.1


@dataclass(frozen=True, slots=True)
class SiteArea:
    """An area with its outline in pixels."""

    area: Area
    outline: tuple[Vec, ...]

    def holds(self, pixel: Vec) -> bool:
        """Whether a pixel lies in it."""
        return inside(pixel, self.outline)


@dataclass(frozen=True, slots=True)
class SiteWire:
    """A wire with its ends in pixels."""

    wire: Wire
    line: tuple[Vec, Vec]


@dataclass(frozen=True, slots=True)
class SiteWay:
    """A way with its middle line in metres on the ground; in pixels where that is not known.

    Attributes:
        stop: how far along the line its stop is.
    """

    way: Way
    line: tuple[Vec, ...]
    on_ground: bool
    stop: float | None


@dataclass(frozen=True, slots=True)
class OnWay:
    """Where something is on a way: metres off its middle, along it, and to its stop line."""

    off: float
    along: float
    to_stop: float | None
    direction: Vec


@dataclass(frozen=True, slots=True)
class Site:
    """A site view in pixels.

    Where no ground is given, metres come from the size of who stands there: right across the
    picture, too short along the line of sight.
    """

    size: tuple[int, int]
    areas: tuple[SiteArea, ...]
    wires: tuple[SiteWire, ...]
    ways: tuple[SiteWay, ...]
    plane: Plane | None

    def areas_for(self, use: AreaUse) -> tuple[SiteArea, ...]:
        """The areas of a use."""
        return tuple(one for one in self.areas if one.area.use is use)

    def between(self, a: Vec, b: Vec, per_metre: float) -> float:
        """Metres between two pixels; `per_metre`: pixels a metre takes there, without a ground."""
        if self.plane is not None:
            here, there = self.plane.metres(a), self.plane.metres(b)
            if here is not None and there is not None:
                return distance(here, there)
        return distance(a, b) / max(per_metre, 1e-6)

    def around(self, pixel: Vec, scale: Vec, reach: float) -> list[Vec]:
        """Eight pixels `reach` metres round one; `scale`: see `Trail.scale`, across and away."""
        here = self.plane.metres(pixel) if self.plane is not None else None
        ring = []
        for turn in range(8):
            dx, dy = math.cos(turn * math.pi / 4) * reach, math.sin(turn * math.pi / 4) * reach
            spot = self.plane and here and self.plane.pixel((here[0] + dx, here[1] + dy))
            ring.append(spot or (pixel[0] + dx * scale[0], pixel[1] + dy * scale[1]))
        return ring

    def on_ways(self, pixel: Vec, per_metre: float) -> Iterator[tuple[Way, OnWay]]:
        """Where a pixel is on each way, however far off it; left out are those that end before."""
        here = self.plane.metres(pixel) if self.plane is not None else None
        for one in self.ways:
            if one.on_ground and here is None:
                continue
            point, scale = (here, 1.0) if one.on_ground and here else (pixel, per_metre)
            at = _along(point, one.line, one.stop, scale)
            if at is not None:
                yield one.way, at


def _along(point: Vec, line: tuple[Vec, ...], stop: float | None, scale: float) -> OnWay | None:
    spot, direction, along = nearest(point, line)
    gap = (point[0] - spot[0], point[1] - spot[1])
    ahead = gap[0] * direction[0] + gap[1] * direction[1]
    if spot in {line[0], line[-1]} and abs(ahead) > 0.5 * scale:
        return None
    to_stop = None if stop is None else (stop - along) / scale
    return OnWay(math.hypot(*gap) / scale, along / scale, to_stop, direction)


@lru_cache(maxsize=256)
def site_of(view: SiteView, size: tuple[int, int]) -> Site:
    """A site view in the pixels of a picture size.

    Raises:
        ConfigurationError: its ground is none.
    """
    plane = None if view.ground is None else plane_of(view.ground, size)

    def pixels(points: tuple[Vec, ...]) -> tuple[Vec, ...]:
        return tuple((x * size[0], y * size[1]) for x, y in points)

    ways = [_way(way, plane, pixels) for way in view.ways]
    wires = []
    for wire in view.wires:
        a, b = pixels(wire.line)
        wires.append(SiteWire(wire, (a, b)))
    areas = tuple(SiteArea(one, pixels(one.outline)) for one in view.areas)
    return Site(size, areas, tuple(wires), tuple(ways), plane)


def _way(
    way: Way, plane: Plane | None, pixels: Callable[[tuple[Vec, ...]], tuple[Vec, ...]]
) -> SiteWay:
    line = pixels(way.line)
    stop = pixels((way.stop,))[0] if way.stop is not None else None
    places = [plane.metres(point) for point in line] if plane is not None else []
    metres = [place for place in places if place is not None]
    on_ground = plane is not None and len(metres) == len(line)
    if plane is not None and on_ground:
        line = straightened(metres, _STRAIGHT_M)
        stop = plane.metres(stop) if stop is not None else None
    return SiteWay(way, line, on_ground, nearest(stop, line)[2] if stop is not None else None)
