"""Congestion: vehicles crawl or stand in a jam; with the level of service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from pydantic import Field

from analytics.vision.situations.episodes import Claim, Episodes, advance
from analytics.vision.situations.model import Signal
from analytics.vision.situations.queues import queued
from analytics.vision.situations.situation import (
    Frames,
    Metres,
    Needs,
    Pixels,
    Rate,
    Scene,
    Seconds,
    Settings,
    Situation,
)
from analytics.vision.situations.trail import Trail

_LEAST_FRAMES, _LEAST_S = 3, 1.5  # a newcomer's speed is not known yet
_MOST_UNSTEADY = 1.0  # m/s
_OFF_M = 0.3
_OVER_M = 0.5  # the middle of who is so far over its stop has left it
_LEVELS = ((0.80, "A"), (0.67, "B"), (0.50, "C"), (0.40, "D"), (0.30, "E"))


class Congestion(Settings):
    """What counts as congestion.

    Attributes:
        vehicles: so many crawl; it goes on while one fewer does, for who is the last of them
            changes all the time.
        within_m: no farther than this from the one in their midst.
        share: at or below this share of its way's free speed, less in bends, a vehicle crawls.
        hidden_s: so long a vehicle counts that is hidden by others.
        starts_s: so long after it has waited at a stop or crossing it may take to get going.
    """

    size_px: Pixels = 16.0
    vehicles: Annotated[int, Field(ge=2, le=100)] = 3
    within_m: Metres = 25.0
    share: Annotated[float, Field(gt=0, le=1)] = 0.3
    hidden_s: Seconds = 6.0
    starts_s: Seconds = 2.0
    hold_s: Seconds = 30.0
    frames: Frames = 12
    gap_s: Seconds = 5.0
    clear_s: Seconds = 5.0
    rate: Rate = 4.5


@dataclass(frozen=True, slots=True)
class Memory:
    """When vehicles last waited at a stop, by the key of their trail."""

    waited: Mapping[int, datetime] = field(default_factory=dict)
    episodes: Episodes = field(default_factory=dict)


def step(settings: Congestion, memory: Memory, scene: Scene) -> tuple[Memory, tuple[Signal, ...]]:
    """One frame on."""
    vehicles = list(scene.seen(settings, "vehicle", within_s=settings.hidden_s))
    waited = {
        key: last
        for key, last in memory.waited.items()
        if (scene.now - last).total_seconds() <= settings.starts_s
    }
    waited |= dict.fromkeys(queued(scene, vehicles), scene.now)
    waited |= {one.key: scene.now for one in vehicles if _before_stop(one, scene)}
    moving = [one for one in vehicles if one.key not in waited and _known(one)]
    claims = _claims(settings, moving, scene, settings.vehicles - bool(memory.episodes))
    episodes, signals = advance("congestion", settings, memory.episodes, claims, scene.now)
    return Memory(waited, episodes), signals


def level_of_service(share: float) -> str:
    """The level of service, A to F, from the share of the free speed (HCM, urban streets)."""
    return next((level for least, level in _LEVELS if share > least), "F")


def _claims(
    settings: Congestion, vehicles: list[Trail], scene: Scene, least: int
) -> Iterator[Claim]:
    free = {one.key: speed for one in vehicles if (speed := _free(one, scene)) is not None}
    slow = [one for one in vehicles if one.key in free and _crawls(settings, one, free[one.key])]
    jam = _jam(settings, slow, scene)
    if len(jam) >= max(2, least):
        speed = sum(one.speed for one in jam) / len(jam)
        share = speed / (sum(free[one.key] for one in jam) / len(jam))
        level = level_of_service(share)
        words = f"{len(jam)} vehicles crawl at {speed * 3.6:.0f} km/h, level of service {level}"
        measures = {"vehicles": float(len(jam)), "speed_mps": speed, "free_share": share}
        yield Claim("jam", "", tuple(jam), words, measures=measures)


def _known(one: Trail) -> bool:
    return one.frames >= _LEAST_FRAMES and (one.seen - one.born).total_seconds() >= _LEAST_S


def _before_stop(one: Trail, scene: Scene) -> bool:
    """Whether a vehicle is before the stop of a way: it waits there, or rolls up to who does."""
    return any(
        at.stop_ahead is not None and at.stop_ahead > -_OVER_M
        for way, at in scene.ways(one)
        if at.off <= way.width_m / 2 + _OFF_M
    )


def _free(one: Trail, scene: Scene) -> float | None:
    """The speed at which the way a vehicle is on flows there, m/s; of more ways the least."""
    on = (at.free for way, at in scene.ways(one) if at.off <= way.width_m / 2 + _OFF_M)
    return min(on, default=None)


def _crawls(settings: Congestion, one: Trail, free: float) -> bool:
    return one.speed <= settings.share * free + 0.5 * min(one.unsteady, _MOST_UNSTEADY)


def _jam(settings: Congestion, slow: list[Trail], scene: Scene) -> list[Trail]:
    """The most of them that lie round one of them."""
    best: list[Trail] = []
    for one in slow:
        near = [
            other
            for other in slow
            if scene.site.between(one.stand, other.stand, one.scale.across) <= settings.within_m
        ]
        best = max(best, near, key=len)
    return best


SITUATION: Situation[Congestion, Memory] = Situation(
    "congestion", Congestion, Memory, step, Needs(ways=True)
)
