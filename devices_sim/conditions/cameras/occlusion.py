"""Occlusion: a branch has grown before the camera, or a lorry has parked there."""

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
from devices_sim.conditions.optics import KEPT, Mask, cover, generator, kept, scale, shift

_SHARES = (0.06, 0.14, 0.25, 0.4, 0.6)
_MOST_LEAVES = 4000


def _hide(picture: Picture, moment: CameraMoment) -> Picture:
    height, width = picture.shape[:2]
    if moment.chance("what") < 0.5:
        what, alpha = _branch(height, width, moment.graded(_SHARES), moment.salt)
        sway = 6 * scale(picture)
        right = round(sway * moment.wander(moment.since / 2, "right"))
        down = round(sway / 2 * moment.wander(moment.since / 2, "down"))
        what, alpha = shift(what, right, down), shift(alpha, right, down)
    else:
        what, alpha = _lorry(height, width, moment.graded(_SHARES), moment.salt)
    # It stands in the same light as the scene.
    bright = min(1.3, max(0.25, sum(cv2.mean(picture)[:3]) / 3 / 110))
    return cover(picture, cv2.convertScaleAbs(what, alpha=bright), alpha)


@lru_cache(maxsize=KEPT)
def _branch(height: int, width: int, share: float, seed: int) -> tuple[Picture, Mask]:
    """Leaves that hang in from an upper corner, nearer than the lens can focus."""
    draw = generator(seed)
    what = np.zeros((height, width, 3), np.uint8)
    alpha = np.zeros((height, width), np.uint8)
    corner = 0.0 if draw.random() < 0.5 else 1.0
    size = width / 640
    spread = 0.2
    for leaf in range(_MOST_LEAVES):
        if leaf % 10 == 0:
            if alpha.mean() >= 255 * share:
                break
            spread += 0.012
        along, away = draw.random(), abs(draw.normal(0, spread))
        right = abs(corner - (along * spread * 1.6 + away * 0.3)) * width
        down = away * height
        axes = (
            max(1, round(draw.uniform(12, 26) * size)),
            max(1, round(draw.uniform(5, 10) * size)),
        )
        shade = draw.uniform(0.6, 1.3)
        colour = (int(28 * shade), int(74 * shade), int(52 * shade))
        place = ((int(right), int(down)), axes, draw.uniform(0, 180), 0, 360)
        cv2.ellipse(what, *place, colour, -1)
        cv2.ellipse(alpha, *place, 255, -1)
    return _out_of_focus(what, alpha, 2.5 * size)


@lru_cache(maxsize=KEPT)
def _lorry(height: int, width: int, share: float, seed: int) -> tuple[Picture, Mask]:
    """The side of a lorry, from one edge of the picture, on its wheels."""
    draw = generator(seed)
    what = np.zeros((height, width, 3), np.uint8)
    alpha = np.zeros((height, width), np.uint8)
    tall = min(0.96, 0.55 + share * 0.7)
    long = min(1.0, share / tall)
    top, base = int(height * (1 - tall)), int(height * 0.93)
    end = max(1, round(width * long))
    paint = np.array(((150, 110, 60), (70, 70, 150), (175, 178, 180))[int(draw.integers(3))])
    shade = np.linspace(1.15, 0.75, max(1, base - top))[:, None, None]
    what[top:base, :end] = np.clip(shade * paint, 0, 255)
    for rib in range(0, end, max(2, round(width / 26))):
        cv2.line(what, (rib, top), (rib, base), (0.8 * paint).tolist(), 1)
    alpha[top:base, :end] = 255
    radius = max(1, round(height * 0.09))
    for wheel in np.arange(end - 1.6 * radius, -radius, -3.2 * radius):
        centre = (int(wheel), base - radius // 4)
        cv2.circle(what, centre, radius, (28, 28, 30), -1)
        cv2.circle(what, centre, radius // 2, (95, 95, 98), -1)
        cv2.circle(alpha, centre, radius, 255, -1)
    if draw.random() < 0.5:
        what, alpha = np.ascontiguousarray(what[:, ::-1]), np.ascontiguousarray(alpha[:, ::-1])
    return _out_of_focus(what, alpha, 1.2 * width / 640)


def _out_of_focus(what: Picture, alpha: Mask, blur: float) -> tuple[Picture, Mask]:
    # Colour first grows over the edge, or a dark seam would show.
    reach = 2 * math.ceil(2 * blur) + 1
    grown = np.where(
        alpha[..., None] > 0, what, cv2.dilate(what, np.ones((reach, reach), np.uint8))
    )
    sizes = ((0, 0), max(0.4, blur))
    return kept(cv2.GaussianBlur(grown, *sizes)), kept(cv2.GaussianBlur(alpha, *sizes))


CONDITION = CameraCondition(
    name="occlusion",
    title="Occlusion",
    grades=in_words("{:.0%} hidden", _SHARES),
    stage=Stage.LENS,
    apply=_hide,
)
