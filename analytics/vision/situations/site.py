"""A site view in the pixels of one picture size, and distances in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from analytics.vision.situations.ground import Plane, plane_of
from analytics.vision.situations.ways import (
    Frame,
    OnWay,
    SiteWay,
    frame_of,
    framed,
    place_on,
    way_on,
)
from smartopia.geometry import Vec, distance, inside, nearest, straightened
from smartopia.siteview import Area, AreaUse, SiteView, Way, Wire

_Pixels = Callable[[tuple[Vec, ...]], tuple[Vec, ...]]
_STRAIGHT_M = 0.1


@dataclass(frozen=True, slots=True)
class SiteArea:
    """An area with its outline in pixels, and the upright rectangle round that."""

    area: Area
    outline: tuple[Vec, ...]
    frame: Frame

    def holds(self, pixel: Vec) -> bool:
        """Whether a pixel lies in it."""
        return framed(pixel, self.frame, 0.0) and inside(pixel, self.outline)


@dataclass(frozen=True, slots=True)
class SiteWire:
    """A wire with its ends in pixels."""

    wire: Wire
    line: tuple[Vec, Vec]


@dataclass(frozen=True, slots=True)
class Site:
    """A site view in pixels.

    Where no ground is given, metres come from the size of who stands there: right across the
    picture, too short along the line of sight.
    """

    view: SiteView
    size: tuple[int, int]
    areas: tuple[SiteArea, ...]
    wires: tuple[SiteWire, ...]
    ways: tuple[SiteWay, ...]
    plane: Plane | None
    by_use: Mapping[AreaUse, tuple[SiteArea, ...]]

    def areas_for(self, use: AreaUse) -> tuple[SiteArea, ...]:
        """The areas of a use."""
        return self.by_use.get(use, ())

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

    def moved(self, a: Vec, b: Vec, per_metre: float) -> Vec:
        """From one pixel to another in metres, along the axes a trail's `way` is in."""
        if self.plane is not None:
            here, there = self.plane.metres(a), self.plane.metres(b)
            if here is not None and there is not None:
                return there[0] - here[0], there[1] - here[1]
        return (b[0] - a[0]) / per_metre, (b[1] - a[1]) / per_metre

    def on_ways(self, pixel: Vec, per_metre: float) -> Iterator[tuple[Way, OnWay]]:
        """Where a pixel is on each way it is on, or no farther than `BESIDE_M` beside."""
        here = self.plane.metres(pixel) if self.plane is not None else None
        for one in self.ways:
            point = here if one.on_ground else pixel
            at = place_on(point, one, per_metre) if point is not None else None
            if at is not None:
                yield one.way, at


@lru_cache(maxsize=256)
def site_of(view: SiteView, size: tuple[int, int]) -> Site:
    """A site view in the pixels of a picture size.

    Raises:
        ConfigurationError: its ground is none.
    """
    plane = None if view.ground is None else plane_of(view.ground, size)

    def pixels(points: tuple[Vec, ...]) -> tuple[Vec, ...]:
        return tuple((x * size[0], y * size[1]) for x, y in points)

    wires = []
    for wire in view.wires:
        a, b = pixels(wire.line)
        wires.append(SiteWire(wire, (a, b)))
    areas = [(one, pixels(one.outline)) for one in view.areas]
    drawn = tuple(SiteArea(one, outline, frame_of(outline)) for one, outline in areas)
    by_use = {use: tuple(one for one in drawn if one.area.use is use) for use in AreaUse}
    crossings = [one.outline for one in by_use[AreaUse.CROSSING]]
    ways = [_way(way, plane, pixels, crossings) for way in view.ways]
    return Site(view, size, drawn, tuple(wires), tuple(ways), plane, by_use)


def _way(
    way: Way,
    plane: Plane | None,
    pixels: Callable[[tuple[Vec, ...]], tuple[Vec, ...]],
    crossings: Sequence[tuple[Vec, ...]],
) -> SiteWay:
    line = pixels(way.line)
    stop = pixels((way.stop,))[0] if way.stop is not None else None
    shapes: Sequence[Sequence[Vec]] = crossings
    metres = None if plane is None else _metres(plane, line)
    if plane is not None and metres is not None:
        line = straightened(metres, _STRAIGHT_M)
        stop = plane.metres(stop) if stop is not None else None
        shapes = [shape for one in crossings if (shape := _metres(plane, one)) is not None]
    at_stop = nearest(stop, line)[2] if stop is not None else None
    return way_on(way, line, at_stop, shapes, on_ground=metres is not None)


def _metres(plane: Plane, pixels: Sequence[Vec]) -> list[Vec] | None:
    """Places on the ground; None where that is not known of each."""
    places = [place for pixel in pixels if (place := plane.metres(pixel)) is not None]
    return places if len(places) == len(pixels) else None
