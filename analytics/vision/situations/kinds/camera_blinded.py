"""Camera blinded: covered, dark or out of focus."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from pydantic import Field

from analytics.vision.situations.episodes import Claim, Episodes, advance
from analytics.vision.situations.model import Signal
from analytics.vision.situations.situation import Needs, Scene, Seconds, Settings, Situation
from smartopia.seen import PictureStats

Share = Annotated[float, Field(ge=0, le=1)]


class CameraBlinded(Settings):
    """What counts as blinded.

    Attributes:
        dark: a picture no brighter than this is dark.
        flat: one with no more contrast than this is covered.
        blurred: one with less than this share of its usual sharpness is out of focus.
        usual_s: within about so long the usual follows the hours of the day.
        learn_s: so long it takes to know what is usual.
    """

    hold_s: Seconds = 5.0
    dark: Share = 0.03
    flat: Share = 0.02
    blurred: Share = 0.35
    usual_s: Seconds = 600.0
    learn_s: Seconds = 10.0


@dataclass(frozen=True, slots=True)
class Memory:
    """The usual sharpness, and from when to when it has been learned."""

    sharpness: float | None = None
    since: datetime | None = None
    last: datetime | None = None
    episodes: Episodes = field(default_factory=dict)


def step(
    settings: CameraBlinded, memory: Memory, scene: Scene
) -> tuple[Memory, tuple[Signal, ...]]:
    """One frame on."""
    if scene.stats is None:
        return memory, ()
    why = _why(settings, memory, scene.stats, scene.now)
    claims = _claims(why, scene.stats)
    episodes, signals = advance("camera_blinded", settings, memory.episodes, claims, scene.now)
    usual, since = memory.sharpness, memory.since or scene.now
    if why is None:
        usual = _blended(settings, memory, scene.stats.sharpness, scene.now)
    return Memory(usual, since, scene.now, episodes), signals


def _why(settings: CameraBlinded, memory: Memory, stats: PictureStats, now: datetime) -> str | None:
    if stats.brightness <= settings.dark:
        return "its picture is dark"
    if stats.contrast <= settings.flat:
        return "it is covered"
    if memory.sharpness is None or memory.since is None:
        return None
    learned = (now - memory.since).total_seconds() >= settings.learn_s
    if learned and stats.sharpness < settings.blurred * memory.sharpness:
        return "its picture is blurred"
    return None


def _blended(settings: CameraBlinded, memory: Memory, sharpness: float, now: datetime) -> float:
    if memory.sharpness is None or memory.last is None:
        return sharpness
    share = 1 - math.exp(-(now - memory.last).total_seconds() / max(settings.usual_s, 1e-3))
    return memory.sharpness + (sharpness - memory.sharpness) * share


def _claims(why: str | None, stats: PictureStats) -> Iterator[Claim]:
    if why is not None:
        measures = {"brightness": stats.brightness, "sharpness": stats.sharpness}
        yield Claim("camera", "", (), f"the camera sees nothing: {why}", measures=measures)


SITUATION: Situation[CameraBlinded, Memory] = Situation(
    "camera_blinded", CameraBlinded, Memory, step, Needs(stats=True)
)
