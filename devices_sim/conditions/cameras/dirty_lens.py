"""Dirty lens: dried spots, all out of focus, and a smear where somebody wiped."""

from functools import lru_cache

import cv2
import numpy as np

from devices_sim.conditions.model import (
    CameraCondition,
    CameraMoment,
    Picture,
    Stage,
    in_words,
)
from devices_sim.conditions.optics import KEPT, Mask, clouds, cover, generator, kept, scale, soften

_SPOTS = (6, 16, 32, 60, 100)
_SMEAR = (0.1, 0.25, 0.4, 0.6, 0.8)
_DUST_BGR = (96, 112, 122)


def _dirty(picture: Picture, moment: CameraMoment) -> Picture:
    height, width = picture.shape[:2]
    # Light still comes through dirt, but from everywhere.
    through = soften(picture, max(1, round(14 * scale(picture))))
    dust = np.empty_like(picture)
    dust[:] = _DUST_BGR
    over = cv2.addWeighted(through, 0.55, dust, 0.4, 0)
    return cover(picture, over, _dirt(height, width, moment.grade, moment.salt))


@lru_cache(maxsize=KEPT)
def _dirt(height: int, width: int, grade: int, seed: int) -> Mask:
    draw = generator(seed)
    size = width / 640
    spots = np.zeros((height, width), np.float32)
    for _ in range(_SPOTS[grade - 1]):
        down, right, grown, dense = draw.random(4)
        spot = np.zeros_like(spots)
        axes = (
            max(1, round((8 + 40 * grown**3) * size)),
            max(1, round((7 + 34 * grown**3) * size)),
        )
        centre = (int(right * width), int(down * height))
        cv2.ellipse(spot, centre, axes, 180 * draw.random(), 0, 360, 0.55 + 0.45 * dense, -1)
        np.maximum(spots, spot, out=spots)
    spots = cv2.GaussianBlur(spots, (0, 0), max(0.8, 5 * size))
    wiped = np.clip(2.2 * clouds(height, width, 4, seed + 1) - 0.9, 0, 1) * _SMEAR[grade - 1]
    alpha = 1 - (1 - np.clip(spots, 0, 1)) * (1 - wiped)
    return kept((alpha * 255).astype(np.uint8))


CONDITION = CameraCondition(
    name="dirty_lens",
    title="Dirty lens",
    grades=in_words("{} spots", _SPOTS),
    stage=Stage.LENS,
    apply=_dirty,
)
