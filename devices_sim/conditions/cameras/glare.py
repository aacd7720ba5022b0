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
_SKY_M = 500.0

Place = tuple[float, float]
"""Shares of the picture's width and height, from its left and upper edge."""


def _dazzle(picture: Picture, moment: CameraMoment) -> Picture:
    height, width = picture.shape[:2]
    light = _before(height, width, moment)
    shine = 1 + 0.08 * moment.wander(moment.since / 3)
    # The exposure follows the light, so the rest gets darker as the veil gets thicker.
    dim = 1 - 0.6 * moment.graded(_VEIL)
    dazzled: Picture = cv2.addWeighted(picture, dim, light, shine, 0)
    return dazzled


def _before(height: int, width: int, moment: CameraMoment) -> Picture:
    """The light that falls into the lens; where the depth is known, the sun stands in the sky."""
    place = _place(moment.salt)
    if moment.depth is None:
        return _light(height, width, moment.grade, moment.salt, place, sun=True)
    sky = moment.depth > _SKY_M
    if not sky[_pixel(place, height, width)]:
        outside = _nearest_edge(place, height / width)
        return _light(height, width, moment.grade, moment.salt, outside, sun=False)
    full = _light(height, width, moment.grade, moment.salt, place, sun=True)
    veiled = _light(height, width, moment.grade, moment.salt, place, sun=False)
    return np.where(sky[..., None], full, veiled)


def _place(seed: int) -> Place:
    draw = generator(seed)
    return float(draw.uniform(0.2, 0.8)), float(draw.uniform(0.1, 0.4))


def _pixel(place: Place, height: int, width: int) -> tuple[int, int]:
    return int(place[1] * height), int(place[0] * width)


def _nearest_edge(place: Place, shape: float) -> Place:
    """The point of the picture's edge nearest to a place; `shape`: its height in widths."""
    right, down = place
    edges = {
        (0.0, down): right,
        (1.0, down): 1 - right,
        (right, 0.0): down * shape,
        (right, 1.0): (1 - down) * shape,
    }
    return min(edges, key=edges.__getitem__)


@lru_cache(maxsize=KEPT)
def _light(height: int, width: int, grade: int, seed: int, place: Place, *, sun: bool) -> Picture:
    """Veil and rays about a place, shares of the picture; the sun itself too, if it is seen."""
    draw = generator(seed)
    draw.uniform(size=2)  # those of the place
    right, down = place[0], place[1] * height / width
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / np.float32(width)
    dx, dy = x - right, y - down
    away = np.hypot(dx, dy) / _BLOOM[grade - 1]
    # Scratches of the cover draw rays.
    rays = 0.35 * np.abs(np.cos(3 * np.arctan2(dy, dx) + draw.random())) ** 24 / (1 + away / 2)
    veil = _VEIL[grade - 1] * (0.55 + 0.45 * np.exp(-np.hypot(dx, dy) * 2))
    core = np.clip(1.6 - away, 0, 1) + 1.2 / (1 + away**2) if sun else np.zeros_like(away)
    light = core + rays + veil
    return kept((np.clip(light[..., None] * np.array(_SUN_BGR), 0, 1) * 255).astype(np.uint8))


CONDITION = CameraCondition(
    name="glare",
    title="Glare",
    grades=in_words("a veil of {:.0%}", _VEIL),
    stage=Stage.LENS,
    apply=_dazzle,
)
