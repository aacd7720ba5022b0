"""What differs from the background once noise, light and shake are taken out: pure.

Pictures are (height, width); marks are pictures of 1 and 0.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from analytics.vision.gate.model import Floats, Grey

# Large differences are things, not light or shake; they shall not steer what explains those.
_CLIP = 20.0
# Tiny, so that a picture without any texture has a solution too.
_RIDGE = 1e-3
_SMOOTH_CELLS = 12
# Every fourth pixel each way is plenty for four unknowns.
_SAMPLED = 4
_QUIETEST, _LOUDEST = 0.5, 40.0
_AROUND = np.ones((7, 7), np.uint8)
_LARGE = 30
# Drops and flakes are near so much of a picture, or more.
_WET = 0.3


def marked(small: Grey, ground: Floats, limit: Grey, least: int) -> Grey:
    """The pixels that differ from the background by more than their limit.

    The plain difference first: while it has next to no cluster, there is nothing to explain.
    """
    marks = _over(cv2.absdiff(small, cv2.convertScaleAbs(ground)), limit)
    if cv2.countNonZero(_clusters(marks)) < least:
        return marks
    return _over(cv2.convertScaleAbs(unexplained(small, ground)), limit)


def _over(change: Grey, limit: Grey) -> Grey:
    marks: Grey = cv2.threshold(cv2.subtract(change, limit), 0, 1, cv2.THRESH_BINARY)[1]
    return marks


def unexplained(small: Grey, ground: Floats) -> Floats:
    """The difference that neither a change of light nor a shift of the camera explains.

    Least squares over the whole picture: a shift of up to a pixel either way (by the
    background's slopes, as Lucas and Kanade have it), a gain, an offset. What is left and
    varies only slowly over the picture is taken as light too: dusk, a cloud, a headlight's cone.
    """
    change: Floats = cv2.subtract(small, ground, dtype=cv2.CV_32F)
    across = cv2.Sobel(ground, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(ground, cv2.CV_32F, 0, 1, scale=1 / 8)
    rows = [p[::_SAMPLED, ::_SAMPLED].ravel() for p in (across, down, ground, change)]
    causes = np.stack([*rows[:3], np.ones_like(rows[0])])
    square = causes @ causes.T + np.float32(_RIDGE * causes.shape[1]) * np.eye(4, dtype=np.float32)
    right, below, gain, offset = np.linalg.solve(square, causes @ rows[3].clip(-_CLIP, _CLIP))
    for cause, share in ((across, right), (down, below), (ground, gain)):
        change = cv2.scaleAdd(cause, -float(share), change)
    change -= offset
    return change - _smooth(change.clip(-_CLIP, _CLIP))


def _smooth(picture: Floats) -> Floats:
    height, width = picture.shape
    cell = max(1, math.ceil(max(height, width) / _SMOOTH_CELLS))
    size = (max(1, width // cell), max(1, height // cell))
    coarse = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    smooth: Floats = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return smooth


def moving(marks: Grey, before: Grey, least: int) -> Grey:
    """The marks that are a thing: in a cluster, and near a cluster of the frame before.

    Rain, snow and sensor noise mark other places every frame. So many coincidences as chance
    gives are not counted; a walker or a car overlaps with where it was. Where it neither rains nor
    snows, a cluster too large for a drop needs no second frame.
    """
    clusters = _clusters(marks)
    count = cv2.countNonZero(clusters)
    if count < least:
        return np.zeros_like(marks)
    near = cv2.dilate(_clusters(before), _AROUND)
    again = clusters & near
    crowded = cv2.countNonZero(near) / near.size
    by_chance = count * crowded
    many = cv2.countNonZero(again) >= least + by_chance + 3 * math.sqrt(by_chance)
    if crowded > _WET:
        return again if many else np.zeros_like(marks)
    large = clusters & (cv2.boxFilter(marks, -1, (7, 7), normalize=False) >= _LARGE)
    found: Grey = again | large if many else large
    return found


def _clusters(marks: Grey) -> Grey:
    """The marks that have at least three others around them."""
    filled: Grey = marks & (cv2.boxFilter(marks, -1, (3, 3), normalize=False) >= 4)
    return filled


def learn_noise(noise: Floats, change: Floats, seconds: float) -> Floats:
    """Each pixel's running median of change: moved up or down by the same factor.

    A median, since what passes now and then is no noise, and a tree in the wind is.
    """
    factor = np.float32(math.exp(0.3 * min(seconds, 1.0)))
    learnt = np.where(change > noise, noise * factor, noise / factor)
    return learnt.clip(_QUIETEST, _LOUDEST)


def learn_ground(
    ground: Floats, small: Grey, marks: Grey, stands: Grey, rates: tuple[float, float, float]
) -> Floats:
    """The background after a picture.

    Args:
        ground: before it.
        small: the picture.
        marks: where it differs.
        stands: where it does not differ from the picture before it.
        rates: shares it takes over where it does not differ; where it differs and stands, since
            that was put down; where it differs and moves.
    """
    calm, put_down, passing = rates
    learnt = ground.copy()
    if not cv2.countNonZero(marks):
        return np.asarray(cv2.accumulateWeighted(small, learnt, calm))
    cv2.accumulateWeighted(small, learnt, calm, 1 - marks)
    cv2.accumulateWeighted(small, learnt, put_down, marks & stands)
    cv2.accumulateWeighted(small, learnt, passing, marks & (1 - stands))
    return learnt
