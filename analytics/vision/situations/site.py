"""A site view in the pixels of one picture size, and distances in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from analytics.vision.situations.ground import Plane, plane_of
from smartopia.geometry import Vec, distance, inside, nearest, straightened
from smartopia.siteview import Area, AreaUse, SiteView, Way, Wire

_Pixels = Callable[[tuple[Vec, ...]], tuple[Vec, ...]]
_STRAIGHT_M = 0.1
_ENDS_M = 0.5  # beyond the ends of a way that still counts as on it
_Frame = tuple[float, float, float, float]
_Piece = tuple[float, float, float, float, float, float]

BESIDE_M = 1.0
"""So far beside a way something is still looked for on it."""


@dataclass(frozen=True, slots=True)
class SiteArea:
    """An area with its outline in pixels, and the upright rectangle round that."""

    area: Area
    outline: tuple[Vec, ...]
    frame: _Frame

    def holds(self, pixel: Vec) -> bool:
        """Whether a pixel lies in it."""
        return _framed(pixel, self.frame, 0.0) and inside(pixel, self.outline)


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
        frame: the rectangle round the line.
        pieces: of the line: where each begins, its direction, its length, and what lies before.
    """

    way: Way
    line: tuple[Vec, ...]
    on_ground: bool
    stop: float | None
    frame: _Frame
    pieces: tuple[_Piece, ...]


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

    def on_ways(self, pixel: Vec, per_metre: float) -> Iterator[tuple[Way, OnWay]]:
        """Where a pixel is on each way it is on, or no farther than `BESIDE_M` beside."""
        here = self.plane.metres(pixel) if self.plane is not None else None
        for one in self.ways:
            if one.on_ground and here is None:
                continue
            point, scale = (here, 1.0) if one.on_ground and here else (pixel, per_metre)
            reach = (one.way.width_m / 2 + BESIDE_M) * scale
            at = _along(point, one, scale, reach) if _framed(point, one.frame, reach) else None
            if at is not None:
                yield one.way, at


def _along(point: Vec, one: SiteWay, scale: float, reach: float) -> OnWay | None:
    """Where a point is on a way; None where it is farther off than `reach`, or beyond an end."""
    x, y = point
    best: tuple[float, float, float, float, float] | None = None
    for ax, ay, ux, uy, size, come in one.pieces:
        dx, dy = x - ax, y - ay
        along = dx * ux + dy * uy
        on = min(size, max(0.0, along))
        off = math.hypot(dx - on * ux, dy - on * uy)
        if best is None or off < best[0]:
            best = (off, come + on, along - on, ux, uy)
    if best is None or best[0] > reach:
        return None
    off, come, beyond, ux, uy = best
    end = one.pieces[-1][4] + one.pieces[-1][5]
    if (come <= 0 or come >= end) and abs(beyond) > _ENDS_M * scale:
        return None
    to_stop = None if one.stop is None else (one.stop - come) / scale
    return OnWay(off / scale, come / scale, to_stop, (ux, uy))


def _framed(point: Vec, frame: _Frame, slack: float) -> bool:
    return (
        frame[0] - slack <= point[0] <= frame[2] + slack
        and frame[1] - slack <= point[1] <= frame[3] + slack
    )


def _frame(points: Sequence[Vec]) -> _Frame:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _pieces(line: Sequence[Vec]) -> Iterator[_Piece]:
    come = 0.0
    for a, b in pairwise(line):
        size = distance(a, b)
        if size > 0:
            yield a[0], a[1], (b[0] - a[0]) / size, (b[1] - a[1]) / size, size, come
            come += size


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
    areas = [(one, pixels(one.outline)) for one in view.areas]
    drawn = tuple(SiteArea(one, outline, _frame(outline)) for one, outline in areas)
    by_use = {use: tuple(one for one in drawn if one.area.use is use) for use in AreaUse}
    return Site(size, drawn, tuple(wires), tuple(ways), plane, by_use)


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
    at_stop = nearest(stop, line)[2] if stop is not None else None
    return SiteWay(way, line, on_ground, at_stop, _frame(line), tuple(_pieces(line)))
