"""Fighting: people hit one another (KISA violence). Needs a model that knows it."""

from __future__ import annotations

from collections.abc import Iterator

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


class Fighting(Settings):
    """What counts as a fight: the class `fighting`, seen for so long."""

    score: Score = 0.5
    hold_s: Seconds = 2.0
    frames: Frames = 5


def step(settings: Fighting, memory: Episodes, scene: Scene) -> tuple[Episodes, tuple[Signal, ...]]:
    """One frame on."""
    return advance("fighting", settings, memory, _claims(settings, scene), scene.now)


def _claims(settings: Fighting, scene: Scene) -> Iterator[Claim]:
    who = tuple(scene.seen(settings, "fighting"))
    if who:
        yield Claim("fight", "", who, "people fight", measures={"score": max(o.score for o in who)})


SITUATION: Situation[Fighting, Episodes] = Situation(
    "fighting", Fighting, dict, step, Needs(labels=frozenset({"fighting"}))
)
