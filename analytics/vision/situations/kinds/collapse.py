"""Collapse: a person lies on the ground (KISA falldown)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, TypeGuard

from pydantic import Field

from analytics.vision.situations.episodes import Claim, Episodes, advance
from analytics.vision.situations.model import Box, Signal
from analytics.vision.situations.situation import (
    Frames,
    Needs,
    Scene,
    Score,
    Seconds,
    Settings,
    Situation,
)
from analytics.vision.situations.stature import usual_height
from analytics.vision.situations.trail import SIZES, Trail
from smartopia.geometry import Vec, alike

_TALL_M = SIZES["person"][2]
_BLEND = 0.15  # of a new height in the usual one
_SAME = 0.5  # of each of two boxes the other covers: who lies does not move
_STEADY_S = 0.55  # in which the steadied box goes most of the way to a new one


class Collapse(Settings):
    """What counts as lying.

    Attributes:
        score: detectors are less sure of who lies; whoever is followed was sure once.
        lower: the box is lower than this share of what the person upright would fill.
        flat: and at least so many times as wide as high: else something hides its head.
        wider: or so many times as wide as high, and lower than upright by a quarter,
        long: or so wide that it can only be the length of a body, as a share of its height
            upright; whoever is hidden in part is never that wide.
        fresh_s: whoever lies is told within so long after something first seemed to lie there:
            what seemed so before, now and then, is a bench. So is what seemed so in the first
            so many seconds of a watch, since nobody knows for how long; but whoever walked.
        again_s: and what nothing was seen of for so long is forgotten.
        walked_frames: in how many frames somebody must have walked for its own height to be known.
        still_mps: faster than this nobody lies.
    """

    score: Score = 0.25
    hold_s: Seconds = 2.5
    frames: Frames = 5
    gap_s: Seconds = 2.5
    clear_s: Seconds = 12.0
    lower: Annotated[float, Field(gt=0, lt=1)] = 0.62
    flat: Annotated[float, Field(gt=0, le=2)] = 0.75
    wider: Annotated[float, Field(gt=0.5, le=5)] = 1.1
    long: Annotated[float, Field(gt=0.3, le=2)] = 0.7
    fresh_s: Seconds = 20.0
    again_s: Seconds = 600.0
    walked_frames: Frames = 5
    still_mps: Annotated[float, Field(gt=0, le=5)] = 0.7


@dataclass(frozen=True, slots=True)
class Upright:
    """How high somebody is when it walks: as a share of the usual, in pixels without a ground."""

    height: float
    frames: int


@dataclass(frozen=True, slots=True)
class Spot:
    """Where somebody seemed to lie: the box, and when that was so first and last."""

    box: Box
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Memory:
    """Own heights, and the steadied width and height of the box, by the key of the trail; and
    where somebody seemed to lie.

    Attributes:
        begun: when the camera was first looked at.
    """

    begun: datetime | None = None
    uprights: Mapping[int, Upright] = field(default_factory=dict)
    boxes: Mapping[int, Vec] = field(default_factory=dict)
    spots: tuple[Spot, ...] = ()
    episodes: Episodes = field(default_factory=dict)


def step(settings: Collapse, memory: Memory, scene: Scene) -> tuple[Memory, tuple[Signal, ...]]:
    """One frame on."""
    begun = memory.begun or scene.now
    followed = {one.key for one in scene.trails}
    uprights = {key: one for key, one in memory.uprights.items() if key in followed}
    people = list(scene.pedestrians(settings))
    usual = {one.key: usual_height(scene.site.plane, one.foot, _TALL_M) for one in people}
    for one in people:
        learned = _learned(uprights.get(one.key), one, usual[one.key])
        if learned is not None:
            uprights[one.key] = learned
    boxes = {key: one for key, one in memory.boxes.items() if key in followed}
    fresh = 1 - math.exp(-1 / (_STEADY_S * scene.rate)) if scene.rate else 1.0
    boxes |= {one.key: _steadied(boxes.get(one.key), one, fresh) for one in people}
    full = {key: _upright(settings, uprights.get(key), height) for key, height in usual.items()}
    claims = _known_again(_claims(settings, people, full, boxes, scene), memory.episodes)
    spots = _seen_to_lie(settings, memory.spots, claims, scene.now)
    settled = begun + timedelta(seconds=settings.fresh_s)
    new = [
        one
        for one in claims
        if _told(one, memory.episodes)
        or _fell(settings, one, spots, None if _walked(_own(one, uprights), settings) else settled)
    ]
    episodes, signals = advance("collapse", settings, memory.episodes, new, scene.now)
    return Memory(begun, uprights, boxes, spots, episodes), signals


def _seen_to_lie(
    settings: Collapse, spots: Iterable[Spot], claims: Iterable[Claim], now: datetime
) -> tuple[Spot, ...]:
    """Where somebody seems to lie by now, the forgotten left out."""
    found = [one for one in spots if (now - one.last).total_seconds() <= settings.again_s]
    for claim in claims:
        (box,) = claim.boxes
        there = next((n for n, one in enumerate(found) if alike(one.box, box) >= _SAME), None)
        if there is None:
            found.append(Spot(box, now, now))
        else:
            found[there] = replace(found[there], last=now)
    return tuple(found)


def _own(claim: Claim, uprights: Mapping[int, Upright]) -> Upright | None:
    (one,) = claim.who
    return uprights.get(one.key)


def _walked(own: Upright | None, settings: Collapse) -> TypeGuard[Upright]:
    """Whether it was seen to walk for long: it is no bench, and its height is known."""
    return own is not None and own.frames >= settings.walked_frames


def _fell(
    settings: Collapse, claim: Claim, spots: Iterable[Spot], settled: datetime | None
) -> bool:
    """Whether nothing seemed to lie there before, nor before it was `settled`."""
    (box,) = claim.boxes
    at = [one for one in spots if alike(one.box, box) >= _SAME]
    return all(
        (one.last - one.first).total_seconds() <= settings.fresh_s
        and (settled is None or one.first >= settled)
        for one in at
    )


def _told(claim: Claim, episodes: Episodes) -> bool:
    known = episodes.get(claim.key)
    return known is not None and known.raised


def _learned(known: Upright | None, one: Trail, usual: float | None) -> Upright | None:
    """Its own height, learned while it walks and nothing hides it."""
    height = one.height / (usual or 1.0)
    slim = one.height > 1.6 * (one.box[2] - one.box[0])
    if one.speed < 0.8 or not slim or (usual and not 0.7 < height < 1.3):
        return known
    if known is None:
        return Upright(height, 1)
    blended = known.height + (height - known.height) * _BLEND
    return replace(known, height=blended, frames=known.frames + 1)


def _steadied(known: Vec | None, one: Trail, fresh: float) -> Vec:
    """The box without its tremble; `fresh` is the share of the new one in it."""
    wide, high = one.box[2] - one.box[0], one.height
    if known is None:
        return wide, high
    return known[0] + (wide - known[0]) * fresh, known[1] + (high - known[1]) * fresh


def _upright(settings: Collapse, own: Upright | None, usual: float | None) -> float | None:
    """How many pixels somebody fills when upright; None where nothing is known of it."""
    if _walked(own, settings):
        return own.height * (usual or 1.0)
    return usual


def _claims(
    settings: Collapse,
    people: list[Trail],
    full: Mapping[int, float | None],
    boxes: Mapping[int, Vec],
    scene: Scene,
) -> Iterator[Claim]:
    for one in people:
        upright = full[one.key]
        if upright is None:
            continue
        wide, high = boxes[one.key]
        share = high / upright
        lies = _lies(settings, wide, high, upright, hidden=one.stature.hidden)
        cut = one.box[3] > scene.site.size[1] - 2 or one.box[1] < 1
        if lies and not cut and one.speed < settings.still_mps + one.unsteady:
            words = "a person lies on the ground"
            yield Claim(str(one.key), "", (one,), words, measures={"height_share": share})


def _known_again(claims: Iterable[Claim], episodes: Episodes) -> list[Claim]:
    """The same, but who lies where somebody was told of, under another trail, is that one."""
    found = list(claims)
    left = {key: one for key, one in episodes.items() if one.raised}
    for claim in found:
        left.pop(claim.key, None)
    for number, claim in enumerate(found):
        if claim.key in episodes:
            continue
        (box,) = claim.boxes
        for key, told in left.items():
            (there,) = told.claim.boxes
            if alike(box, there) >= _SAME:
                found[number] = replace(claim, key=key)
                del left[key]
                break
    return found


def _lies(settings: Collapse, wide: float, high: float, upright: float, *, hidden: bool) -> bool:
    """Whether a box is that of somebody who lies; all in pixels."""
    flat = wide > settings.wider * high
    if flat and wide > settings.long * upright:
        return True
    if hidden:
        return False
    low = high < settings.lower * upright and wide > settings.flat * high
    return low or (flat and high < 0.75 * upright)


SITUATION: Situation[Collapse, Memory] = Situation("collapse", Collapse, Memory, step, Needs())
