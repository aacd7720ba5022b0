"""Snow: flakes that drift down, the near ones large and out of focus, and a white veil."""

import math
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
from devices_sim.conditions.optics import (
    VARIANTS,
    Mask,
    daylight,
    generator,
    kept,
    scale,
    transmission,
    veil,
)

RATES = (0.5, 1, 2.5, 5, 10)
"""Snowfall by grade, mm/h of water."""

_FLAKES = (150, 300, 600, 1100, 1800)
# Far, middle, near: the share of the flakes, their radius, and their way in pixels a second.
_LAYERS = ((0.7, 1.0, 40), (0.25, 2.2, 90), (0.05, 5.0, 200))
_VISIBILITY_AT_1_MM_H = 1000.0
_LEAST_CONTRAST = 0.02


def extinction(rate: float) -> float:
    """How fast snow of so many mm/h takes contrast away, 1/m.

    Visibility is about 1 km at 1 mm/h and falls as the rate grows: Rasmussen et al., 1999.
    """
    return -math.log(_LEAST_CONTRAST) * rate / _VISIBILITY_AT_1_MM_H


def _snow(picture: Picture, moment: CameraMoment) -> Picture:
    through = transmission(picture, moment, extinction(moment.graded(RATES)), patches=0.2)
    air = daylight(picture, at_most=205)
    dim = veil(picture, through, (air, air, air))
    flake = 1.2 * air
    return veil(dim, _between_flakes(picture, moment), (flake, flake, flake))


def _between_flakes(picture: Picture, moment: CameraMoment) -> Mask:
    height, width = picture.shape[:2]
    through = np.full((height, width), 255, np.uint8)
    for layer, (_, _, speed) in enumerate(_LAYERS):
        flakes = _flakes(height, width, moment.grade, layer, moment.salt % VARIANTS)
        fallen = _fallen(flakes, moment, speed * scale(picture))
        through = cv2.multiply(through, fallen, scale=1 / 255)
    return through


def _fallen(flakes: Mask, moment: CameraMoment, speed: float) -> Mask:
    """The layer as far down, and as far aside in the wind, as it is by now."""
    down = int(moment.since * speed)
    aside = int(moment.since * speed * 0.4 * (2 * moment.chance("wind") - 1))
    fallen: Mask = np.roll(flakes, (down % flakes.shape[0], aside % flakes.shape[1]), (0, 1))
    return fallen


@lru_cache(maxsize=3 * 5 * VARIANTS)
def _flakes(height: int, width: int, grade: int, layer: int, seed: int) -> Mask:
    """What comes through between the flakes of a layer; it may be rolled round."""
    share, radius, _ = _LAYERS[layer]
    draw = generator(seed, layer)
    size = width / 640
    field = np.zeros((height, width), np.uint8)
    for _ in range(round(_FLAKES[grade - 1] * share)):
        down, right, grown = draw.random(3)
        round_ = max(1, round(radius * size * (0.6 + 0.8 * grown)))
        centre = (int(right * width), int(down * height))
        cv2.circle(field, centre, round_, int(150 + 100 * grown), -1, cv2.LINE_AA)
    return kept(cv2.bitwise_not(cv2.GaussianBlur(field, (0, 0), max(0.6, 0.35 * radius * size))))


CONDITION = CameraCondition(
    name="snow",
    title="Snow",
    grades=in_words("{} mm/h of water", RATES),
    stage=Stage.AIR,
    apply=_snow,
)
