"""Illegal parking: a vehicle stands where none may (i-LIDS parked vehicle)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from analytics.vision.situations.episodes import Claim, Episodes, advance
from analytics.vision.situations.model import Signal
from analytics.vision.situations.queues import held_up, queued
from analytics.vision.situations.site import SiteArea
from analytics.vision.situations.situation import (
    Frames,
    Metres,
    Needs,
    Pixels,
    Scene,
    Seconds,
    Settings,
    Situation,
)
from analytics.vision.situations.trail import Trail
from smartopia.geometry import Vec, rim
from smartopia.siteview import AreaUse

_STANDS_S, _STILL_MPS = 1.0, 0.5
_MOST_UNSURE_M = 0.7


class IllegalParking(Settings):
    """What counts as illegal parking.

    Attributes:
        hold_s: how long it has stood there. Cities let people get out: set what yours allows.
        moved_m: a vehicle that is farther than this from where it stopped has moved.
        beside_m: so far beside the area its middle may seem to be.
    """

    hold_s: Seconds = 5.0
    frames: Frames = 5
    gap_s: Seconds = 3.0
    size_px: Pixels = 20.0
    moved_m: Metres = 0.8
    beside_m: Metres = 0.3


@dataclass(frozen=True, slots=True)
class Halt:
    """Where and since when a vehicle has stood."""

    spot: Vec
    since: datetime


@dataclass(frozen=True, slots=True)
class Memory:
    """Vehicles that stand, by the key of their trail."""

    halts: Mapping[int, Halt]
    episodes: Episodes = field(default_factory=dict)


def step(
    settings: IllegalParking, memory: Memory, scene: Scene
) -> tuple[Memory, tuple[Signal, ...]]:
    """One frame on."""
    followed = {one.key for one in scene.trails}
    halts = {key: halt for key, halt in memory.halts.items() if key in followed}
    seen = list(scene.seen(settings, "vehicle"))
    for one in seen:
        old = halts.get(one.key)
        slack = settings.moved_m + min(one.unsure, 2.0)
        if old is None or scene.site.between(old.spot, one.foot, one.scale.across) > slack:
            halts[one.key] = Halt(one.foot, scene.now)
    episodes = dict(memory.episodes)
    for key in _waiting(seen, scene):
        if str(key) not in episodes or not episodes[str(key)].raised:
            halts[key] = replace(halts[key], since=scene.now)
            episodes.pop(str(key), None)
    claims = _claims(settings, seen, halts, scene)
    after, signals = advance("illegal_parking", settings, episodes, claims, scene.now)
    return Memory(halts, after), signals


def _waiting(seen: list[Trail], scene: Scene) -> frozenset[int]:
    """Who stands rightly, by the key of its trail."""
    if not scene.site.areas_for(AreaUse.NO_PARKING):
        return frozenset()
    return queued(scene.site, seen) | held_up(scene.site, seen)


def _claims(
    settings: IllegalParking, seen: list[Trail], halts: Mapping[int, Halt], scene: Scene
) -> Iterator[Claim]:
    for one in seen:
        since = halts[one.key].since
        stood = (scene.now - since).total_seconds()
        if stood < _STANDS_S or one.speed > _STILL_MPS + one.unsteady:
            continue
        for area in scene.site.areas_for(AreaUse.NO_PARKING):
            if _in(area, one, settings, scene):
                name = area.area.name
                words = f"a {one.label} stands in {name}, where none may"
                yield Claim(str(one.key), name, (one,), words, since, {"stands_s": stood})
                break


def _in(area: SiteArea, one: Trail, settings: IllegalParking, scene: Scene) -> bool:
    if area.holds(one.stand):
        return True
    gap = scene.site.between(one.stand, rim(one.stand, area.outline), one.scale.across)
    return gap <= settings.beside_m + min(one.unsure, _MOST_UNSURE_M)


SITUATION: Situation[IllegalParking, Memory] = Situation(
    "illegal_parking",
    IllegalParking,
    lambda: Memory({}),
    step,
    Needs(uses=frozenset({AreaUse.NO_PARKING})),
)
