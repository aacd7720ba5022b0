"""Make people and number plates unrecognisable, for good: what is stored or shown has lost their
pixels. What cannot be told apart is covered as a whole.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from analytics.vision.model import Detection

log = logging.getLogger(__name__)

Picture = NDArray[np.uint8]

MOST_SIDE = 1280
"""Pixels of the longer side of a picture that is shown or kept."""

# A person's box is left with at most this many cells across: too few to know a face by.
_CELLS = 6
_ROWS = 24
_LEAST_SIDE = 4
_MARGIN = 0.08
_QUALITY = 82
PERSONAL = frozenset({"person"})


@dataclass(frozen=True, slots=True)
class _Vehicle:
    """Where a kind of vehicle has its plate, and how small it may be, in metres.

    Attributes:
        width, height: of the narrowest and the lowest of its kind, from the front.
        plate: up to which share of its height a plate is mounted, from below.
    """

    width: float
    height: float
    plate: float


# A detector takes vans and pick-ups for trucks, and a minibus for a bus.
_VEHICLES = {
    "car": _Vehicle(1.6, 1.4, 0.75),
    "truck": _Vehicle(1.6, 1.4, 0.75),
    "bus": _Vehicle(1.9, 2.2, 0.6),
    "motorcycle": _Vehicle(0.6, 1.0, 0.9),
}
# Characters on Korean and European plates are 70 to 83 mm high. Below 4 pixels nobody reads one
# (the smallest legible digital types have 5), which is 48 pixels a metre; EN 62676-4 asks for 125
# to recognise a person. A band's cells are as large as a plate is high, so that of each plate
# some four colours are left.
_LEGIBLE = 48.0
_PLATE_M = 0.13
HIDDEN = PERSONAL | _VEHICLES.keys()
"""The classes of what is hidden, or bears what is."""


def unhidden(labels: Collection[str]) -> list[str]:
    """What a model with these classes cannot tell, so that it can only be hidden with all else."""
    persons = sorted(PERSONAL.difference(labels))
    return persons if _VEHICLES.keys() & set(labels) else [*persons, "car"]


def masked_jpeg(
    picture: Picture, detections: Sequence[Detection], labels: Collection[str]
) -> bytes:
    """A picture as JPEG in which nobody and no number plate can be recognised.

    Its longer side is at most MOST_SIDE; it bears no metadata of its source. The whole picture is
    covered where what is to be hidden could not be found, and where hiding fails.

    Args:
        picture: (H, W, 3).
        detections: what was found in it.
        labels: the classes that could have been found in it.
    """
    shown = _reduced(picture)
    if unhidden(labels):
        return encode_jpeg(_covered(shown))
    scale = shown.shape[1] / picture.shape[1]
    try:
        hidden = hide(shown, [_scaled(seen, scale) for seen in detections])
    except Exception:  # whatever it is, the picture must not get out as it is
        log.exception("masking failed; the whole picture is covered")
        hidden = _covered(shown)
    return encode_jpeg(hidden)


def hide(picture: Picture, detections: Sequence[Detection]) -> Picture:
    """A copy in which everybody detected and the places of number plates are pixelated; every
    detection counts, however unsure, for hiding too much does less harm than showing a face.
    """
    masked: Picture = picture.copy()
    for seen in detections:
        if seen.label in PERSONAL:
            _hide_person(masked, seen.box)
        elif seen.label in _VEHICLES:
            _hide_plate(masked, seen.box, _VEHICLES[seen.label])
    return masked


def _hide_person(picture: Picture, box: tuple[float, float, float, float]) -> None:
    x1, y1, x2, y2 = box
    margin_x, margin_y = (x2 - x1) * _MARGIN, (y2 - y1) * _MARGIN
    wide, high = x2 - x1 + 2 * margin_x, y2 - y1 + 2 * margin_y
    side = max(wide / _CELLS, high / _ROWS, _LEAST_SIDE)
    _pixelate(picture, (x1 - margin_x, y1 - margin_y, x2 + margin_x, y2 + margin_y), side)


def _hide_plate(
    picture: Picture, box: tuple[float, float, float, float], vehicle: _Vehicle
) -> None:
    """Pixelate the part of a vehicle that may bear its plate, if it is near enough to be read.

    How near it is, is judged as if it were the smallest of its kind, by its wider measure: the
    other may be cut off by something before it or by the picture's edge.
    """
    x1, y1, x2, y2 = box
    scale = max((x2 - x1) / vehicle.width, (y2 - y1) / vehicle.height)
    if scale < _LEGIBLE:
        return
    margin = (x2 - x1) * _MARGIN
    band = (x1 - margin, y2 - vehicle.plate * (y2 - y1), x2 + margin, y2 + margin)
    _pixelate(picture, band, scale * _PLATE_M)


def _pixelate(picture: Picture, box: tuple[float, float, float, float], side: float) -> None:
    """Leave one colour of each cell that is about so many pixels wide and high."""
    height, width = picture.shape[:2]
    left, top = max(0, int(box[0])), max(0, int(box[1]))
    right, bottom = min(width, int(box[2]) + 1), min(height, int(box[3]) + 1)
    if right <= left or bottom <= top:
        return
    region = picture[top:bottom, left:right]
    across, down = max(1, round((right - left) / side)), max(1, round((bottom - top) / side))
    small = cv2.resize(region, (across, down), interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(small, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST)
    picture[top:bottom, left:right] = coarse


def _covered(picture: Picture) -> Picture:
    """A copy of which only light and colour are left."""
    covered: Picture = picture.copy()
    height, width = picture.shape[:2]
    _pixelate(covered, (0, 0, width, height), max(width / _CELLS, height / _ROWS))
    return covered


def _reduced(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    scale = MOST_SIDE / max(height, width)
    if scale >= 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    reduced: Picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return reduced


def _scaled(seen: Detection, scale: float) -> Detection:
    x1, y1, x2, y2 = (edge * scale for edge in seen.box)
    return replace(seen, box=(x1, y1, x2, y2))


def encode_jpeg(picture: Picture) -> bytes:
    """A picture as JPEG, without any metadata of its source."""
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise ValueError("the picture could not be encoded as JPEG")
    encoded: Any = data
    return bytes(encoded.tobytes())
