"""Turned: somebody knocked the camera; it looks past what it should watch."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from devices_sim.conditions.model import (
    CameraCondition,
    CameraMoment,
    Occasion,
    Picture,
    Stage,
    in_words,
)
from devices_sim.conditions.optics import KEPT, Mask, cover, kept, scale, soften

_DEGREES = (3, 7, 13, 22, 35)
_FOCAL_LENGTH = 0.87
"""In widths of the picture: a view of 60 degrees."""

Map = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Aside:
    """How far a camera was turned, in degrees: to the right, upwards, and about its axis."""

    right: float
    up: float
    roll: float


def aside(occasion: Occasion) -> Aside:
    """How a camera is turned on an occasion of this condition."""
    right = occasion.graded(_DEGREES) * (1 if occasion.chance("way") < 0.5 else -1)
    return Aside(right, abs(right) / 4, right * (2 * occasion.chance("roll") - 1) / 2)


def _turn(picture: Picture, moment: CameraMoment) -> Picture:
    height, width = picture.shape[:2]
    where, fine, beyond = _maps(height, width, aside(moment))
    seen = cv2.remap(picture, where, fine, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    # Nothing is known of what lies beyond the picture; nothing to recognise is shown there.
    blank = soften(seen, max(1, round(24 * scale(picture))))
    return cover(seen, blank, beyond)


@lru_cache(maxsize=KEPT)
def _maps(height: int, width: int, turned: Aside) -> tuple[Map, Map, Mask]:
    """Where each pixel comes from, as `cv2.remap` takes it, and which come from beyond."""
    focal = _FOCAL_LENGTH * width
    camera = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1]])
    turns = np.radians([[0, turned.right, 0], [turned.up, 0, 0], [0, 0, turned.roll]])
    rotation = np.linalg.multi_dot([cv2.Rodrigues(turn)[0] for turn in turns])
    back = np.linalg.multi_dot([camera, rotation, np.linalg.inv(camera)])
    y, x = np.mgrid[0:height, 0:width]
    rays = back @ np.stack([x.ravel(), y.ravel(), np.ones(height * width)])
    u, v = (rays[:2] / rays[2]).reshape(2, height, width).astype(np.float32)
    inside = (u >= 0) & (u <= width - 1) & (v >= 0) & (v <= height - 1)
    edge = cv2.GaussianBlur(
        np.where(inside, 0, 255).astype(np.uint8), (0, 0), max(0.5, width / 100)
    )
    # Mirrored here, once: as a border mode it costs three times as much in each picture.
    where, fine = cv2.convertMaps(_mirrored(u, width), _mirrored(v, height), cv2.CV_16SC2)
    return kept(where), kept(fine), kept(edge)


def _mirrored(place: Map, size: int) -> Map:
    """Places beyond the picture, back within it as in a mirror at its edge."""
    last = np.float32(max(1, size - 1))
    back: Map = last - np.abs(np.abs(place) % (2 * last) - last)
    return np.minimum(back, np.float32(size - 1))


NAME = "turned"

CONDITION = CameraCondition(
    name=NAME,
    title="Turned",
    grades=in_words("{} degrees aside", _DEGREES),
    stage=Stage.MOUNT,
    apply=_turn,
)
