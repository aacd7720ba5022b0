"""Motion blur: the shutter is open so long that everything is drawn out to lines."""

import math

from devices_sim.conditions.model import (
    CameraCondition,
    CameraMoment,
    Picture,
    Stage,
    in_words,
)
from devices_sim.conditions.optics import scale, smear

_LENGTHS = (4, 8, 14, 22, 36)


def _blur(picture: Picture, moment: CameraMoment) -> Picture:
    length = moment.graded(_LENGTHS) * scale(picture)
    # Most movement, of cars and of masts, is across the picture.
    angle = math.radians(20) * (2 * moment.chance("angle") - 1)
    return smear(picture, length * math.cos(angle), length * math.sin(angle))


CONDITION = CameraCondition(
    name="motion_blur",
    title="Motion blur",
    grades=in_words("a point is a line of {} px", _LENGTHS),
    stage=Stage.MOUNT,
    apply=_blur,
)
