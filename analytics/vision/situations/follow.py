"""Follows whoever is in the picture through short occlusions and changes of the tracker's id.

A tracker gives a new id to whoever was hidden for a moment. Who appears where somebody was just
lost is taken for that one: by place and kind, never by looks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from analytics.vision.situations.model import Look, Track
from analytics.vision.situations.site import Site
from analytics.vision.situations.smooth import Axis
from analytics.vision.situations.stature import KNOWN, Feet, feet_of, first_feet, usual_height
from analytics.vision.situations.trail import (
    FAMILIES,
    SIZES,
    Trail,
    middle_of,
    scale_at,
    velocity,
)
from smartopia.geometry import Vec, covered

KEPT_S = 10.0
"""Who is not seen for so long is gone."""
_COASTS_S = 1.5  # who is not seen goes on so long as it went
_NEAR_M, _STRAYS = 1.0, 0.8  # m; m/s while not seen
_NOISE = (2.0, 0.03)  # px, and share of the box's height
_PUSH = {"person": 1.0, "vehicle": 2.5, "cycle": 2.0}  # m/s2
_PUSH_ELSE = 0.3
_MOVES = {"person": 0.5, "vehicle": 1.2, "cycle": 1.0}  # m/s from which its way is clear
_NEW_S = 3.0  # until a machine that has not moved is one that stands
_RIDER = 0.35  # of a rider's box is in that of the machine
_RATE_BLEND = 0.1


@dataclass(frozen=True, slots=True)
class Following:
    """What is remembered of a camera: who is followed, and how often frames come.

    Attributes:
        size: of the picture all trails are in; later pictures are scaled to it.
        rate: frames in a second.
    """

    size: tuple[int, int] | None = None
    trails: tuple[Trail, ...] = ()
    next_key: int = 1
    last: datetime | None = None
    rate: float = 0.0


def follow(memory: Following, look: Look, site: Site) -> Following:
    """Takes one frame into account. `site` has to be of the picture's own size."""
    dt = 0.0 if memory.last is None else (look.now - memory.last).total_seconds()
    if memory.last is not None and dt <= 0:
        return memory  # an older frame, or the same again
    known = {trail.id: trail for trail in memory.trails}
    here = {track.id for track in look.tracks}
    lost = [trail for trail in memory.trails if trail.id not in here]
    newcomers = [track for track in look.tracks if track.id not in known]
    heirs = _heirs(newcomers, lost, look.now)
    trails, key = [], memory.next_key
    for track in look.tracks:
        before = known.get(track.id) or heirs.get(track.id)
        if before is not None and _alike(before.label, track.label):
            trails.append(_on(before, track, look.now, site))
        else:
            trails.append(_new(track, key, look.now, site))
            key += 1
    taken = {trail.key for trail in trails}
    kept = [
        trail
        for trail in memory.trails
        if trail.key not in taken and (look.now - trail.seen).total_seconds() <= KEPT_S
    ]
    rate = memory.rate
    if dt > 0:
        rate = 1 / dt if rate == 0 else rate + (1 / dt - rate) * _RATE_BLEND
    seen = tuple(_riders(trails, look.now))
    return Following(look.size, (*seen, *kept), key, look.now, rate)


def expected(trail: Trail, now: datetime) -> Vec:
    """Where somebody who is not seen may be by now, pixels."""
    dt = min(_COASTS_S, (now - trail.seen).total_seconds())
    return trail.x.at + trail.x.speed * dt, trail.y.at + trail.y.speed * dt


def _heirs(newcomers: Sequence[Track], lost: Sequence[Trail], now: datetime) -> dict[int, Trail]:
    """Who was lost, by the id of the newcomer it is taken for; the nearest pairs first."""
    pairs = []
    for track in newcomers:
        foot = ((track.box[0] + track.box[2]) / 2, track.box[3])
        for trail in lost:
            if not _alike(trail.label, track.label):
                continue
            x, y = expected(trail, now)
            gap = math.hypot((foot[0] - x) / trail.scale.across, (foot[1] - y) / trail.scale.away)
            away = (now - trail.seen).total_seconds()
            noise = _noise(track)
            slack = math.hypot(
                (trail.x.unsure + noise) / trail.scale.across,
                (trail.y.unsure + noise) / trail.scale.away,
            )
            if gap < _NEAR_M + _STRAYS * min(away, 4.0) + 2 * min(slack, 3.0):
                pairs.append((gap, track.id, trail))
    pairs.sort(key=lambda pair: (pair[0], pair[1]))
    heirs: dict[int, Trail] = {}
    given: set[int] = set()
    for _, ident, trail in pairs:
        if ident not in heirs and trail.key not in given:
            heirs[ident] = trail
            given.add(trail.key)
    return heirs


def _alike(one: str, other: str) -> bool:
    return FAMILIES.get(one, one) == FAMILIES.get(other, other)


def _noise(track: Track) -> float:
    return max(_NOISE[0], _NOISE[1] * (track.box[3] - track.box[1]))


def _new(track: Track, key: int, now: datetime, site: Site) -> Trail:
    foot = ((track.box[0] + track.box[2]) / 2, track.box[3])
    local = site.plane.local(foot) if site.plane is not None else None
    scale = scale_at(local, track.box, track.label)
    noise = _noise(track)
    stand, fit = middle_of(site.plane, local, foot, track.label, None)
    feet = _first_feet(track, site)
    return Trail(
        key=key,
        id=track.id,
        label=track.label,
        score=track.score,
        box=track.box,
        born=now,
        seen=now,
        frames=1,
        x=Axis.first(foot[0], noise, scale.across),
        y=Axis.first(foot[1], noise, scale.away),
        scale=scale,
        stand=stand,
        speed=0.0,
        unsteady=math.inf,
        family=FAMILIES.get(track.label, track.label),
        fit=fit,
        stature=feet.stature,
    )


def _on(trail: Trail, track: Track, now: datetime, site: Site) -> Trail:
    """A trail one frame on."""
    dt = (now - trail.seen).total_seconds()
    family = FAMILIES.get(track.label, track.label)
    push = _PUSH.get(family, _PUSH_ELSE)
    noise = _noise(track)
    x = trail.x.after(dt, push * trail.scale.across)
    y = trail.y.after(dt, push * trail.scale.away)
    x = x.met((track.box[0] + track.box[2]) / 2, noise)
    feet = _feet(trail, track, y, x.at, site)
    y = Axis.first(feet.y, noise, trail.scale.away) if feet.jumped else y.met(feet.y, feet.noise)
    foot = (x.at, y.at)
    local = site.plane.local(foot) if site.plane is not None else None
    scale = scale_at(local, track.box, track.label)
    (vx, vy), unsteady = velocity(local, x, y, scale)
    speed = math.hypot(vx, vy)
    way = trail.way
    if speed > max(_MOVES.get(family, 1.0), unsteady):
        way = (vx / speed, vy / speed)
    stand, fit = middle_of(site.plane, local, foot, track.label, way, known=trail.fit)
    return Trail(
        key=trail.key,
        id=track.id,
        label=track.label,
        score=track.score,
        box=track.box,
        born=trail.born,
        seen=now,
        frames=trail.frames + 1,
        x=x,
        y=y,
        scale=scale,
        stand=stand,
        speed=speed,
        unsteady=unsteady,
        family=family,
        way=way,
        rode=trail.rode,
        fit=fit,
        stature=feet.stature,
    )


def _first_feet(track: Track, site: Site) -> Feet:
    foot = ((track.box[0] + track.box[2]) / 2, track.box[3])
    family = FAMILIES.get(track.label, track.label)
    return first_feet(family, track.box, _usual(foot, track.label, site), _noise(track))


def _feet(trail: Trail, track: Track, expected: Axis, x: float, site: Site) -> Feet:
    """Where its feet are; `expected`: down the picture."""
    if trail.family != "person" and trail.stature.placed and track.id == trail.id:
        return Feet(KNOWN, track.box[3], _noise(track))  # most are cars, and heights take time
    return feet_of(
        trail.family,
        trail.stature,
        expected,
        track.box,
        usual=_usual((x, expected.at), track.label, site),
        first=_first_feet(track, site),
        noise=_noise(track),
        anew=track.id != trail.id,
    )


def _usual(foot: Vec, label: str, site: Site) -> float | None:
    size = SIZES.get(label)
    return None if size is None else usual_height(site.plane, foot, size[2])


def _riders(trails: list[Trail], now: datetime) -> list[Trail]:
    """Marks the people who ride: they are on the box of a bicycle or motorcycle.

    Not on one that has stood since it was first seen: who passes before a rack rides none of them.
    """
    machines = [
        trail.box
        for trail in trails
        if trail.label in {"bicycle", "motorcycle"}
        and (trail.way is not None or (now - trail.born).total_seconds() < _NEW_S)
    ]
    return [
        replace(trail, rode=now)
        if trail.family == "person" and any(covered(trail.box, box) > _RIDER for box in machines)
        else trail
        for trail in trails
    ]
