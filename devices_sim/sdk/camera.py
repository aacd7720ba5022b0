"""A kind of camera: how often it takes a picture, and what it sees in the world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from devices_sim.world.world import View

Picture = npt.NDArray[np.uint8]
"""Height x width x 3: blue, green, red."""


@dataclass(frozen=True)
class CameraKind:
    """A kind of camera, of which a scenario may place many.

    Attributes:
        name: what a scenario and an announcement call it, such as `test_card`.
        title: what a person calls it.
        rate: frames per second.
        picture: what it sees, given the world at its place and the time. It is called in a
            worker thread, and may take no longer than the time between two frames.
    """

    name: str
    title: str
    rate: float
    picture: Callable[[View, datetime], Picture]
