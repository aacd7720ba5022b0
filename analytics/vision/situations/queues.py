"""Vehicles that rightly stand: in a row before a stop line, or behind others that do not get on."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from analytics.vision.situations.site import Site
from analytics.vision.situations.trail import SIZES, Trail

_STANDS_MPS = 0.6
_MOST_UNSTEADY = 0.5  # m/s; whoever crawls does not stand
_FIRST_M = 5.0  # from the stop line to the front of the first
_NEXT_M = 4.5  # from the rear of one to the front of the next
_OFF_M = 0.6
_SLOW_MPS = 2.0
_BEHIND_M = 8.0  # from the front of one to the rear of the next


def queued(site: Site, vehicles: Iterable[Trail]) -> frozenset[int]:
    """The keys of those who stand in a row that begins at the stop line of a way."""
    found: set[int] = set()
    if all(way.stop is None for way in site.ways):
        return frozenset()
    standing = [
        one for one in vehicles if one.speed < _STANDS_MPS + min(one.unsteady, _MOST_UNSTEADY)
    ]
    rows: dict[str, list[tuple[float, float, int]]] = {}
    for one in standing:
        half = SIZES.get(one.label, (4.5,))[0] / 2
        for way, at in site.on_ways(one.stand, one.scale.across):
            if at.to_stop is not None and at.off < way.width_m / 2 + _OFF_M:
                row = rows.setdefault(way.name, [])
                row.append((at.to_stop - half, at.to_stop + half, one.key))
    for row in rows.values():
        end, gap = -_FIRST_M, 2 * _FIRST_M
        for front, rear, key in sorted(row):
            if front < -_FIRST_M:
                continue
            if front - end > gap:
                break
            found.add(key)
            end, gap = rear, _NEXT_M
    return frozenset(found)


def held_up(site: Site, vehicles: Iterable[Trail]) -> frozenset[int]:
    """The keys of those in a lane who have somebody close ahead who stands or crawls."""
    rows: dict[str, list[tuple[float, float, int]]] = {}
    for one in vehicles:
        if one.speed > _SLOW_MPS + min(one.unsteady, _MOST_UNSTEADY):
            continue
        half = SIZES.get(one.label, (4.5,))[0] / 2
        for way, at in site.on_ways(one.stand, one.scale.across):
            if at.off < way.width_m / 2:
                row = rows.setdefault(way.name, [])
                row.append((at.along, half, one.key))
    return frozenset(
        key
        for row in map(sorted, rows.values())
        for (along, half, key), (ahead, ahead_half, _) in pairwise(row)
        if ahead - ahead_half - along - half < _BEHIND_M
    )
