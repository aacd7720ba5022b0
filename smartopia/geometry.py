"""Points, lines and polygons in a plane."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

Vec = tuple[float, float]


def distance(a: Vec, b: Vec) -> float:
    """How far apart two points are."""
    return math.hypot(b[0] - a[0], b[1] - a[1])


def inside(point: Vec, polygon: Sequence[Vec]) -> bool:
    """Whether a point lies in a polygon (even-odd rule)."""
    x, y = point
    odd = False
    for (ax, ay), (bx, by) in edges(polygon):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            odd = not odd
    return odd


def edges(polygon: Sequence[Vec]) -> Iterator[tuple[Vec, Vec]]:
    """The sides of a polygon."""
    return zip(polygon, (*polygon[1:], polygon[0]), strict=True)


def nearest(point: Vec, line: Sequence[Vec]) -> tuple[Vec, Vec, float]:
    """Of a polyline: its point nearest to another, its direction there, and how far it has come.

    Returns:
        The point; a unit vector; the length from the line's start to the point.
    """
    best: tuple[float, Vec, Vec, float] | None = None
    come = 0.0
    for a, b in pairwise(line):
        size = distance(a, b)
        if size == 0:
            continue
        way = ((b[0] - a[0]) / size, (b[1] - a[1]) / size)
        along = (point[0] - a[0]) * way[0] + (point[1] - a[1]) * way[1]
        along = min(size, max(0.0, along))
        spot = (a[0] + along * way[0], a[1] + along * way[1])
        gap = distance(point, spot)
        if best is None or gap < best[0]:
            best = (gap, spot, way, come + along)
        come += size
    if best is None:
        raise ValueError("a line needs two points apart from one another")
    return best[1:]


def straightened(line: Sequence[Vec], off: float) -> tuple[Vec, ...]:
    """A polyline without the points that lie within `off` of it (Douglas, Peucker)."""
    if len(line) < 3:
        return tuple(line)
    ends = (line[0], line[-1])
    round_trip = distance(*ends) == 0
    gaps = [
        distance(point, ends[0] if round_trip else nearest(point, ends)[0]) for point in line[1:-1]
    ]
    worst = max(range(len(gaps)), key=gaps.__getitem__)
    if gaps[worst] <= off:
        return line[0], line[-1]
    head = straightened(line[: worst + 2], off)
    return *head[:-1], *straightened(line[worst + 1 :], off)


def rim(point: Vec, polygon: Sequence[Vec]) -> Vec:
    """The nearest point on the sides of a polygon."""
    return nearest(point, (*polygon, polygon[0]))[0]


def side(point: Vec, line: tuple[Vec, Vec]) -> float:
    """Which side of a line: above 0 is right of it where y points down, 0 on it."""
    (ax, ay), (bx, by) = line
    return (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)


def cross(a: Vec, b: Vec, c: Vec, d: Vec) -> bool:
    """Whether the segments a-b and c-d cross."""
    apart = side(a, (c, d)) * side(b, (c, d))
    return apart < 0 and side(c, (a, b)) * side(d, (a, b)) < 0


def crosses_itself(polygon: Sequence[Vec]) -> bool:
    """Whether two sides of a polygon cross."""
    sides = list(edges(polygon))
    return any(cross(*one, *other) for one, other in combinations(sides, 2))


def area(polygon: Sequence[Vec]) -> float:
    """The size of a polygon."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in edges(polygon))) / 2


def covered(box: Sequence[float], by: Sequence[float]) -> float:
    """The share of a box that another one covers."""
    wide = min(box[2], by[2]) - max(box[0], by[0])
    high = min(box[3], by[3]) - max(box[1], by[1])
    size = (box[2] - box[0]) * (box[3] - box[1])
    return wide * high / size if wide > 0 and high > 0 and size > 0 else 0.0


def alike(one: Sequence[float], other: Sequence[float]) -> float:
    """How much of each of two boxes the other covers, at least: 1 where they are the same."""
    return min(covered(one, other), covered(other, one))
