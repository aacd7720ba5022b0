"""Watches one camera for all its situations: pure. A memory and a frame in, both after it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from analytics.vision.situations.follow import Following, follow
from analytics.vision.situations.model import Look, Signal
from analytics.vision.situations.rule import SituationRule
from analytics.vision.situations.site import Site, site_of
from analytics.vision.situations.situation import Scene, missing, starved
from analytics.vision.situations.trail import Trail
from smartopia.siteview import SiteView


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of a camera: who is followed, and each rule's own, by its id.

    Attributes:
        site: its view as it was last worked out; to look a view up takes longer than a rule.
    """

    following: Following = field(default_factory=Following)
    rules: Mapping[str, Any] = field(default_factory=dict)
    site: Site | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a rule says of a frame."""

    rule: SituationRule
    signal: Signal


def step(
    rules: Sequence[SituationRule], view: SiteView, memory: Memory, look: Look
) -> tuple[Memory, tuple[Told, ...]]:
    """Takes one frame into account. Frames not newer than the last are left out.

    A camera that changes its resolution goes on: its pictures are scaled to the first one's. A rule
    rests while the camera gives it too few frames: it would guess who is who, and cry wolf.

    Raises:
        ConfigurationError: the view's ground is none.
    """
    size = memory.following.size or look.size
    site = memory.site
    if site is None or site.view is not view or site.size != size:
        site = site_of(view, size)
    last = memory.following.last
    if last is not None and look.now <= last:
        return memory, ()
    following = follow(memory.following, _scaled(look, size), site)
    here: dict[str, list[Trail]] = {}
    for trail in following.trails:
        if trail.seen == look.now:
            here.setdefault(trail.family, []).append(trail)
    scene = Scene(look.now, site, following.trails, here, look.stats, following.rate)
    after, told = {}, []
    for rule in rules:
        if not rule.enabled:
            continue
        before = memory.rules.get(rule.id)
        before = rule.kind.memory() if before is None else before
        if starved(rule.kind, rule.tuned, following.rate):
            after[rule.id] = before
            continue
        after[rule.id], signals = rule.kind.step(rule.tuned, before, scene)
        told += [Told(rule, signal) for signal in signals]
    return Memory(following, after, site), tuple(told)


def shortcomings(
    rules: Sequence[SituationRule],
    view: SiteView,
    memory: Memory,
    labels: frozenset[str] | None = None,
) -> dict[str, str]:
    """Which rules cannot tell anything on a camera, by id, and what it takes; in words.

    Args:
        labels: the classes the camera's models know; None where that is not known.
    """
    site: Site = site_of(view, memory.following.size or (640, 360))
    rate = memory.following.rate
    found = {
        rule.id: missing(rule.kind, rule.tuned, site, labels, rate)
        for rule in rules
        if rule.enabled
    }
    return {ident: why for ident, why in found.items() if why is not None}


def _scaled(look: Look, size: tuple[int, int]) -> Look:
    if look.size == size:
        return look
    sx, sy = size[0] / look.size[0], size[1] / look.size[1]
    tracks = tuple(
        replace(t, box=(t.box[0] * sx, t.box[1] * sy, t.box[2] * sx, t.box[3] * sy))
        for t in look.tracks
    )
    return replace(look, size=size, tracks=tracks)
