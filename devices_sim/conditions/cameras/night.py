"""Night: little light but the lamps', less colour, and the noise of a sensor turned up."""

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
from devices_sim.conditions.optics import KEPT, Curve, Mask, add_grain, generator, kept, levels

ILLUMINANCE_LX = (200, 50, 15, 3, 0.3)
"""Light by grade: dusk, late dusk, a lit street, a dim one, a dark one."""

_AMBIENT = (0.8, 0.58, 0.4, 0.24, 0.1)
_GAMMA = (1.05, 1.15, 1.25, 1.35, 1.5)
_GREY = (0.15, 0.35, 0.55, 0.75, 1.0)
_NOISE = (2.0, 4.0, 7.0, 10.0, 14.0)
_LAMP_BGR = (0.62, 0.86, 1.0)
_SKY_M = 500.0
_SKY_GONE = (0.35, 0.6, 0.75, 0.8, 0.85)
_BRIGHT = (np.clip((np.arange(256) - 130) / 60, 0, 1) * 255).astype(np.uint8)


def _night(picture: Picture, moment: CameraMoment) -> Picture:
    height, width = picture.shape[:2]
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    colourless = moment.graded(_GREY)
    dull = cv2.addWeighted(
        picture, 1 - colourless, cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), colourless, 0
    )
    dull = cv2.LUT(dull, _tone(moment.graded(_GAMMA)))
    dull = cv2.multiply(dull, cv2.merge([_sky_left(grey, moment)] * 3), scale=1 / 255)
    lit, glow = _lamps(height, width, moment.grade, moment.salt)
    dull = cv2.add(cv2.multiply(dull, lit, scale=1 / 255), glow)
    return add_grain(dull, _noise(moment.graded(_NOISE)), moment)


def _tone(gamma: float) -> Curve:
    return (levels() ** gamma * 255).astype(np.uint8)


def _noise(deviation: float) -> Curve:
    """Read noise and photon noise: the variance grows with the light."""
    curve: Curve = deviation * np.sqrt(0.4 + 2.0 * levels())
    return curve


def _sky_left(grey: Mask, moment: CameraMoment) -> Mask:
    """What of the light is left, 255 being all: a day's bright sky is dark now.

    Where no depth tells the sky, it is what is bright in the upper half.
    """
    if moment.depth is not None:
        dark = np.uint8(255 * (1 - moment.graded(_SKY_GONE)))
        return np.where(moment.depth > _SKY_M, dark, np.uint8(255))
    height, width = grey.shape
    bright = cv2.LUT(grey, _BRIGHT)
    gone = cv2.multiply(bright, _upper(height, width, moment.grade), scale=1 / 255)
    left: Mask = cv2.bitwise_not(gone)
    return left


@lru_cache(maxsize=KEPT)
def _upper(height: int, width: int, grade: int) -> Mask:
    """Where bright is sky: 255 where all of its light is to go; none in the lower half."""
    share = np.clip(1.6 - np.linspace(0, 3, height, dtype=np.float32), 0, 1)
    column = (255 * share * _SKY_GONE[grade - 1]).astype(np.uint8)
    return kept(np.repeat(column[:, None], width, axis=1))


@lru_cache(maxsize=KEPT)
def _lamps(height: int, width: int, grade: int, seed: int) -> tuple[Picture, Picture]:
    """The light on the scene (255 is a day's), and the glow of the lamps themselves."""
    draw = generator(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / np.float32(width)
    tall = height / width
    pool, halo = np.zeros_like(x), np.zeros_like(x)
    for lamp in range(3):
        right = (lamp + draw.uniform(0.2, 0.8)) / 3
        up, ground = tall * draw.uniform(0.08, 0.25), tall * draw.uniform(0.7, 0.9)
        away = ((x - right) / 0.16) ** 2 + ((y - ground) / (0.22 * tall)) ** 2
        pool += 0.55 * np.exp(-away)
        near = ((x - right) ** 2 + (y - up) ** 2) / 0.008**2
        halo += np.minimum(1.0, 1.6 / (1 + near)) + 0.12 * np.exp(-near / 150)
    dark = grade / 5
    lamp_light = np.array(_LAMP_BGR, np.float32)
    ambient = np.array((1.0, 0.92, 0.88), np.float32) * _AMBIENT[grade - 1]
    lit = ambient + dark * pool[..., None] * lamp_light
    glow = np.minimum(1.0, dark * halo)[..., None] * lamp_light
    as_bytes = [kept((np.clip(part, 0, 1) * 255).astype(np.uint8)) for part in (lit, glow)]
    return as_bytes[0], as_bytes[1]


CONDITION = CameraCondition(
    name="night",
    title="Night",
    grades=in_words("{} lx", ILLUMINANCE_LX),
    stage=Stage.LIGHT,
    apply=_night,
)
