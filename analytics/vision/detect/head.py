"""A model's raw output as boxes: pure."""

from __future__ import annotations

import cv2
import numpy as np

from analytics.vision.detect.letterbox import Floats
from analytics.vision.detect.port import MOST_OBJECTS, MOST_OVERLAP


def read_grid(output: Floats, score: float) -> Floats:
    """The objects of a detection head.

    Args:
        output: (4 + classes, cells): the middle, width and height of a box, then its scores.
        score: a box must score above it.

    Returns:
        (objects, 6): x1, y1, x2, y2, score, class number; surest first. Of boxes of one class
        that overlap by more than MOST_OVERLAP the surest stays.
    """
    sure = np.flatnonzero(output[4:].max(axis=0) > score)
    if not sure.size:
        return np.zeros((0, 6), np.float32)
    cells = output[:, sure].T
    kinds = cells[:, 4:].argmax(axis=1)
    scores = cells[np.arange(len(cells)), 4 + kinds]
    sides = cells[:, 2:4]
    corners = cells[:, :2] - sides / 2
    kept = cv2.dnn.NMSBoxesBatched(
        np.hstack((corners, sides)).tolist(), scores, kinds, score, MOST_OVERLAP
    )[:MOST_OBJECTS]
    rows = np.hstack((corners, corners + sides, scores[:, None], kinds[:, None]))
    chosen: Floats = rows[np.asarray(kept, int)].astype(np.float32)
    return chosen


def read_list(output: Floats, score: float) -> Floats:
    """The objects of a model that sorts them out itself.

    Args:
        output: (objects, 6): x1, y1, x2, y2, score, class number.

    Returns:
        Those that score above `score`.
    """
    chosen: Floats = output[output[:, 4] > score][:MOST_OBJECTS]
    return chosen
