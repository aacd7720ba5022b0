"""One picture of a rendered scene with all that is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from devices_sim.cameras.scene.actors import ActorKind
from devices_sim.cameras.scene.render.boxes import TrueBox
from devices_sim.conditions.model import Picture

LABELS: tuple[str, ...] = tuple(ActorKind)
"""What is labelled, in the order of the classes' numbers, from 0."""

ASKED_SIDE, TAUGHT_SIDE = 16.0, 10.0
"""Pixels of the longer side from which on an object is to be found, and is taught.

What is a little smaller than what is asked for is taught too: to a learner, an object without a
label is none.
"""

_SHARE = 0.2
_LARGE, _LARGE_SHARE = 48.0**2, 0.05


@dataclass(frozen=True, slots=True)
class Shown:
    """How a picture was taken.

    Attributes:
        sequence: pictures of one sequence are one camera's in one stretch of time.
        number: of the picture in its sequence, from 0.
        rate: pictures per second of the sequence.
        layout, variant, camera: the place and whence it is seen; variant 0 is the layout itself.
        seed: of those who come and go.
        time: seconds since the sequence's world began.
        hour: of the day, in [0, 24).
        sun_elevation: degrees over the horizon.
        conditions: what was put on the picture, with grades 1 to 5.
        events: the kinds of events true in the place at this time.
    """

    sequence: str
    number: int
    rate: float
    layout: str
    variant: int
    camera: str
    seed: int
    time: float
    hour: float
    sun_elevation: float
    conditions: tuple[tuple[str, int], ...] = ()
    events: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Of the picture within its data set, without suffix; sorts in order."""
        return str(PurePosixPath(self.sequence) / f"{self.number:06}")


@dataclass(frozen=True, eq=False)
class Shot:
    """A picture (H, W, 3) uint8, blue green red, and where everything is in it."""

    shown: Shown
    picture: Picture
    boxes: tuple[TrueBox, ...]


def asked(box: TrueBox) -> bool:
    """Whether a detector is asked to find this object: enough of it is seen, and large enough."""
    return _seen(box, ASKED_SIDE)


def taught(box: TrueBox) -> bool:
    """Whether a detector is taught that this is an object."""
    return _seen(box, TAUGHT_SIDE)


def _seen(box: TrueBox, side: float) -> bool:
    """A fifth of it, or a large piece: a bus half out of the picture is a bus."""
    if box.visible is None:
        return False
    left, top, right, bottom = box.visible
    wide, high = right - left, bottom - top
    large = wide * high >= _LARGE and box.share >= _LARGE_SHARE
    return max(wide, high) >= side and (box.share >= _SHARE or large)
