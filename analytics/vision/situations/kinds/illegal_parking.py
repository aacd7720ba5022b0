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

_FREE_S, _STILL_MPS = 5.0, 0.5
_SETTLES_S = 6.0  # rolling to a stand takes a few seconds over the last metres
_MOST_UNSURE_M, _MOST_STRAY_M = 0.7, 2.0


class IllegalParking(Settings):
    """What counts as illegal parking.

    Attributes:
        hold_s: how long it has stood there. Cities let people get out: set what yours allows.
        moved_m: a vehicle that is farther than this from where it stopped has moved.
        beside_m: so far beside the area its middle may seem to be.
    """

    hold_s: Seconds = 32.0
    frames: Frames = 5
    gap_s: Seconds = 8.0
    clear_s: Seconds = 10.0
    size_px: Pixels = 20.0
    moved_m: Metres = 0.8
    beside_m: Metres = 0.3


@dataclass(frozen=True, slots=True)
class Halt:
    """Where and since when a vehicle has stood, and since when nothing held it up there."""

    spot: Vec
    since: datetime
    free: datetime


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
    episodes = dict(memory.episodes)
    seen = list(scene.seen(settings, "vehicle"))
    parts = {one.key: part for one in seen if (part := _part(settings, one, scene)) is not None}
    row = queued(scene, seen) if parts else frozenset()
    for one in seen:
        raised = (known := episodes.get(str(one.key))) is not None and known.raised
        waits = not raised and one.key in parts and (one.key in row or held_up(scene, one))
        halt = halts.get(one.key)
        if halt is None or _moved(settings, halt, one, scene) or _rolls(halt, one, scene):
            halts[one.key] = Halt(one.foot, scene.now, scene.now)
        elif waits:
            halts[one.key] = replace(halt, free=scene.now)
        else:
            continue
        if not raised:
            episodes.pop(str(one.key), None)
    claims = _claims(seen, parts, halts, scene)
    after, signals = advance("illegal_parking", settings, episodes, claims, scene.now)
    return Memory(halts, after), signals


def _moved(settings: IllegalParking, halt: Halt, one: Trail, scene: Scene) -> bool:
    """Whether a vehicle is not where it stopped."""
    # Both where it stopped and where it is are that unsure.
    slack = settings.moved_m + min(2 * one.unsure, _MOST_STRAY_M)
    return scene.site.between(halt.spot, one.foot, one.scale.across) > slack


def _rolls(halt: Halt, one: Trail, scene: Scene) -> bool:
    """Whether a vehicle has yet to come to a stand, slowly, where it has nearly stopped."""
    new = (scene.now - halt.since).total_seconds() <= _SETTLES_S
    return new and one.speed > _STILL_MPS + one.unsteady


def _claims(
    seen: list[Trail], parts: Mapping[int, str], halts: Mapping[int, Halt], scene: Scene
) -> Iterator[Claim]:
    for one in seen:
        since = halts[one.key].since
        stood = (scene.now - since).total_seconds()
        free = (scene.now - halts[one.key].free).total_seconds()
        if one.key in parts and free >= _FREE_S and one.speed <= _STILL_MPS + one.unsteady:
            part = parts[one.key]
            words = f"a {one.label} stands in {part}, where none may"
            yield Claim(str(one.key), part, (one,), words, since, {"stands_s": stood})


def _part(settings: IllegalParking, one: Trail, scene: Scene) -> str | None:
    """The area a vehicle is in where none may stand; none while its wheels were never seen."""
    if not one.stature.placed:
        return None
    areas = scene.site.areas_for(AreaUse.NO_PARKING)
    return next((area.area.name for area in areas if _in(area, one, settings, scene)), None)


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
