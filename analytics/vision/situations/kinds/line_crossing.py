"""Line crossing: somebody steps over a wire; counted by direction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from analytics.vision.situations.episodes import Claim, Episodes, advance
from analytics.vision.situations.model import Phase, Signal
from analytics.vision.situations.site import SiteWire
from analytics.vision.situations.situation import (
    Frames,
    Metres,
    Needs,
    Scene,
    Seconds,
    Settings,
    Situation,
)
from analytics.vision.situations.trail import Trail
from smartopia.geometry import Vec, nearest, side
from smartopia.siteview import Direction

_MOST_BAND = 1.0  # m
Step = tuple[str, int]


class LineCrossing(Settings):
    """What counts as a crossing.

    Attributes:
        families: who is counted: person, cycle, vehicle.
        band_m: one has crossed when one is so far beyond the wire, plus what one's place is
            uncertain by; so nobody is counted twice who stands on it.
        clear_s: after so long without seeing the one who crossed, it is over; and at once when
            it has come back.
    """

    families: Annotated[tuple[str, ...], Field(min_length=1)] = ("person",)
    band_m: Metres = 0.25
    hold_s: Seconds = 1.5
    frames: Frames = 3
    clear_s: Seconds = 10.0


@dataclass(frozen=True, slots=True)
class Counts:
    """How many have crossed a wire."""

    left_to_right: int = 0
    right_to_left: int = 0


@dataclass(frozen=True, slots=True)
class Memory:
    """By wire and trail: where it was surely on one side, and who is over; by wire: counts."""

    spots: Mapping[Step, Vec] = field(default_factory=dict)
    over: Mapping[Step, Direction] = field(default_factory=dict)
    counts: Mapping[str, Counts] = field(default_factory=dict)
    episodes: Episodes = field(default_factory=dict)


def step(settings: LineCrossing, memory: Memory, scene: Scene) -> tuple[Memory, tuple[Signal, ...]]:
    """One frame on."""
    followed = {one.key for one in scene.trails}
    spots = {key: spot for key, spot in memory.spots.items() if key[1] in followed}
    over = {key: way for key, way in memory.over.items() if key[1] in followed}
    counts = dict(memory.counts)
    returned: set[str] = set()
    people = [
        one
        for one in scene.seen(settings, *settings.families)
        if not one.rides and one.stature.placed
    ]
    for wire in scene.site.wires:
        for one in people:
            way = _crossed(settings, wire, one, spots, scene)
            if way is None:
                continue
            name = wire.wire.name
            counts[name] = _counted(counts.get(name, Counts()), way)
            back = over.pop((name, one.key), None)
            if back is not None and back is not way:
                returned.add(f"{name}:{one.key}")
            elif wire.wire.alarm in {Direction.BOTH, way}:
                over[name, one.key] = way
    claims = _claims(people, over, counts)
    episodes, signals = advance("line_crossing", settings, memory.episodes, claims, scene.now)
    kept, cleared = _over_with(episodes, returned, scene)
    return Memory(spots, over, counts, kept), (*signals, *cleared)


def _crossed(
    settings: LineCrossing, wire: SiteWire, one: Trail, spots: dict[Step, Vec], scene: Scene
) -> Direction | None:
    """Which way somebody has crossed a wire with this frame; keeps where it surely was."""
    key = (wire.wire.name, one.key)
    foot, (a, b) = one.foot, wire.line
    size = max(1e-6, ((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5)
    now = side(foot, wire.line)
    normal = ((a[1] - b[1]) / size, (b[0] - a[0]) / size)
    on_line = (foot[0] - normal[0] * now / size, foot[1] - normal[1] * now / size)
    band = settings.band_m + min(one.unsure, _MOST_BAND)
    # A metre takes the most pixels across the picture: so many are farther than the band.
    near = abs(now) / size < 2 * band * one.scale.across
    if near and scene.site.between(foot, on_line, one.scale.across) < band:
        return None
    before = spots.get(key)
    spots[key] = foot
    if before is None or (then := side(before, wire.line)) * now >= 0:
        return None
    share = then / (then - now)
    through = (before[0] + share * (foot[0] - before[0]), before[1] + share * (foot[1] - before[1]))
    past = scene.site.between(through, nearest(through, wire.line)[0], one.scale.across)
    if past > settings.band_m:
        return None
    return Direction.LEFT_TO_RIGHT if now > 0 else Direction.RIGHT_TO_LEFT


def _counted(counts: Counts, way: Direction) -> Counts:
    if way is Direction.LEFT_TO_RIGHT:
        return Counts(counts.left_to_right + 1, counts.right_to_left)
    return Counts(counts.left_to_right, counts.right_to_left + 1)


def _claims(
    people: list[Trail], over: Mapping[Step, Direction], counts: Mapping[str, Counts]
) -> Iterator[Claim]:
    by_key = {one.key: one for one in people}
    for (name, key), way in over.items():
        if key in by_key:
            one = by_key[key]
            measures = {
                "left_to_right": float(counts[name].left_to_right),
                "right_to_left": float(counts[name].right_to_left),
            }
            words = f"a {one.label} has crossed {name}, {way.value.replace('_', ' ')}"
            yield Claim(f"{name}:{key}", name, (one,), words, measures=measures)


def _over_with(
    episodes: Episodes, returned: set[str], scene: Scene
) -> tuple[Episodes, tuple[Signal, ...]]:
    """Clears those who have come back, at once."""
    kept = {key: one for key, one in episodes.items() if key not in returned}
    cleared = tuple(
        Signal(
            situation="line_crossing",
            key=key,
            phase=Phase.CLEARED,
            place=episodes[key].claim.place,
            onset=episodes[key].since,
            now=scene.now,
            tracks=episodes[key].claim.ids,
            boxes=episodes[key].claim.boxes,
            words=f"back over {episodes[key].claim.place}",
            measures=episodes[key].claim.measures,
        )
        for key in sorted(returned)
        if key in episodes and episodes[key].raised
    )
    return kept, cleared


SITUATION: Situation[LineCrossing, Memory] = Situation(
    "line_crossing", LineCrossing, Memory, step, Needs(wires=True)
)
