"""Noise: the grain of a poor or hot sensor."""

import numpy as np

from devices_sim.conditions.model import (
    CameraCondition,
    CameraMoment,
    Picture,
    Stage,
    in_words,
)
from devices_sim.conditions.optics import add_grain

_DEVIATIONS = (6, 12, 22, 36, 56)


def _grain(picture: Picture, moment: CameraMoment) -> Picture:
    return add_grain(picture, np.full(256, moment.graded(_DEVIATIONS), np.float32), moment)


CONDITION = CameraCondition(
    name="noise",
    title="Sensor noise",
    grades=in_words("standard deviation {} of 255", _DEVIATIONS),
    stage=Stage.SENSOR,
    apply=_grain,
)
