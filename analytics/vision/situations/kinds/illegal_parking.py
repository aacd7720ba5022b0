"""Illegal parking: a vehicle stands where none may (i-LIDS parked vehicle)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from analytics.vision.situations.episodes import Claim, Episodes, advance
from analytics.vision.situations.model import Box, Signal
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
from smartopia.geometry import Vec, alike, covered, rim
from smartopia.siteview import AreaUse

_FREE_S, _STILL_MPS = 5.0, 0.5
_SETTLES_S = 6.0  # rolling to a stand takes a few seconds over the last metres
_STANDS_MPS, _BETTER = 0.15, 0.2  # m/s; share of a new place in the known one
_MOST_UNSURE_M, _MOST_STRAY_M = 0.7, 2.0
# Whoever passes in front hides a parked car for a moment, and may take its trail along.
_HIDDEN_S, _BORN_S = 15.0, 2.0
_THERE, _SAME, _LEAPT = 0.8, 0.7, 0.5  # of each of two boxes that the other covers
# Of a box so much lies in the one it had, and of that one so much is seen: it is hidden in part.
_WITHIN, _SHOWN = 0.9, 0.5


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
    """Where and since when a vehicle has stood, and since when nothing held it up there.

    Attributes:
        key: its own: it stays with the place where another trail takes it up.
        trail: the key of who stands there.
        box: as it was seen there, where it was hidden least.
        seen: when it was last there.
    """

    key: str
    trail: int
    spot: Vec
    since: datetime
    free: datetime
    box: Box
    seen: datetime


@dataclass(frozen=True, slots=True)
class Memory:
    """Vehicles that stand, by the key of their trail; and those whose trail has gone elsewhere."""

    halts: Mapping[int, Halt]
    left: tuple[Halt, ...] = ()
    episodes: Episodes = field(default_factory=dict)


def step(
    settings: IllegalParking, memory: Memory, scene: Scene
) -> tuple[Memory, tuple[Signal, ...]]:
    """One frame on."""
    followed = {one.key for one in scene.trails}
    halts = {key: halt for key, halt in memory.halts.items() if key in followed}
    episodes = dict(memory.episodes)
    seen = list(scene.seen(settings, "vehicle"))
    left = _left(memory, seen, scene.now)
    parts = {one.key: part for one in seen if (part := _part(settings, one, scene)) is not None}
    row = queued(scene, seen) if parts else frozenset()
    for one in seen:
        halt = halts.get(one.key)
        known = episodes.get(halt.key) if halt is not None else None
        raised = known is not None and known.raised
        waits = not raised and one.key in parts and (one.key in row or held_up(scene, one))
        if halt is None or _moved(settings, halt, one, scene):
            taken = {*(other.key for other in (*halts.values(), *left)), *episodes}
            again = _taken_up(one, left, halts, scene.now)
            # Who drives off is seen to; a trail that leaps has gone on with another.
            left += [halt] if halt is not None and alike(halt.box, one.box) < _LEAPT else []
            halt = again or _new(one, taken, scene.now)
        elif _rolls(halt, one, scene):
            halt = replace(halt, spot=one.foot, since=scene.now, free=scene.now, box=one.box)
            episodes.pop(halt.key, None)
        elif waits:
            halt = replace(halt, free=scene.now)
            episodes.pop(halt.key, None)
        halts[one.key] = replace(_settled(halt, one), seen=scene.now)
    claims = _claims(seen, parts, halts, scene)
    after, signals = advance("illegal_parking", settings, episodes, claims, scene.now)
    return Memory(halts, tuple(left), after), signals


def _left(memory: Memory, seen: Sequence[Trail], now: datetime) -> list[Halt]:
    """Where a vehicle stood a moment ago that is not seen, or not there, now."""
    here = {one.key for one in seen}
    held = {halt.key for key, halt in memory.halts.items() if key in here}
    unseen = (halt for key, halt in memory.halts.items() if key not in here)
    return [
        one
        for one in (*memory.left, *unseen)
        if one.key not in held and (now - one.seen).total_seconds() <= _HIDDEN_S
    ]


def _taken_up(one: Trail, left: list[Halt], halts: dict[int, Halt], now: datetime) -> Halt | None:
    """What stood where a trail begins to stand, if it is of the same size; it goes on.

    Only of a trail that began here, or comes back: who drives up takes the place of another.
    """
    new = (now - one.born).total_seconds() <= _BORN_S
    for halt in left:
        own = halt.trail == one.key or (new and one.born > halt.seen)
        if not own or halt.seen == halt.since or alike(halt.box, one.box) < _SAME:
            continue
        left[:] = [other for other in left if other.key != halt.key]
        for key in [key for key, other in halts.items() if other.key == halt.key]:
            del halts[key]
        return replace(halt, trail=one.key)
    return None


def _new(one: Trail, taken: Collection[str], now: datetime) -> Halt:
    """A stand that begins, by a key no other has."""
    key = str(one.key)
    key = key if key not in taken else f"{key}-{now.timestamp():.0f}"
    return Halt(key, one.key, one.foot, now, now, one.box, now)


def _settled(halt: Halt, one: Trail) -> Halt:
    """Where it stopped, better known the longer it stands: first told while it rolled."""
    if one.speed > _STANDS_MPS:
        return halt
    (x, y), (to_x, to_y) = halt.spot, one.foot
    spot = x + (to_x - x) * _BETTER, y + (to_y - y) * _BETTER
    hidden = covered(one.box, halt.box) > _WITHIN and alike(one.box, halt.box) < _WITHIN
    return replace(halt, spot=spot, box=halt.box if hidden else one.box)


def _moved(settings: IllegalParking, halt: Halt, one: Trail, scene: Scene) -> bool:
    """Whether a vehicle is not where it stopped; who hides its wheels does not move it."""
    hidden, left = covered(one.box, halt.box) > _WITHIN, covered(halt.box, one.box)
    if alike(halt.box, one.box) > _THERE or (hidden and left > _SHOWN):
        return False
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
            yield Claim(halts[one.key].key, part, (one,), words, since, {"stands_s": stood})


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
