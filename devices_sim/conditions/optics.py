"""What several camera conditions share: veils, grain, smears, and a depth where none is known.

Lengths in pixels are meant for a picture 640 wide; `scale` fits them to another. What is costly
and the same for each frame is kept in small caches by size, grade and seed, and never written to.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

import cv2
import numpy as np
import numpy.typing as npt

from devices_sim.conditions.model import CameraMoment, Depth, Picture

Mask = npt.NDArray[np.uint8]
"""Height x width: 0 to 255."""

Curve = npt.NDArray[Any]
"""One entry for each of the 256 levels of a pixel."""

KEPT = 32
"""How many masks of a kind are kept: one for each of so many cameras."""

VARIANTS = 4
"""How many fields of rain or snow there are; cameras share them, each at a place of its own."""

REFERENCE_WIDTH = 640
_CAMERA_HEIGHT_M = 5.0
_HORIZON = 0.25
_FARTHEST_M = 80.0
_GRAIN_MARGIN = 64
_GRAIN_DEVIATION = 32.0


def scale(picture: Picture) -> float:
    """How much larger than the reference a picture is."""
    width: int = picture.shape[1]
    return width / REFERENCE_WIDTH


def generator(*key: int) -> np.random.Generator:
    """Chance of this key, the same in every process."""
    return np.random.Generator(np.random.PCG64(key))


def levels() -> npt.NDArray[np.float32]:
    """The 256 levels of a pixel, 0 to 1."""
    return np.linspace(0, 1, 256, dtype=np.float32)


@lru_cache(maxsize=KEPT)
def plausible_depth(height: int, width: int) -> Depth:
    """How far off a street is, by the row of the picture: a camera on a 5 m mast, flat ground.

    What stands on the ground hides the distance, so nothing is taken to be farther than 80 m.
    """
    row = (np.arange(height, dtype=np.float32) + 0.5) / height - _HORIZON
    ground = _CAMERA_HEIGHT_M * width / (np.maximum(row, 1e-3) * height)
    # A harmonic sum has no edge at the horizon.
    column = 1 / (1 / ground + 1 / _FARTHEST_M)
    return kept(np.repeat(column[:, None], width, axis=1).astype(np.float32))


def kept(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The array, safe in a cache."""
    array.setflags(write=False)
    return array


def clouds(height: int, width: int, cells: float, seed: int) -> npt.NDArray[np.float32]:
    """A smooth random field in [0, 1], with about so many patches across."""
    down, across = max(2, round(cells * height / width) + 1), max(2, round(cells) + 1)
    grid = generator(seed).random((down, across), dtype=np.float32)
    field = cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    return cast("npt.NDArray[np.float32]", np.clip(field, 0, 1))


def transmission(
    picture: Picture, moment: CameraMoment, extinction: float, patches: float = 0.0
) -> Mask:
    """How much light of each point arrives through the air, by Koschmieder's law: exp(-b d).

    Args:
        picture: gives the size.
        moment: gives the depth, if it is known, and the time.
        extinction: the coefficient b, 1/m.
        patches: how uneven the air is, 0 to 1; the patches drift by.
    """
    height, width = picture.shape[:2]
    if moment.depth is not None:
        depth, size = np.minimum(moment.depth, 1e4), (height, width)
    else:
        size = (max(2, height // 4), max(2, width // 4))
        depth = plausible_depth(*size)
    exponent = depth * -extinction
    if patches:
        exponent = exponent * (1 + patches * _drifting(size, moment))
    through = np.clip(cv2.exp(exponent) * 255, 0, 255).astype(np.uint8)
    if size != (height, width):
        through = cv2.resize(through, (width, height), interpolation=cv2.INTER_LINEAR)
    return cast("Mask", through)


def _drifting(size: tuple[int, int], moment: CameraMoment) -> npt.NDArray[np.float32]:
    """A field in [-1, 1] that moves across the picture and comes again."""
    height, width = size
    field = _wide_clouds(height, width, moment.salt)
    at = int(moment.since * 2) % (field.shape[1] - width + 1)
    return field[:, at : at + width]


@lru_cache(maxsize=KEPT)
def _wide_clouds(height: int, width: int, seed: int) -> npt.NDArray[np.float32]:
    half = clouds(height, 2 * width, 8, seed) * 2 - 1
    # There and back, so that it ends where it began.
    return kept(np.hstack([half, half[:, ::-1]]))


def veil(picture: Picture, through: Mask, light: tuple[float, float, float]) -> Picture:
    """What lies in the way replaces what does not come through: J t + A (1 - t).

    Args:
        picture: the scene J.
        through: the share t that comes through, 255 being all of it.
        light: the colour A of what lies in the way.
    """
    three = cv2.merge([through] * 3)
    scene = cv2.multiply(picture, three, scale=1 / 255)
    air = cv2.multiply(cv2.bitwise_not(three), (*(c / 255 for c in light), 0))
    return cast("Picture", cv2.add(scene, air))


def daylight(picture: Picture, at_most: float) -> float:
    """How bright lit air is in this scene: brighter than its mean, and never white."""
    return min(at_most, 90 + 1.1 * sum(cv2.mean(picture)[:3]) / 3)


def tile(mask: Mask, height: int, width: int, down: float, right: float) -> Mask:
    """A cut of this size from a larger mask; `down` and `right` (0 to 1) say from where."""
    top = int(down * (mask.shape[0] - height))
    left = int(right * (mask.shape[1] - width))
    return mask[top : top + height, left : left + width]


def add_grain(picture: Picture, deviations: Curve, moment: CameraMoment) -> Picture:
    """Add a sensor's noise, new in each frame.

    Args:
        picture: without noise.
        deviations: the noise's standard deviation in levels, for each level of a pixel.
        moment: gives chance and the number of the frame.
    """
    height, width = picture.shape[:2]
    field = _grain(height, width)
    top = int(moment.chance("down", moment.number) * (_GRAIN_MARGIN + 1))
    left = int(moment.chance("right", moment.number) * (_GRAIN_MARGIN + 1))
    deviation = cv2.LUT(picture, (deviations / _GRAIN_DEVIATION).astype(np.float32))
    grain = field[top : top + height, left : left + width]
    noise = cv2.multiply(deviation, grain, dtype=cv2.CV_32F)
    return cast("Picture", cv2.add(picture, noise, dtype=cv2.CV_8U))


@lru_cache(maxsize=VARIANTS)
def _grain(height: int, width: int) -> npt.NDArray[np.int8]:
    """Noise a little larger than a picture; each camera and frame takes a cut of its own.

    Neighbours and colours go together, as demosaicing leaves them.
    """
    size = (height + _GRAIN_MARGIN, width + _GRAIN_MARGIN)
    draw = generator(1)
    field = draw.standard_normal((*size, 3), dtype=np.float32)
    field += 1.2 * draw.standard_normal((*size, 1), dtype=np.float32)
    field = cv2.GaussianBlur(field, (3, 3), 0.6)
    field *= _GRAIN_DEVIATION / field.std()
    return kept(np.clip(field, -127, 127).astype(np.int8))


def smear(picture: Picture, right: float, down: float) -> Picture:
    """Every point drawn out to a line of so many pixels: means of ever shorter shifts."""
    while max(abs(right), abs(down)) >= 1:
        right, down = right / 2, down / 2
        shifted = shift(picture, round(right), round(down))
        picture = cv2.addWeighted(picture, 0.5, shifted, 0.5, 0)
    return picture


def shift(picture: Picture, right: int, down: int) -> Picture:
    """The picture moved by whole pixels; its edge fills what comes in."""
    height, width = picture.shape[:2]
    frame = (max(0, down), max(0, -down), max(0, right), max(0, -right))
    wide = cv2.copyMakeBorder(picture, *frame, cv2.BORDER_REPLICATE)
    top, left = max(0, -down), max(0, -right)
    return cast("Picture", wide[top : top + height, left : left + width])


def soften(picture: Picture, factor: int) -> Picture:
    """The picture without what is finer than some `factor` pixels, cheaply."""
    height, width = picture.shape[:2]
    small = (max(1, width // factor), max(1, height // factor))
    shrunk = cv2.resize(picture, small, interpolation=cv2.INTER_AREA)
    shrunk = cv2.GaussianBlur(shrunk, (5, 5), 1.2)
    return cast("Picture", cv2.resize(shrunk, (width, height), interpolation=cv2.INTER_LINEAR))


def cover(picture: Picture, over: Picture, alpha: Mask) -> Picture:
    """`over` laid on the picture where alpha is 255, and mixed where it is less."""
    three = cv2.merge([alpha] * 3)
    above = cv2.multiply(over, three, scale=1 / 255)
    below = cv2.multiply(picture, cv2.bitwise_not(three), scale=1 / 255)
    return cast("Picture", cv2.add(above, below))
