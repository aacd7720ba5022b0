"""Shaken: the mast swings in the wind or with the traffic; each frame looks elsewhere."""

import cv2
import numpy as np

from devices_sim.conditions.model import (
    CameraCondition,
    CameraMoment,
    Picture,
    Stage,
    in_words,
)
from devices_sim.conditions.optics import scale, smear

_SWINGS = (3, 6, 12, 22, 40)
_HZ = 4.0


def _shake(picture: Picture, moment: CameraMoment) -> Picture:
    height, width = picture.shape[:2]
    swing = moment.graded(_SWINGS) * scale(picture)
    at = moment.since * _HZ
    right, down = swing * moment.wander(at, "right"), 0.6 * swing * moment.wander(at, "down")
    roll = 0.06 * moment.graded(_SWINGS) * moment.wander(at, "roll")
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), roll, 1)
    turn[:, 2] += (right, down)
    moved = cv2.warpAffine(
        picture, turn.astype(np.float32), (width, height), borderMode=cv2.BORDER_REPLICATE
    )
    angle = moment.chance("blur", moment.number) * 2 * np.pi
    return smear(moved, swing / 4 * np.cos(angle), swing / 4 * np.sin(angle))


CONDITION = CameraCondition(
    name="shaken",
    title="Shaken",
    grades=in_words("swings by up to {} px", _SWINGS),
    stage=Stage.MOUNT,
    apply=_shake,
)
