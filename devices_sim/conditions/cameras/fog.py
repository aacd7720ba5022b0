"""Fog: the air's own light takes the place of what is far off."""

import math

from devices_sim.conditions.model import (
    CameraCondition,
    CameraMoment,
    Picture,
    Stage,
    in_words,
)
from devices_sim.conditions.optics import daylight, transmission, veil

VISIBILITY_M = (800, 400, 200, 100, 50)
"""Visibility by grade: where a contrast of 2 % is left (Koschmieder)."""

_LEAST_CONTRAST = 0.02


def visibility(extinction: float) -> float:
    """How far one sees, in m, where the extinction coefficient is so much, 1/m."""
    return -math.log(_LEAST_CONTRAST) / extinction


def extinction(visible_m: float) -> float:
    """The extinction coefficient, 1/m, where one sees so far."""
    return -math.log(_LEAST_CONTRAST) / visible_m


def _fog(picture: Picture, moment: CameraMoment) -> Picture:
    light = daylight(picture, at_most=212)
    through = transmission(picture, moment, extinction(moment.graded(VISIBILITY_M)), patches=0.25)
    return veil(picture, through, (light, light, light * 0.98))


CONDITION = CameraCondition(
    name="fog",
    title="Fog",
    grades=in_words("visibility {} m", VISIBILITY_M),
    stage=Stage.AIR,
    apply=_fog,
)
