"""Camera frozen: the same picture again and again, under new stamps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from analytics.vision.situations.episodes import Claim, Episodes, advance
from analytics.vision.situations.model import Signal
from analytics.vision.situations.situation import Frames, Needs, Scene, Seconds, Settings, Situation


class CameraFrozen(Settings):
    """What counts as frozen: not one pixel changes. No sensor is so quiet, not even at night."""

    hold_s: Seconds = 5.0
    frames: Frames = 5
    clear_s: Seconds = 0.0


@dataclass(frozen=True, slots=True)
class Memory:
    """The last picture, and since when it has been the same."""

    digest: str = ""
    since: datetime | None = None
    episodes: Episodes = field(default_factory=dict)


def step(settings: CameraFrozen, memory: Memory, scene: Scene) -> tuple[Memory, tuple[Signal, ...]]:
    """One frame on."""
    if scene.stats is None:
        return memory, ()
    same = memory.since is not None and scene.stats.digest == memory.digest
    since = memory.since if same and memory.since is not None else scene.now
    claims = _claims(since, scene.now) if same else iter(())
    episodes, signals = advance("camera_frozen", settings, memory.episodes, claims, scene.now)
    return Memory(scene.stats.digest, since, episodes), signals


def _claims(since: datetime, now: datetime) -> Iterator[Claim]:
    stood = (now - since).total_seconds()
    words = "the camera is frozen: its picture has not changed, though it sends new ones"
    yield Claim("camera", "", (), words, since, {"frozen_s": stood})


SITUATION: Situation[CameraFrozen, Memory] = Situation(
    "camera_frozen", CameraFrozen, Memory, step, Needs(stats=True)
)
