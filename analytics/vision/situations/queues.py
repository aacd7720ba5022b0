"""Vehicles that rightly stand in a row before a stop line."""

from __future__ import annotations

from collections.abc import Iterable

from analytics.vision.situations.site import Site
from analytics.vision.situations.trail import SIZES, Trail

_STANDS_MPS = 0.6
_FIRST_M = 5.0  # from the stop line to the front of the first
_NEXT_M = 4.5  # from the rear of one to the front of the next
_OFF_M = 0.6


def queued(site: Site, vehicles: Iterable[Trail]) -> frozenset[int]:
    """The keys of those who stand in a row that begins at the stop line of a way."""
    found: set[int] = set()
    if all(way.stop is None for way in site.ways):
        return frozenset()
    standing = [one for one in vehicles if one.speed < _STANDS_MPS + one.unsteady]
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
