"""Glare: a low sun or a headlamp in the picture; its bloom, and a veil over all the rest."""

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
from devices_sim.conditions.optics import KEPT, generator, kept

_VEIL = (0.08, 0.16, 0.27, 0.4, 0.55)
_BLOOM = (0.03, 0.05, 0.075, 0.11, 0.16)
_SUN_BGR = (0.84, 0.95, 1.0)


def _dazzle(picture: Picture, moment: CameraMoment) -> Picture:
    height, width = picture.shape[:2]
    light = _light(height, width, moment.grade, moment.salt)
    shine = 1 + 0.08 * moment.wander(moment.since / 3)
    # The exposure follows the light, so the rest gets darker as the veil gets thicker.
    dim = 1 - 0.6 * moment.graded(_VEIL)
    dazzled: Picture = cv2.addWeighted(picture, dim, light, shine, 0)
    return dazzled


@lru_cache(maxsize=KEPT)
def _light(height: int, width: int, grade: int, seed: int) -> Picture:
    draw = generator(seed)
    right, down = draw.uniform(0.2, 0.8), draw.uniform(0.1, 0.4) * height / width
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / np.float32(width)
    dx, dy = x - right, y - down
    away = np.hypot(dx, dy) / _BLOOM[grade - 1]
    core = np.clip(1.6 - away, 0, 1)
    bloom = 1.2 / (1 + away**2)
    # Scratches of the cover draw rays.
    rays = 0.35 * np.abs(np.cos(3 * np.arctan2(dy, dx) + draw.random())) ** 24 / (1 + away / 2)
    veil = _VEIL[grade - 1] * (0.55 + 0.45 * np.exp(-np.hypot(dx, dy) * 2))
    light = core + bloom + rays + veil
    return kept((np.clip(light[..., None] * np.array(_SUN_BGR), 0, 1) * 255).astype(np.uint8))


CONDITION = CameraCondition(
    name="glare",
    title="Glare",
    grades=in_words("a veil of {:.0%}", _VEIL),
    stage=Stage.LENS,
    apply=_dazzle,
)
