"""What a situation is: settings, the least evidence it needs, a memory, and one step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from analytics.vision.situations.model import Signal
from analytics.vision.situations.site import Site
from analytics.vision.situations.trail import Trail
from analytics.vision.situations.ways import OnWay
from smartopia.seen import PictureStats
from smartopia.siteview import AreaUse, Way

_LEAST_RATE = 0.9  # of what is asked for: frames come unevenly
_STARVED = 0.5  # of the rate that is asked for: below it a rule rests

Seconds = Annotated[float, Field(ge=0, le=86_400)]
Metres = Annotated[float, Field(ge=0, le=200)]
Pixels = Annotated[float, Field(ge=0, le=2000)]
Score = Annotated[float, Field(gt=0, lt=1)]
Frames = Annotated[int, Field(ge=1, le=1000)]
Rate = Annotated[float, Field(ge=0, le=60)]


class Settings(BaseModel):
    """What every situation lets one set.

    Attributes:
        score: least confidence of a detection that counts.
        size_px: least length of the longer side of a box that counts.
        hold_s: how long it must have been so before it is told.
        frames: in how many frames of that time it must have been seen.
        gap_s: how long it may be unseen meanwhile.
        clear_s: how long it must be over before it is told to be over.
        rate: least frames per second at which it can be judged.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    score: Score = 0.4
    size_px: Pixels = 12.0
    hold_s: Seconds = 1.0
    frames: Frames = 3
    gap_s: Seconds = 1.5
    clear_s: Seconds = 5.0
    rate: Rate = 1.0


@dataclass(frozen=True, slots=True)
class Scene:
    """What a situation is shown of a frame.

    Attributes:
        trails: who is followed, also those unseen for some seconds.
        here: those of them who are seen in this frame, by family.
        rate: frames per second.
    """

    now: datetime
    site: Site
    trails: tuple[Trail, ...]
    here: Mapping[str, Sequence[Trail]]
    stats: PictureStats | None
    rate: float
    _ways: dict[int, tuple[tuple[Way, OnWay], ...]] = field(default_factory=dict)

    def ways(self, one: Trail) -> tuple[tuple[Way, OnWay], ...]:
        """Where somebody is on each way it is on or beside; several situations ask."""
        found = self._ways.get(one.key)
        if found is None:
            found = tuple(self.site.on_ways(one.stand, one.scale.across))
            self._ways[one.key] = found
        return found

    def seen(self, settings: Settings, *families: str, within_s: float = 0.0) -> Iterator[Trail]:
        """Those of some families seen by now, or within some seconds, who count as evidence."""
        if within_s == 0:
            trails = (trail for family in families for trail in self.here.get(family, ()))
        else:
            least = self.now - timedelta(seconds=within_s)
            trails = (one for one in self.trails if one.family in families and one.seen >= least)
        for trail in trails:
            if trail.score >= settings.score and trail.longest >= settings.size_px:
                yield trail

    def pedestrians(self, settings: Settings, within_s: float = 0.0) -> Iterator[Trail]:
        """People who do not ride."""
        return (one for one in self.seen(settings, "person", within_s=within_s) if not one.rides)


S = TypeVar("S", bound=Settings)
M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Needs:
    """What a situation needs of a camera.

    Attributes:
        uses: an area of one of these uses.
        labels: a model that knows one of these classes.
        wires, ways: one of these, at least.
        stats: figures of the picture as a whole.
    """

    uses: frozenset[AreaUse] = frozenset()
    labels: frozenset[str] = frozenset()
    wires: bool = False
    ways: bool = False
    stats: bool = False


@dataclass(frozen=True, slots=True)
class Situation(Generic[S, M]):
    """One situation: a file in `kinds/` that holds it as `SITUATION`.

    Attributes:
        memory: an empty one.
        step: takes one frame into account.
    """

    name: str
    settings: type[S]
    memory: Callable[[], M]
    step: Callable[[S, M, Scene], tuple[M, tuple[Signal, ...]]]
    needs: Needs = Needs()


AnySituation = Situation[Any, Any]


def starved(situation: AnySituation, settings: Settings, rate: float) -> bool:
    """Whether so few frames per second come (0: not known) that following anybody is a guess."""
    return not situation.needs.stats and 0 < rate < _STARVED * settings.rate


def missing(
    situation: AnySituation,
    settings: Settings,
    site: Site,
    labels: frozenset[str] | None,
    rate: float,
) -> str | None:
    """Why a situation cannot be told on a camera, in words; None where it can.

    Args:
        labels: the classes the camera's models know; None where that is not known.
        rate: the frames per second it really gets; 0 while that is not known.
    """
    needs = situation.needs
    if needs.uses and not any(site.areas_for(use) for use in needs.uses):
        uses = " or ".join(sorted(needs.uses))
        return f"draw an area with use {uses} on the camera's picture"
    if needs.wires and not site.wires:
        return "draw a wire on the camera's picture"
    if needs.ways and not site.ways:
        return "draw a way (a lane with its direction) on the camera's picture"
    if labels is not None and needs.labels and not needs.labels & labels:
        return f"use a model that knows {' or '.join(sorted(needs.labels))}"
    if 0 < rate < _LEAST_RATE * settings.rate:
        return f"give it {settings.rate:g} frames/s or more; it gets {rate:.1f}"
    return None
