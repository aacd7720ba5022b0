"""Vehicles that rightly stand: in a row before a stop or a crossing, or behind somebody."""

from __future__ import annotations

import math
from collections.abc import Iterable

from analytics.vision.situations.situation import Scene
from analytics.vision.situations.trail import SIZES, Trail
from smartopia.geometry import Vec

_STANDS_MPS = 0.5  # whoever crawls does not stand
_FIRST_M = 4.0  # from the stop to the front of the first, or past it
_NEXT_M = 4.5  # from the rear of one to the front of the next
_OFF_M = 0.6
_SLOW_MPS = 2.0
_MOST_UNSTEADY = 0.5  # m/s
_LEFT_MPS = 4.0  # so slowly nobody leaves the picture who has a free way
_BEHIND_M = 8.0  # from the front of one to the rear of the next
_ASIDE_M = 1.6


def queued(scene: Scene, vehicles: Iterable[Trail]) -> frozenset[int]:
    """The keys of those who stand in a row that begins at a stop or a crossing of a way."""
    rows: dict[str, list[tuple[float, float, bool, int]]] = {}
    for one in vehicles:
        if one.speed > _STANDS_MPS:
            continue
        half = _half(one)
        for way, at in scene.ways(one):
            if at.off < way.width_m / 2 + _OFF_M:
                first = at.to_stop is not None and abs(at.to_stop - half) <= _FIRST_M
                row = rows.setdefault(way.name, [])
                row.append((at.along + half, at.along - half, first, one.key))
    found: set[int] = set()
    for row in rows.values():
        ahead = math.inf
        for front, rear, first, key in sorted(row, reverse=True):
            if first or ahead - front <= _NEXT_M:
                found.add(key)
                ahead = rear
    return frozenset(found)


def held_up(scene: Scene, one: Trail) -> bool:
    """Whether somebody close ahead of a vehicle stands or crawls, or left the picture so."""
    heading = one.way or next((at.direction for _, at in scene.ways(one)), None)
    return heading is not None and any(
        _ahead(scene, one, other, heading)
        for other in scene.trails
        if other.key != one.key and other.family == "vehicle" and _slow(other, scene)
    )


def _slow(other: Trail, scene: Scene) -> bool:
    """Whether it hinders who comes behind; not so who stands off the road, and never drove."""
    if other.way is None and not scene.ways(other):
        return False
    if other.seen < scene.now:
        return other.speed <= _LEFT_MPS
    return other.speed <= _SLOW_MPS + min(other.unsteady, _MOST_UNSTEADY)


def _ahead(scene: Scene, one: Trail, other: Trail, heading: Vec) -> bool:
    x, y = scene.site.moved(one.stand, other.stand, one.scale.across)
    along, aside = x * heading[0] + y * heading[1], y * heading[0] - x * heading[1]
    gap = along - _half(one) - _half(other)
    return along > 0 and gap < _BEHIND_M and abs(aside) < _ASIDE_M


def _half(one: Trail) -> float:
    return SIZES.get(one.label, SIZES["car"])[0] / 2
