"""What the motion gate is told, remembers and answers: plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

Floats = NDArray[np.float32]
Grey = NDArray[np.uint8]
Box = tuple[float, float, float, float]
Why = Literal["first", "motion", "tracked", "held", "refresh", "still"]

_Positive = Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(minutes=1))]


class GateSettings(BaseModel):
    """How eagerly a camera's frames are looked at. The defaults suit every camera we have.

    Attributes:
        refresh: the longest time without a look, whatever the picture does.
        hold: how long it is looked at after the last motion.
        follow: time between looks while all that moves is tracked already, or was looked at
            twice and is nothing that can be; and in `hold`.
        contrast: grey levels (of 255) by which a pixel must differ from its background.
        over_noise: and by how many times that pixel's own median change.
        pixels: how many neighbouring pixels of the reduced picture must; a person 20 pixels
            tall in a picture 640 wide has about 10.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    refresh: _Positive = timedelta(seconds=2)
    hold: _Positive = timedelta(seconds=1)
    follow: _Positive = timedelta(seconds=0.4)
    contrast: Annotated[float, Field(gt=0, le=100)] = 8.0
    over_noise: Annotated[float, Field(gt=0, le=20)] = 4.0
    pixels: Annotated[int, Field(ge=1, le=1000)] = 3


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """How a place usually looks: its edges, coarsely, learned between two times."""

    edges: Floats
    since: datetime
    seen: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a frame is worth a detector, and why.

    Attributes:
        changed: share of pixels that differ from the background of the last seconds.
    """

    look: bool
    why: Why
    changed: float


@dataclass(frozen=True, slots=True, eq=False)
class GateMemory:
    """What the gate remembers of a camera; arrays are (height, width) of its reduced picture.

    Attributes:
        last: the picture before.
        ground: what is there when nothing moves, of the last seconds.
        noise: each pixel's median change, grey levels.
        limit: the change above which a pixel is marked, grey levels.
        marks: where the picture before differed, 1 or 0.
        tried: at how many looks in a row what moved there was not tracked.
        seen, looked, moved, learnt: the times of the last frame, look, motion, and noise learnt.
    """

    last: Grey
    ground: Floats
    noise: Floats
    limit: Grey
    marks: Grey
    tried: Grey
    seen: datetime
    looked: datetime
    moved: datetime
    learnt: datetime
