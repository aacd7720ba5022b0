"""Illegal parking: a vehicle stands where none may (i-LIDS parked vehicle)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from analytics.vision.situations.episodes import Claim, Episodes, advance
from analytics.vision.situations.model import Signal
from analytics.vision.situations.queues import queued
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
    claims = _claims(settings, seen, halts, memory.episodes, scene)
    episodes, signals = advance("illegal_parking", settings, memory.episodes, claims, scene.now)
    return Memory(halts, episodes), signals


def _claims(
    settings: IllegalParking,
    seen: list[Trail],
    halts: Mapping[int, Halt],
    episodes: Episodes,
    scene: Scene,
) -> Iterator[Claim]:
    areas = scene.site.areas_for(AreaUse.NO_PARKING)
    waiting = queued(scene.site, seen) if areas else frozenset()
    for one in seen:
        stood = (scene.now - halts[one.key].since).total_seconds()
        known = str(one.key) in episodes and episodes[str(one.key)].raised
        if one.key in waiting and not known:
            continue
        if stood < 1.0 or one.speed > 0.5 + one.unsteady:
            continue
        for area in areas:
            if _in(area, one, settings, scene):
                name = area.area.name
                words = f"a {one.label} stands in {name}, where none may"
                yield Claim(str(one.key), name, (one,), words, measures={"stands_s": stood})
                break


def _in(area: SiteArea, one: Trail, settings: IllegalParking, scene: Scene) -> bool:
    if area.holds(one.stand):
        return True
    gap = scene.site.between(one.stand, rim(one.stand, area.outline), one.scale.across)
    return gap <= settings.beside_m


SITUATION: Situation[IllegalParking, Memory] = Situation(
    "illegal_parking",
    IllegalParking,
    lambda: Memory({}),
    step,
    Needs(uses=frozenset({AreaUse.NO_PARKING})),
)
