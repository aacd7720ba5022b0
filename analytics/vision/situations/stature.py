"""Where somebody's feet are while something hides them.

Behind a car or a hedge the box of a person ends at what hides it, and its lower edge would be taken
for feet that stand much farther away. Its head tells: who falls, sits down or bends comes down from
above; whose legs are hidden is cut from below.
"""

from __future__ import annotations

from dataclasses import dataclass

from analytics.vision.situations.ground import Plane
from analytics.vision.situations.model import Box
from analytics.vision.situations.smooth import Axis
from smartopia.geometry import Vec

# Of the usual height: what is lower at first sight lies, sits, or is hidden in part.
_LEAST = {"person": 0.62, "vehicle": 0.8}
_LOWEST, _HIGHEST = 0.5, 1.25
_RISES, _FALLS = 0.5, 0.15
_LACKS, _LACKS_PX = 0.25, 3.0
_FROM_ABOVE = 0.5  # of what it lacks: so much lower its head has come down by itself
_UNSURE = 0.1  # of the height, standard deviation of feet told by the head


@dataclass(frozen=True, slots=True)
class Stature:
    """How high somebody is, and whether its feet can be seen.

    Attributes:
        tall: as a share of the usual height.
        placed: its feet were seen once; until then where it stands is a guess.
        hidden: they are not seen now.
    """

    tall: float = 1.0
    placed: bool = True
    hidden: bool = False


KNOWN = Stature()
"""Of whoever it cannot be told: it is where its box ends."""


@dataclass(frozen=True, slots=True)
class Feet:
    """Where the feet are in a frame: pixels down the picture, and their standard deviation.

    Attributes:
        jumped: they were a guess before, so that nothing remembered of them counts.
    """

    stature: Stature
    y: float
    noise: float
    jumped: bool = False


def usual_height(plane: Plane | None, foot: Vec, metres: float) -> float | None:
    """How many pixels something so high fills that stands at a pixel; None where not known."""
    place = None if plane is None else plane.metres(foot)
    top = None if plane is None or place is None else plane.pixel(place, metres)
    return foot[1] - top[1] if top is not None and top[1] < foot[1] else None


def first_feet(family: str, box: Box, usual: float | None, noise: float) -> Feet:
    """Where the feet of a newcomer are; `usual`: pixels one of its kind fills there."""
    if family not in _LEAST or usual is None:
        return Feet(KNOWN, box[3], noise)
    share = (box[3] - box[1]) / usual
    if share < _LEAST[family]:
        return Feet(Stature(placed=False, hidden=True), box[3], noise)
    return Feet(Stature(tall=_held(share)), box[3], noise)


def feet_of(
    family: str,
    known: Stature,
    expected: Axis,
    box: Box,
    *,
    usual: float | None,
    first: Feet,
    noise: float,
    anew: bool = False,
) -> Feet:
    """Where somebody's feet are one frame on.

    Args:
        known: from the frame before.
        expected: where its feet should be by now.
        usual: pixels one of its kind fills where its feet are expected.
        first: what it would be taken for as a newcomer.
        noise: of an edge of its box, pixels.
        anew: the tracker lost it, so that it may be somebody else.
    """
    if usual is None or first.stature is KNOWN:
        return first
    if not known.placed or (anew and not first.stature.placed):
        if first.stature.placed:
            return Feet(first.stature, first.y, noise, jumped=True)
        hidden = known.hidden or not known.placed
        return Feet(Stature(known.tall, placed=False, hidden=hidden), first.y, noise)
    if family == "vehicle":  # it grows and shrinks as it turns
        return Feet(KNOWN, box[3], noise)
    return _by_the_head(known, expected, box, full=known.tall * usual, first=first, noise=noise)


def _by_the_head(
    known: Stature, expected: Axis, box: Box, *, full: float, first: Feet, noise: float
) -> Feet:
    """Where the feet of a person are; `full`: pixels it fills upright."""
    lacks = full - (box[3] - box[1])
    lower = box[1] - (expected.at - full)
    if lacks > max(_LACKS * full, _LACKS_PX):
        if lower < _FROM_ABOVE * lacks:
            y = box[1] + full
            return Feet(Stature(known.tall, hidden=True), y, noise + _UNSURE * full)
        return Feet(Stature(known.tall), box[3], noise)
    seen = first.stature.tall if first.stature.placed else known.tall
    pace = _RISES if seen > known.tall else _FALLS
    return Feet(Stature(_held(known.tall + pace * (seen - known.tall))), box[3], noise)


def _held(share: float) -> float:
    return min(_HIGHEST, max(_LOWEST, share))
