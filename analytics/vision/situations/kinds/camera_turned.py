"""Camera turned: it no longer looks at its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from analytics.vision.situations.episodes import Claim, Episodes, advance
from analytics.vision.situations.model import Signal
from analytics.vision.situations.situation import Needs, Scene, Seconds, Settings, Situation


class CameraTurned(Settings):
    """What counts as turned.

    Attributes:
        unlike: the picture is less like the place than this (correlation of edges, -1 to 1).
    """

    hold_s: Seconds = 5.0
    clear_s: Seconds = 10.0
    unlike: Annotated[float, Field(ge=-1, le=1)] = 0.3


def step(
    settings: CameraTurned, memory: Episodes, scene: Scene
) -> tuple[Episodes, tuple[Signal, ...]]:
    """One frame on."""
    if scene.stats is None or scene.stats.likeness is None:
        return memory, ()
    claims = _claims(settings, scene.stats.likeness)
    return advance("camera_turned", settings, memory, claims, scene.now)


def _claims(settings: CameraTurned, likeness: float) -> Iterator[Claim]:
    if likeness < settings.unlike:
        words = "the camera looks elsewhere: its picture no longer shows its place"
        yield Claim("camera", "", (), words, measures={"likeness": likeness})


SITUATION: Situation[CameraTurned, Episodes] = Situation(
    "camera_turned", CameraTurned, dict, step, Needs(stats=True)
)
