"""Fire: flames that stay, or smoke that stays and grows (KISA fire)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from pydantic import Field

from analytics.vision.situations.episodes import Claim, Episodes, advance
from analytics.vision.situations.model import Signal
from analytics.vision.situations.situation import (
    Frames,
    Needs,
    Scene,
    Score,
    Seconds,
    Settings,
    Situation,
)
from analytics.vision.situations.trail import Trail


class Fire(Settings):
    """What counts as fire.

    Attributes:
        grown: flames count when they are so many times as large as at first, or were seen for
            `steady_s`; smoke counts when both are so.
        steady_s: see `grown`.
    """

    score: Score = 0.3
    hold_s: Seconds = 1.5
    frames: Frames = 3
    gap_s: Seconds = 2.0
    clear_s: Seconds = 10.0
    grown: Annotated[float, Field(ge=1, le=100)] = 1.5
    steady_s: Seconds = 5.0


@dataclass(frozen=True, slots=True)
class First:
    """When something was first seen, and its size then, square pixels."""

    at: datetime
    size: float


@dataclass(frozen=True, slots=True)
class Memory:
    """Flames and smoke, by the key of their trail."""

    firsts: Mapping[int, First]
    episodes: Episodes = field(default_factory=dict)


def step(settings: Fire, memory: Memory, scene: Scene) -> tuple[Memory, tuple[Signal, ...]]:
    """One frame on."""
    followed = {one.key for one in scene.trails}
    firsts = {key: first for key, first in memory.firsts.items() if key in followed}
    seen = list(scene.seen(settings, "fire", "smoke"))
    for one in seen:
        firsts.setdefault(one.key, First(scene.now, _size(one)))
    raised = any(one.raised for one in memory.episodes.values())
    claims = _claims(settings, seen, firsts, scene, raised)
    episodes, signals = advance("fire", settings, memory.episodes, claims, scene.now)
    return Memory(firsts, episodes), signals


def _claims(
    settings: Fire, seen: list[Trail], firsts: Mapping[int, First], scene: Scene, raised: bool
) -> Iterator[Claim]:
    who = []
    for one in seen:
        first = firsts[one.key]
        grown = _size(one) >= settings.grown * first.size
        steady = (scene.now - first.at).total_seconds() >= settings.steady_s
        if raised or (grown and steady) or (one.family == "fire" and (grown or steady)):
            who.append(one)
    if who:
        what = " and ".join(sorted({one.family for one in who}))
        yield Claim("fire", "", tuple(who), f"{what} seen", measures={"size_px": _size(who[0])})


def _size(one: Trail) -> float:
    return (one.box[2] - one.box[0]) * one.height


SITUATION: Situation[Fire, Memory] = Situation(
    "fire", Fire, lambda: Memory({}), step, Needs(labels=frozenset({"fire", "smoke"}))
)
