"""Abandonment: a bag stays where its owner left it (KISA abandonment, i-LIDS abandoned baggage)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from analytics.vision.situations.episodes import Claim, Episodes, advance
from analytics.vision.situations.model import Phase, Signal
from analytics.vision.situations.situation import (
    Frames,
    Metres,
    Needs,
    Scene,
    Score,
    Seconds,
    Settings,
    Situation,
)
from analytics.vision.situations.stature import usual_height
from analytics.vision.situations.trail import Trail
from smartopia.geometry import Vec

_SAME_M = 0.7


class Abandonment(Settings):
    """What counts as abandoned.

    Attributes:
        left_m: its owner is farther away than this.
        brought_m, brought_s: the owner is who is nearest, and not farther than this, within so
            long before and after the bag is first seen.
        moved_m: a bag that moves farther than this is carried.
        gone_s: an owner not seen for so long has gone.
        tall_m: what is taller is no bag, where the ground is known.
        again_s: what lies where a bag was told is not told again for so long after it was seen.
    """

    score: Score = 0.3
    hold_s: Seconds = 5.0
    frames: Frames = 6
    gap_s: Seconds = 3.0
    left_m: Metres = 3.0
    brought_m: Metres = 2.0
    brought_s: Seconds = 2.0
    moved_m: Metres = 0.8
    gone_s: Seconds = 4.0
    tall_m: Metres = 1.0
    again_s: Seconds = 900.0


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag: where it lies, since when it has, and the key of its owner's trail."""

    spot: Vec
    since: datetime
    owner: int | None
    gap: float


@dataclass(frozen=True, slots=True)
class Told:
    """Where a bag was told, and when something was seen to lie there last."""

    spot: Vec
    last: datetime


@dataclass(frozen=True, slots=True)
class Memory:
    """Bags, by the key of their trail, and those that were told."""

    bags: Mapping[int, Bag]
    told: tuple[Told, ...] = ()
    episodes: Episodes = field(default_factory=dict)


def step(settings: Abandonment, memory: Memory, scene: Scene) -> tuple[Memory, tuple[Signal, ...]]:
    """One frame on."""
    people = list(scene.pedestrians(settings, within_s=settings.gone_s))
    followed = {one.key for one in scene.trails}
    bags = {key: bag for key, bag in memory.bags.items() if key in followed}
    here = [one for one in scene.seen(settings, "bag") if _may_be(settings, one, scene)]
    for one in here:
        bags[one.key] = _bag(settings, bags.get(one.key), one, people, scene)
    told = _seen_again(settings, memory, here, scene)
    new = [one for one in here if _raised(memory, one) or not _at(told, one, scene)]
    claims = _claims(settings, new, bags, people, scene)
    episodes, signals = advance("abandonment", settings, memory.episodes, claims, scene.now)
    raised = {signal.key for signal in signals if signal.phase is Phase.RAISED}
    told += tuple(Told(one.foot, scene.now) for one in new if str(one.key) in raised)
    return Memory(bags, told, episodes), signals


def _may_be(settings: Abandonment, one: Trail, scene: Scene) -> bool:
    """Whether it can be a bag: no larger than one, and no head at the picture's lower edge."""
    cut = one.box[3] > scene.site.size[1] - 2
    tall = usual_height(scene.site.plane, one.foot, settings.tall_m)
    return not cut and (tall is None or one.height <= tall)


def _raised(memory: Memory, one: Trail) -> bool:
    known = memory.episodes.get(str(one.key))
    return known is not None and known.raised


def _at(told: tuple[Told, ...], one: Trail, scene: Scene) -> bool:
    """Whether something lies where a bag was told: the same one, or what looks like one."""
    return any(
        scene.site.between(known.spot, one.foot, one.scale.across) <= _SAME_M for known in told
    )


def _seen_again(
    settings: Abandonment, memory: Memory, here: list[Trail], scene: Scene
) -> tuple[Told, ...]:
    """The told ones that are not over."""
    seen = (
        replace(known, last=scene.now) if any(_at((known,), one, scene) for one in here) else known
        for known in memory.told
    )
    return tuple(
        known for known in seen if (scene.now - known.last).total_seconds() <= settings.again_s
    )


def _bag(
    settings: Abandonment, bag: Bag | None, one: Trail, people: list[Trail], scene: Scene
) -> Bag:
    moved = bag is not None and (
        scene.site.between(bag.spot, one.foot, one.scale.across) > settings.moved_m + 2 * one.unsure
    )
    if bag is None or moved:
        bag = Bag(one.foot, scene.now, None, settings.brought_m)
    if (scene.now - bag.since).total_seconds() > settings.brought_s:
        return bag
    for person in people:
        gap = scene.site.between(one.foot, person.foot, person.scale.across)
        if gap <= bag.gap:
            bag = replace(bag, owner=person.key, gap=gap)
    return bag


def _claims(
    settings: Abandonment,
    here: list[Trail],
    bags: Mapping[int, Bag],
    people: list[Trail],
    scene: Scene,
) -> Iterator[Claim]:
    for one in here:
        bag = bags[one.key]
        near = [
            person
            for person in people
            if scene.site.between(one.foot, person.foot, person.scale.across) <= settings.left_m
        ]
        attended = any(person.key == bag.owner for person in near) if bag.owner else bool(near)
        if not attended:
            left = (scene.now - bag.since).total_seconds()
            owner = "its owner has left it" if bag.owner else "nobody is with it"
            words = f"a {one.label} lies about, {owner}"
            yield Claim(str(one.key), "", (one,), words, measures={"lies_s": left})


SITUATION: Situation[Abandonment, Memory] = Situation(
    "abandonment",
    Abandonment,
    lambda: Memory({}),
    step,
    Needs(labels=frozenset({"backpack", "handbag", "suitcase", "bag"})),
)
