"""Shaken: the mast swings in the wind or with the traffic; each frame looks elsewhere."""

import cv2
import numpy as np

from devices_sim.conditions.model import (
    Affine,
    CameraCondition,
    CameraMoment,
    Picture,
    Stage,
    in_words,
)
from devices_sim.conditions.optics import REFERENCE_WIDTH, scale, smear

_SWINGS = (3, 6, 12, 22, 40)
_HZ = 4.0


def _shake(picture: Picture, moment: CameraMoment) -> Picture:
    height, width = picture.shape[:2]
    moved = cv2.warpAffine(
        picture,
        _moves((width, height), moment).astype(np.float32),
        (width, height),
        borderMode=cv2.BORDER_REPLICATE,
    )
    swing = moment.graded(_SWINGS) * scale(picture)
    angle = moment.chance("blur", moment.number) * 2 * np.pi
    return smear(moved, swing / 4 * np.cos(angle), swing / 4 * np.sin(angle))


def _moves(size: tuple[int, int], moment: CameraMoment) -> Affine:
    width, height = size
    swing = moment.graded(_SWINGS) * width / REFERENCE_WIDTH
    at = moment.since * _HZ
    right, down = swing * moment.wander(at, "right"), 0.6 * swing * moment.wander(at, "down")
    roll = 0.06 * moment.graded(_SWINGS) * moment.wander(at, "roll")
    turn: Affine = cv2.getRotationMatrix2D((width / 2, height / 2), roll, 1)
    turn[:, 2] += (right, down)
    return turn


CONDITION = CameraCondition(
    name="shaken",
    title="Shaken",
    grades=in_words("swings by up to {} px", _SWINGS),
    stage=Stage.MOUNT,
    apply=_shake,
    moves=_moves,
)
