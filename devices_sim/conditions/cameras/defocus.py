"""Defocus: every point becomes a disc."""

import math

import cv2
import numpy as np
import numpy.typing as npt

from devices_sim.conditions.model import (
    CameraCondition,
    CameraMoment,
    Picture,
    Stage,
    in_words,
)
from devices_sim.conditions.optics import scale

_RADII = (1.2, 2.5, 4.5, 7, 11)
_LARGEST_AT_ONCE = 2.4


def _defocus(picture: Picture, moment: CameraMoment) -> Picture:
    height, width = picture.shape[:2]
    radius = moment.graded(_RADII) * scale(picture)
    # A large disc leaves nothing fine: a smaller picture with a smaller disc is as good.
    shrink = max(1, math.ceil(radius / _LARGEST_AT_ONCE))
    size = (max(1, width // shrink), max(1, height // shrink))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    blurred = cv2.filter2D(small, -1, disc(radius / shrink))
    smooth: Picture = cv2.resize(blurred, (width, height), interpolation=cv2.INTER_LINEAR)
    return smooth


def disc(radius: float) -> npt.NDArray[np.float32]:
    """A disc of this radius, with a soft edge; it sums to 1."""
    reach = math.ceil(radius)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    weights = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    normal: npt.NDArray[np.float32] = weights / weights.sum()
    return normal


CONDITION = CameraCondition(
    name="defocus",
    title="Out of focus",
    grades=in_words("a point is a disc of radius {} px", _RADII),
    stage=Stage.LENS,
    apply=_defocus,
)
