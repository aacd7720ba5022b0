"""Cut-outs of pictures for the page, with everybody in them masked."""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from pathlib import Path

import cv2
import numpy as np

from analytics.evaluation.labelled import Box, TrueObject
from analytics.vision.masking import Picture, hide, unhidden
from analytics.vision.model import Detection

_AROUND = 2.2  # times the box, so that a reader sees where it is
_LEAST = 160  # pixels of a cut-out
_SHOWN = 300
_SURE_ENOUGH_TO_HIDE = 0.05
_COARSE = 48  # a whole picture is left with so many cells across where nobody can be found
_ORANGE = (0, 110, 255)


def cut_out(
    file: Path,
    box: Box,
    detections: Sequence[Detection],
    objects: Sequence[TrueObject],
    known: Collection[str],
) -> str:
    """A data URL of the surroundings of a box, with the box drawn.

    Args:
        file: the picture.
        box: what is shown.
        detections, objects: people and number plates of either are hidden.
        known: the classes that could have been found; where people or plates could not, all of
            the picture is made coarse.
    """
    picture = np.asarray(cv2.imread(str(file)), np.uint8)
    hidden = [one for one in detections if one.score >= _SURE_ENOUGH_TO_HIDE]
    hidden += [Detection(one.label, 1.0, one.box) for one in objects]
    masked = _coarse(picture) if unhidden(known) else hide(picture, hidden)
    left, top, side = _window(box, picture.shape)
    part = masked[top : top + side, left : left + side]
    scale = _SHOWN / max(part.shape[:2])
    shape = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    small = cv2.resize(part, shape, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    x1, y1, x2, y2 = (
        round((edge - origin) * scale)
        for edge, origin in zip(box, (left, top, left, top), strict=True)
    )
    cv2.rectangle(small, (x1, y1), (x2, y2), (255, 255, 255), 4)
    cv2.rectangle(small, (x1, y1), (x2, y2), _ORANGE, 2)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 75])
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode()


def _window(box: Box, shape: tuple[int, ...]) -> tuple[int, int, int]:
    x1, y1, x2, y2 = box
    height, width = shape[:2]
    side = int(min(max(_LEAST, _AROUND * max(x2 - x1, y2 - y1)), max(height, width)))
    left = int(min(max(0.0, (x1 + x2 - side) / 2), max(0, width - side)))
    top = int(min(max(0.0, (y1 + y2 - side) / 2), max(0, height - side)))
    return left, top, side


def _coarse(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    down = max(1, round(_COARSE * height / width))
    small = cv2.resize(picture, (_COARSE, down), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)
