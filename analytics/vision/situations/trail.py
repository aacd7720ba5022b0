"""Who is followed through a camera's frames, and where on the ground it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from analytics.vision.situations.ground import Local, Plane
from analytics.vision.situations.model import Box
from analytics.vision.situations.smooth import Axis
from analytics.vision.situations.stature import KNOWN, Stature
from smartopia.geometry import Vec

FAMILIES = {
    "person": "person",
    "car": "vehicle",
    "bus": "vehicle",
    "truck": "vehicle",
    "motorcycle": "vehicle",
    "bicycle": "cycle",
    "backpack": "bag",
    "handbag": "bag",
    "suitcase": "bag",
    "bag": "bag",
    "fire": "fire",
    "smoke": "smoke",
    "fighting": "fighting",
}
"""Class names of common models, by what they are to a situation."""

SIZES = {
    "person": (0.5, 0.5, 1.7),
    "bicycle": (1.8, 0.6, 1.7),
    "motorcycle": (2.0, 0.75, 1.6),
    "car": (4.5, 1.8, 1.5),
    "bus": (11.0, 2.5, 3.2),
    "truck": (6.2, 2.1, 2.7),
    "bag": (0.5, 0.35, 0.4),
}
"""Length, width and height in metres, by class or family."""
_SIZE_ELSE = (1.0, 1.0, 1.0)
_FITS = 2
_REFIT_M, _REFIT_COS = 0.5, 0.995  # farther or turned by 6 degrees it is fitted anew
_RIDES_S = 3.0  # so long one rides whose machine is not seen


@dataclass(frozen=True, slots=True)
class Scale:
    """How many pixels a metre of ground takes at a place: across the picture, and away."""

    across: float
    away: float


@dataclass(frozen=True, slots=True)
class Fit:
    """How far the middle of a vehicle is from its foot on the ground, metres.

    Attributes:
        at, way: where its foot was and which way it went when that was fitted.
    """

    label: str
    at: Vec
    way: Vec | None
    gap: Vec

    def holds(self, at: Vec, way: Vec | None) -> bool:
        """Whether it is still true at a place, for a way."""
        if abs(at[0] - self.at[0]) + abs(at[1] - self.at[1]) > _REFIT_M:
            return False
        if self.way is None or way is None:
            return self.way is way
        return self.way[0] * way[0] + self.way[1] * way[1] > _REFIT_COS


@dataclass(frozen=True, slots=True)
class Trail:
    """Somebody or something followed; it outlives the tracker's change of its id.

    Attributes:
        key: its own number; id: the tracker's, now.
        box: as last seen, pixels.
        x, y: of the middle of its lower edge; scale: pixels a metre takes there.
        stand: the middle of the ground it covers, pixels.
        born, seen: when first and last seen; frames: how often.
        way: where it last clearly went, a unit vector in metres (in pixels without a ground).
        speed: m/s; unsteady: its standard deviation.
        family: what it is to a situation; its own label where that is unknown.
        rode: when it was last seen on a bicycle or motorcycle.
        fit: how `stand` was told from its foot.
        stature: how high it is, and whether its feet are seen.
    """

    key: int
    id: int
    label: str
    score: float
    box: Box
    born: datetime
    seen: datetime
    frames: int
    x: Axis
    y: Axis
    scale: Scale
    stand: Vec
    speed: float
    unsteady: float
    family: str
    way: Vec | None = None
    rode: datetime | None = None
    fit: Fit | None = None
    stature: Stature = KNOWN

    @property
    def rides(self) -> bool:
        """Whether it is the rider of a bicycle or motorcycle."""
        return self.rode is not None and (self.seen - self.rode).total_seconds() <= _RIDES_S

    @property
    def foot(self) -> Vec:
        """Where its feet are, steadied, pixels: at its lower edge unless that is hidden."""
        return self.x.at, self.y.at

    @property
    def height(self) -> float:
        """Of its box, pixels."""
        return self.box[3] - self.box[1]

    @property
    def longest(self) -> float:
        """The longer side of its box, pixels."""
        x1, y1, x2, y2 = self.box
        return max(x2 - x1, y2 - y1)

    @property
    def unsure(self) -> float:
        """How far off its place may be: one standard deviation, metres."""
        return max(self.x.unsure / self.scale.across, self.y.unsure / self.scale.away)


def scale_at(local: Local | None, box: Box, label: str) -> Scale:
    """How many pixels a metre takes where a box stands; `local`: the ground there, if known."""
    if local is not None:
        across, away = math.hypot(*local.right), math.hypot(*local.down)
        return Scale(1 / max(across, 1e-6), 1 / max(away, 1e-6))
    size = SIZES.get(label) or SIZES.get(FAMILIES.get(label, label), _SIZE_ELSE)
    across = max(1.0, (box[3] - box[1]) / size[2])
    return Scale(across, 0.35 * across)


def velocity(local: Local | None, x: Axis, y: Axis, scale: Scale) -> tuple[Vec, float]:
    """How fast something goes: metres a second along the ground's axes, and how sure that is.

    Without a ground the axes are the picture's.
    """
    sure = math.hypot(math.sqrt(x.vss) / scale.across, math.sqrt(y.vss) / scale.away)
    if local is not None:
        return local.moved(x.speed, y.speed), sure
    return (x.speed / scale.across, y.speed / scale.across), sure


def middle_of(
    plane: Plane | None,
    local: Local | None,
    foot: Vec,
    label: str,
    way: Vec | None,
    *,
    known: Fit | None = None,
) -> tuple[Vec, Fit | None]:
    """The middle of the ground a vehicle covers, pixels; its box ends at its nearer edge.

    `known`: how it was fitted before. It holds while the vehicle stands, as most do.
    """
    if plane is None or local is None or FAMILIES.get(label) != "vehicle":
        return foot, None
    fit = known if known and known.label == label else None
    if fit is None or not fit.holds(local.place, way):
        fit = _fitted(plane, local, label, way, fit)
    place = (local.place[0] + fit.gap[0], local.place[1] + fit.gap[1])
    return plane.pixel(place) or foot, fit


def _fitted(plane: Plane, local: Local, label: str, way: Vec | None, known: Fit | None) -> Fit:
    """Where the middle of a vehicle has to be for its box to end where it does."""
    here, down = local.place, local.down
    size = SIZES.get(label, SIZES["car"])
    if known is None or (known.way is None) is not (way is None):
        back = (size[0] + size[1]) / 4 / max(math.hypot(*down), 1e-9)
        gap, fits = (-down[0] * back, -down[1] * back), _FITS
    else:
        gap, fits = known.gap, 1
    for _ in range(fits if way is not None else 0):
        shown = way and _foot_of(plane, (here[0] + gap[0], here[1] + gap[1]), size, way)
        there = shown and plane.metres(shown)
        if not there:
            break
        gap = (gap[0] + here[0] - there[0], gap[1] + here[1] - there[1])
    return Fit(label, here, way, gap)


def _foot_of(plane: Plane, place: Vec, size: tuple[float, float, float], way: Vec) -> Vec | None:
    """The middle of the lower edge of the box of a vehicle that stands at a place."""
    long, wide = size[0] / 2, size[1] / 2
    xs, ys = [], []
    for a, b in ((long, wide), (long, -wide), (-long, wide), (-long, -wide)):
        corner = (place[0] + a * way[0] - b * way[1], place[1] + a * way[1] + b * way[0])
        low, high = plane.pixel(corner), plane.pixel(corner, size[2])
        if low is None:
            return None
        xs += [low[0], high[0] if high else low[0]]
        ys.append(low[1])
    return (min(xs) + max(xs)) / 2, max(ys)
