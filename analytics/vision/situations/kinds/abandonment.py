"""Abandonment: a bag stays where its owner left it (KISA abandonment, i-LIDS abandoned baggage)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from analytics.vision.situations.episodes import Claim, Episodes, advance
from analytics.vision.situations.model import Signal
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
from analytics.vision.situations.trail import Trail
from smartopia.geometry import Vec


class Abandonment(Settings):
    """What counts as abandoned.

    Attributes:
        left_m: its owner is farther away than this.
        brought_m, brought_s: the owner is who is nearest, and not farther than this, within so
            long before and after the bag is first seen.
        moved_m: a bag that moves farther than this is carried.
        gone_s: an owner not seen for so long has gone.
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


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag: where it lies, since when it has, and the key of its owner's trail."""

    spot: Vec
    since: datetime
    owner: int | None
    gap: float


@dataclass(frozen=True, slots=True)
class Memory:
    """Bags, by the key of their trail."""

    bags: Mapping[int, Bag]
    episodes: Episodes = field(default_factory=dict)


def step(settings: Abandonment, memory: Memory, scene: Scene) -> tuple[Memory, tuple[Signal, ...]]:
    """One frame on."""
    people = list(scene.pedestrians(settings, within_s=settings.gone_s))
    followed = {one.key for one in scene.trails}
    bags = {key: bag for key, bag in memory.bags.items() if key in followed}
    here = list(scene.seen(settings, "bag"))
    for one in here:
        bags[one.key] = _bag(settings, bags.get(one.key), one, people, scene)
    claims = _claims(settings, here, bags, people, scene)
    episodes, signals = advance("abandonment", settings, memory.episodes, claims, scene.now)
    return Memory(bags, episodes), signals


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
