"""Lines and polygons in the plane.

Only arithmetic and square roots, which every machine rounds alike: movement that is built on
these is the same everywhere.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

Vec = tuple[float, float]


def heading(degrees: float) -> Vec:
    """The unit vector of a direction; rounded, since machines differ in a sine's last digits."""
    angle = math.radians(degrees)
    return round(math.cos(angle), 6), round(math.sin(angle), 6)


class Path:
    """A polyline by its length. Before its start and past its end it goes straight on."""

    __slots__ = ("length", "points", "starts", "units")

    def __init__(self, points: Sequence[Vec]) -> None:
        self.points = [points[0]]
        self.starts: list[float] = []
        self.units: list[Vec] = []
        self.length = 0.0
        for here, there in pairwise(points):
            gap = distance(here, there)
            if gap < 1e-9:
                continue
            self.starts.append(self.length)
            self.units.append(((there[0] - here[0]) / gap, (there[1] - here[1]) / gap))
            self.points.append(there)
            self.length += gap

    def at(self, s: float) -> tuple[float, float, float, float]:
        """x, y and the direction (a unit vector) at `s` metres from the start."""
        leg = max(0, bisect_right(self.starts, s) - 1)
        (x, y), (ux, uy), run = self.points[leg], self.units[leg], s - self.starts[leg]
        return x + ux * run, y + uy * run, ux, uy

    def project(self, x: float, y: float) -> tuple[float, float]:
        """The nearest point's `s`, and how far left of the path (x, y) lies (right: below 0)."""
        best = math.inf
        found = (0.0, 0.0)
        last = len(self.units) - 1
        for leg, ((ux, uy), start) in enumerate(zip(self.units, self.starts, strict=True)):
            px, py = self.points[leg]
            dx, dy = x - px, y - py
            along = dx * ux + dy * uy
            size = (self.starts[leg + 1] if leg < last else self.length) - start
            kept = min(
                max(along, -math.inf if leg == 0 else 0.0), math.inf if leg == last else size
            )
            ex, ey = dx - kept * ux, dy - kept * uy
            square = ex * ex + ey * ey
            if square < best:
                side = ux * dy - uy * dx
                best = square
                found = (start + kept, math.sqrt(square) if side >= 0 else -math.sqrt(square))
        return found


def distance(a: Vec, b: Vec) -> float:
    """Metres between two points."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    return math.sqrt(dx * dx + dy * dy)


def inside(point: Vec, polygon: Sequence[Vec]) -> bool:
    """Whether a point lies in a polygon (even-odd rule)."""
    x, y = point
    odd = False
    for (ax, ay), (bx, by) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            odd = not odd
    return odd


def middle(polygon: Sequence[Vec]) -> Vec:
    """The mean of a polygon's corners."""
    return sum(p[0] for p in polygon) / len(polygon), sum(p[1] for p in polygon) / len(polygon)


def cross_at(a: Vec, b: Vec, c: Vec, d: Vec) -> float | None:
    """Where segment a-b crosses c-d, as a share of a-b; None where it does not."""
    rx, ry, sx, sy = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    turn = rx * sy - ry * sx
    if abs(turn) < 1e-12:
        return None
    share = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / turn
    other = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / turn
    return share if 0 <= share <= 1 and 0 <= other <= 1 else None


def meets(line: Sequence[Vec], polygon: Sequence[Vec]) -> bool:
    """Whether a line touches or enters a polygon."""
    edges = list(zip(polygon, (*polygon[1:], polygon[0]), strict=True))
    return inside(line[0], polygon) or any(
        cross_at(a, b, c, d) is not None for a, b in pairwise(line) for c, d in edges
    )


def bend(start: Vec, out: Vec, end: Vec, into: Vec) -> list[Vec]:
    """A smooth curve that leaves `start` along `out` and reaches `end` along `into`."""
    reach = distance(start, end) * 0.45
    b = (start[0] + out[0] * reach, start[1] + out[1] * reach)
    c = (end[0] - into[0] * reach, end[1] - into[1] * reach)
    curve = []
    for step in range(13):
        t = step / 12
        u = 1 - t
        weights = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
        curve.append(
            (
                sum(w * p[0] for w, p in zip(weights, (start, b, c, end), strict=True)),
                sum(w * p[1] for w, p in zip(weights, (start, b, c, end), strict=True)),
            )
        )
    return curve
