"""The truth of a picture: where each actor is in it, whole and as far as it is seen."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.actors import ActorKind
from devices_sim.cameras.scene.render.gbuffer import SCALE

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class TrueBox:
    """One actor in one picture. Boxes are x and y of two corners, pixels.

    A bicycle or motorcycle that is ridden has two: one of the machine, one of kind person of its
    rider, with the same actor.

    Attributes:
        actor: its id.
        whole: the box of its outline as if nothing were before it; may reach out of the picture.
        visible: the box of what is seen of it; none if nothing is.
        share: of its outline that is seen, 0 to 1; what lies outside the picture is not seen.
    """

    actor: int
    kind: ActorKind
    whole: Box
    visible: Box | None
    share: float


def visible_box(marks: NDArray[np.uint16], number: int, near: Box) -> tuple[Box | None, int]:
    """The box of a number's pixels, and how many there are.

    Args:
        marks: (2H, 2W) which number each pixel of the finer picture shows.
        near: the box to look in, pixels of the picture.
    """
    rows, columns = marks.shape
    west, north = (max(0, int(near[i] * SCALE) - SCALE) for i in (0, 1))
    east, south = min(columns, int(near[2] * SCALE) + 4), min(rows, int(near[3] * SCALE) + 4)
    if west >= east or north >= south:
        return None, 0
    found = (marks[north:south, west:east] == number).view(np.uint8)
    count = cv2.countNonZero(found)
    if not count:
        return None, 0
    x, y, wide, high = cv2.boundingRect(found)
    box = (west + x, north + y, west + x + wide, north + y + high)
    left, top, right, bottom = (v / SCALE for v in box)
    return (left, top, right, bottom), count
