"""What a tracking method is to the rest: boxes in, whose they are out, whatever library does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field

Box = tuple[float, float, float, float]
_Score = Annotated[float, Field(ge=0, le=1)]


class TrackSettings(BaseModel):
    """How objects are followed.

    Attributes:
        rate: looks per second that are usual; how much things speed up between two is judged by it.
        start: least score that begins a track.
        sure: least score of the first association; what is less sure goes on a track that found
            nothing better (ByteTrack's second association).
        ends: how long a track may be unseen; longer than the gate's `refresh`, or whoever stands
            still would be somebody new at each look.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rate: Annotated[float, Field(gt=0, le=60)] = 2.5
    start: _Score = 0.4
    sure: _Score = 0.4
    ends: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(minutes=5))] = timedelta(
        seconds=5
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What an object of some kind looked like: its box in pixels, and how sure that is."""

    box: Box
    score: float


class Follower(Protocol):
    """Follows the objects of one kind before one camera, deterministically."""

    def follow(self, seen: Sequence[Seen], seconds: float) -> list[int | None]:
        """Whose each box is: a number kept as long as its object is followed, or none yet.

        Args:
            seen: at this time, everything the detector found, also what it is not sure of.
            seconds: the time, ever greater; steps between calls vary.
        """
        ...


NewFollower = Callable[[TrackSettings], Follower]
