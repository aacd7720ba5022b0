"""What a situation is told of a camera's pictures, and what it says: plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from smartopia.seen import PictureStats

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Track:
    """One object in one frame.

    Attributes:
        id: the tracker's; it may change when the tracker loses the object.
        label: the detector's class name.
        score: confidence, 0 to 1.
        box: x1, y1, x2, y2 in pixels.
    """

    id: int
    label: str
    score: float
    box: Box


@dataclass(frozen=True, slots=True)
class Look:
    """One frame of one camera.

    Attributes:
        now: its phenomenon time.
        size: width and height in pixels.
        stats: None where nobody measured them; the situations of the camera itself then rest.
    """

    now: datetime
    size: tuple[int, int]
    tracks: tuple[Track, ...]
    stats: PictureStats | None = None


class Phase(StrEnum):
    """A step in the life of what a situation says."""

    RAISED = "raised"
    UPDATED = "updated"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Signal:
    """A situation begins, goes on with others in it, or is over.

    Attributes:
        key: names it within camera and situation; the same from `raised` to `cleared`.
        place: the area, wire or way it is in; empty where it is anywhere in the picture.
        onset: since when it has been so.
        now: the frame that told.
        tracks: the tracker's ids of who is in it, as of now; `boxes` are theirs, in pixels.
        words: what an operator reads.
        measures: figures of it, such as people or seconds.
    """

    situation: str
    key: str
    phase: Phase
    place: str
    onset: datetime
    now: datetime
    tracks: tuple[int, ...]
    boxes: tuple[Box, ...]
    words: str
    measures: Mapping[str, float] = field(default_factory=dict)
