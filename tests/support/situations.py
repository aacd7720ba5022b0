"""Stages situations before a camera on a pole: people and cars by where they stand, in metres."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from analytics.vision.situations.catalogue import load_situation_rules
from analytics.vision.situations.ground import PolePlane
from analytics.vision.situations.model import Box, Look, Phase, Signal, Track
from analytics.vision.situations.rule import SituationRule
from analytics.vision.situations.watch import Memory, step
from smartopia.seen import PictureStats
from smartopia.siteview import Pole, SiteView

T0 = datetime(2026, 6, 1, tzinfo=UTC)
SIZE = (640, 384)
POLE = Pole(height_m=6, tilt=18, fov=72)
PLANE = PolePlane(POLE, SIZE)
RULES = {rule.situation: rule for rule in load_situation_rules()}

Place = tuple[float, float]
Shown = Callable[[float], Iterable[Track]]


def share(place: Place) -> Place:
    """A place on the ground, as a share of the picture."""
    pixel = PLANE.pixel(place)
    assert pixel is not None
    return pixel[0] / SIZE[0], pixel[1] / SIZE[1]


def square(x1: float, y1: float, x2: float, y2: float) -> list[Place]:
    return [share(p) for p in ((x1, y1), (x2, y1), (x2, y2), (x1, y2))]


def view(**parts: Any) -> SiteView:
    parts.setdefault("ground", {"pole": POLE.model_dump()})
    return SiteView.model_validate({"camera": "cam-1", **parts})


def box(place: Place, width: float, height: float) -> Box:
    """The box of something that stands at a place, metres."""
    foot, top = PLANE.pixel(place), PLANE.pixel(place, height)
    beside = PLANE.pixel((place[0] + width / 2, place[1]))
    assert foot
    assert top
    assert beside
    half = beside[0] - foot[0]
    return foot[0] - half, top[1], foot[0] + half, foot[1]


def person(ident: int, x: float, y: float, height: float = 1.7, width: float = 0.5) -> Track:
    return Track(ident, "person", 0.8, box((x, y), width, height))


def car(ident: int, x: float, y: float) -> Track:
    """A car across the picture, by its nearer side."""
    return Track(ident, "car", 0.8, box((x, y - 0.9), 4.5, 1.5))


def told(
    rule: SituationRule | str,
    site: SiteView,
    shown: Shown,
    seconds: float,
    *,
    rate: float = 5.0,
    stats: Callable[[float], PictureStats] | None = None,
) -> list[Signal]:
    """All signals of a rule while something is shown."""
    rule = RULES[rule] if isinstance(rule, str) else rule
    rule = rule.model_copy(update={"enabled": True})
    memory, signals = Memory(), []
    for frame in range(int(seconds * rate)):
        t = frame / rate
        look = Look(T0 + timedelta(seconds=t), SIZE, tuple(shown(t)), stats(t) if stats else None)
        memory, said = step([rule], site, memory, look)
        signals += [one.signal for one in said]
    return signals


def raised(signals: Sequence[Signal]) -> list[float]:
    """When something was raised, seconds."""
    return [(s.now - T0).total_seconds() for s in signals if s.phase is Phase.RAISED]
