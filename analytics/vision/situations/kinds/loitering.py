"""Loitering: somebody hangs about in an area (KISA loitering)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from analytics.vision.situations.episodes import Claim, Episodes, advance
from analytics.vision.situations.model import Signal
from analytics.vision.situations.situation import Metres, Needs, Scene, Seconds, Settings, Situation
from analytics.vision.situations.trail import Trail
from smartopia.geometry import Vec
from smartopia.siteview import AreaUse


class Loitering(Settings):
    """What counts as loitering.

    Attributes:
        dwell_s: how long one stays, from when one first slows down in the area.
        moves: how often one has gone to another spot there meanwhile.
        apart_m: how far apart two spots are.
        still_s: after so long it counts without any move, too (waiting, sitting).
        slow_mps: slower than this one stays; faster one passes.
        away_s: so long one may be out of the area without beginning anew: who hangs about takes no
            heed of its rim.
        gathered: where so many stay at once they gather or wait for something: not told of each.
    """

    hold_s: Seconds = 0.0
    dwell_s: Seconds = 60.0
    moves: Annotated[int, Field(ge=0, le=100)] = 2
    apart_m: Metres = 0.9
    still_s: Seconds = 300.0
    slow_mps: Annotated[float, Field(gt=0, le=3)] = 0.6
    away_s: Seconds = 10.0
    gathered: Annotated[int, Field(ge=2, le=1000)] = 8
    clear_s: Seconds = 10.0


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody's stay in an area: since when, till when, at which spot, after how many moves.

    Attributes:
        id: the tracker's, at that spot.
    """

    area: str
    since: datetime
    last: datetime
    spot: Vec
    id: int
    moves: int = 0


@dataclass(frozen=True, slots=True)
class Memory:
    """Who stays, by the key of its trail."""

    stays: Mapping[int, Stay]
    episodes: Episodes = field(default_factory=dict)


def step(settings: Loitering, memory: Memory, scene: Scene) -> tuple[Memory, tuple[Signal, ...]]:
    """One frame on."""
    stays = _kept(settings, memory.stays, scene)
    here = {}
    for one in scene.pedestrians(settings):
        for area in scene.site.areas_for(AreaUse.GATHERING):
            if area.holds(one.foot):
                stay = _stay(settings, stays.get(one.key), one, area.area.name, scene)
                if stay is not None:
                    here[one.key] = one
                    stays[one.key] = stay
                break
    claims = _claims(settings, stays, here, memory.episodes, scene.now)
    episodes, signals = advance("loitering", settings, memory.episodes, claims, scene.now)
    return Memory(stays, episodes), signals


def _kept(settings: Loitering, stays: Mapping[int, Stay], scene: Scene) -> dict[int, Stay]:
    """The stays that go on: of who is out of sight, or not long out of the area."""
    unseen = {one.key for one in scene.trails if one.seen < scene.now}
    away_s = max(settings.away_s, settings.gap_s)
    return {
        key: replace(stay, last=scene.now) if key in unseen else stay
        for key, stay in stays.items()
        if key in unseen or (scene.now - stay.last).total_seconds() <= away_s
    }


def _stay(
    settings: Loitering, stay: Stay | None, one: Trail, area: str, scene: Scene
) -> Stay | None:
    slow = one.frames > 2 and one.speed < settings.slow_mps
    if stay is None or stay.area != area:
        return Stay(area, scene.now, scene.now, one.foot, one.id) if slow else None
    if one.id != stay.id:
        # Taken for the one who was lost: among many it may be another, elsewhere without a step.
        return replace(stay, last=scene.now, spot=one.foot, id=one.id)
    gone = scene.site.between(stay.spot, one.foot, one.scale.across)
    if slow and gone > settings.apart_m + one.unsure:
        return replace(stay, last=scene.now, spot=one.foot, moves=stay.moves + 1)
    return replace(stay, last=scene.now)


def _claims(
    settings: Loitering,
    stays: Mapping[int, Stay],
    here: Mapping[int, Trail],
    episodes: Episodes,
    now: datetime,
) -> Iterator[Claim]:
    staying = Counter(stay.area for stay in stays.values())
    for key, one in here.items():
        stay = stays[key]
        dwell = (now - stay.since).total_seconds()
        if dwell < settings.dwell_s:
            continue
        if stay.moves < settings.moves and dwell < settings.still_s:
            continue
        known = episodes.get(str(key))
        told = known is not None and known.raised
        passing = one.speed >= settings.slow_mps
        if not told and (passing or staying[stay.area] >= settings.gathered):
            continue
        words = f"somebody has hung about in {stay.area} for {dwell:.0f} s"
        onset = stay.since + timedelta(seconds=settings.dwell_s)
        yield Claim(str(key), stay.area, (one,), words, onset, {"dwell_s": dwell})


SITUATION: Situation[Loitering, Memory] = Situation(
    "loitering",
    Loitering,
    lambda: Memory({}),
    step,
    Needs(uses=frozenset({AreaUse.GATHERING})),
)
