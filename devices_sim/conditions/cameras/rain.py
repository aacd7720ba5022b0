"""Rain: streaks as long as a drop falls in one exposure, and a loss of contrast with distance."""

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
    tile,
    transmission,
    veil,
)

RATES = (2, 10, 30, 70, 150)
"""Rain intensity by grade, mm/h."""

_STREAKS = (150, 350, 700, 1200, 2000)
_OVERCAST = (0.97, 0.93, 0.88, 0.82, 0.75)
_LARGER = 1.5


def extinction(rate: float) -> float:
    """How fast rain of so many mm/h takes contrast away, 1/m.

    1.076 R^(2/3) dB/km: Carbonneau and Wisely, 1998.
    """
    return 1.076 * math.pow(rate, 2 / 3) / 10 * math.log(10) / 1000


def _rain(picture: Picture, moment: CameraMoment) -> Picture:
    height, width = picture.shape[:2]
    clear = cv2.convertScaleAbs(picture, alpha=moment.graded(_OVERCAST))
    through = transmission(picture, moment, extinction(moment.graded(RATES)))
    streaks = _streaks(
        height, width, moment.graded(_STREAKS), scale(picture), moment.salt % VARIANTS
    )
    down, right = moment.chance("down", moment.number), moment.chance("right", moment.number)
    between = tile(streaks, height, width, down, right)
    air = daylight(clear, at_most=195)
    # A drop gathers the light of the whole sky: it is brighter than the air.
    drop = 1.2 * air
    return veil(veil(clear, through, (air, air, air)), between, (drop, drop, drop))


@lru_cache(maxsize=5 * VARIANTS)
def _streaks(height: int, width: int, count: int, size: float, seed: int) -> Mask:
    """What comes through between streaks, on a field larger than the picture."""
    draw = generator(seed)
    field = np.zeros((math.ceil(height * _LARGER), math.ceil(width * _LARGER)), np.uint8)
    slant = draw.uniform(-0.25, 0.25)
    # Most drops are far off: short and faint. 8 m/s in 1/60 s at 3 to 30 m.
    near = draw.random(round(count * _LARGER**2)) ** 3
    lengths = (6 + 55 * near) * size
    places = draw.random((len(near), 2)) * field.shape
    for share, length, (down, right) in zip(near, lengths, places, strict=True):
        begin = (int(right), int(down))
        end = (int(right + slant * length), int(down + length))
        thickness = 1 + int(2 * share * size)
        cv2.line(field, begin, end, int(45 + 75 * share), thickness, cv2.LINE_AA)
    return kept(cv2.bitwise_not(cv2.GaussianBlur(field, (3, 3), 0.7)))


CONDITION = CameraCondition(
    name="rain",
    title="Rain",
    grades=in_words("{} mm/h", RATES),
    stage=Stage.AIR,
    apply=_rain,
)
