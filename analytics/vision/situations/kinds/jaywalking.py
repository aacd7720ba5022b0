"""Jaywalking: a person is on the road, off the crossings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from analytics.vision.situations.episodes import Claim, Episodes, advance
from analytics.vision.situations.model import Signal
from analytics.vision.situations.situation import (
    Frames,
    Metres,
    Pixels,
    Rate,
    Scene,
    Seconds,
    Settings,
    Situation,
)
from analytics.vision.situations.trail import Trail
from smartopia.geometry import Vec, rim
from smartopia.siteview import AreaUse

_SEAM_M = 0.3  # between lanes
_MOST_UNSURE_M = 2.0


class Jaywalking(Settings):
    """What counts as jaywalking.

    Attributes:
        kerb_m: so far inside the road.
        sure: and further, so many standard deviations of one's place.
        crossing_m: so far beside a crossing one may still walk.
        slowest_mps: who stands in the road has come there on foot, or is a post or a rider.
        fastest_mps: who is faster rides, though no machine is seen.
    """

    size_px: Pixels = 18.0
    hold_s: Seconds = 0.4
    frames: Frames = 3
    rate: Rate = 1.8
    kerb_m: Metres = 0.3
    sure: Annotated[float, Field(ge=0, le=4)] = 1.5
    crossing_m: Metres = 2.0
    slowest_mps: Annotated[float, Field(ge=0, le=3)] = 0.5
    fastest_mps: Annotated[float, Field(gt=0, le=12)] = 4.0


@dataclass(frozen=True, slots=True)
class Memory:
    """The trails of those who were seen on foot, off the road."""

    walkers: frozenset[int] = frozenset()
    episodes: Episodes = field(default_factory=dict)


def step(settings: Jaywalking, memory: Memory, scene: Scene) -> tuple[Memory, tuple[Signal, ...]]:
    """One frame on."""
    people = [one for one in scene.pedestrians(settings) if one.stature.placed]
    roads = {one.key: _road(one.foot, one, scene) for one in people}
    followed = {one.key for one in scene.trails}
    off = {key for key, road in roads.items() if road is None}
    walkers = frozenset((memory.walkers | off) & followed)
    claims = [
        Claim(str(one.key), road, (one,), f"a person is on {road}, off the crossings")
        for one in people
        if one.key in walkers
        and settings.slowest_mps <= one.speed < settings.fastest_mps
        and (road := roads[one.key]) is not None
        and _surely(settings, one, scene)
    ]
    episodes, signals = advance("jaywalking", settings, memory.episodes, claims, scene.now)
    return Memory(walkers, episodes), signals


def _road(pixel: Vec, one: Trail, scene: Scene) -> str | None:
    """The road at a pixel."""
    for area in scene.site.areas_for(AreaUse.ROAD):
        if area.holds(pixel):
            return area.area.name
    for way, at in scene.site.on_ways(pixel, one.scale.across):
        if at.off <= way.width_m / 2 + _SEAM_M:
            return way.name
    return None


def _surely(settings: Jaywalking, one: Trail, scene: Scene) -> bool:
    """Whether all round a person is road, and no crossing near."""
    reach = settings.kerb_m + settings.sure * min(one.unsure, _MOST_UNSURE_M)
    if _by_crossing(settings, one, scene):
        return False
    ring = scene.site.around(one.foot, (one.scale.across, one.scale.away), reach)
    return all(_road(pixel, one, scene) is not None for pixel in ring)


def _by_crossing(settings: Jaywalking, one: Trail, scene: Scene) -> bool:
    slack = settings.crossing_m + min(one.unsure, 2.0)
    for area in scene.site.areas_for(AreaUse.CROSSING):
        if area.holds(one.foot):
            return True
        edge = rim(one.foot, area.outline)
        if scene.site.between(one.foot, edge, one.scale.across) < slack:
            return True
    return False


SITUATION: Situation[Jaywalking, Memory] = Situation("jaywalking", Jaywalking, Memory, step)
