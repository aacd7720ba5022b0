"""Wrong way: a vehicle drives a lane against its direction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from analytics.vision.situations.episodes import Claim, Episodes, advance
from analytics.vision.situations.model import Signal
from analytics.vision.situations.situation import (
    Frames,
    Metres,
    Needs,
    Rate,
    Scene,
    Seconds,
    Settings,
    Situation,
)
from analytics.vision.situations.trail import Trail
from smartopia.geometry import Vec

_SURE = 0.5  # of the standard deviation of a speed; how far it has gone against the lane tells, too


class WrongWay(Settings):
    """What counts as the wrong way.

    Attributes:
        speed_mps: slower vehicles are being parked.
        far_m: how far it must have driven against the lane.
        against, along: cosines of the angle to the lane's direction: below the first it drives
            against it, above the second it follows it or crosses it.
    """

    hold_s: Seconds = 1.0
    frames: Frames = 3
    rate: Rate = 1.8
    speed_mps: Annotated[float, Field(gt=0, le=30)] = 2.0
    far_m: Metres = 4.0
    against: Annotated[float, Field(ge=-1, le=0)] = -0.8
    along: Annotated[float, Field(ge=-1, le=1)] = -0.3
    clear_s: Seconds = 10.0


@dataclass(frozen=True, slots=True)
class Memory:
    """Where vehicles began to drive against their lane, by the key of their trail."""

    starts: Mapping[int, Vec]
    episodes: Episodes = field(default_factory=dict)


def step(settings: WrongWay, memory: Memory, scene: Scene) -> tuple[Memory, tuple[Signal, ...]]:
    """One frame on."""
    seen = list(scene.seen(settings, "vehicle"))
    lanes = {one.key: _against(settings, one, scene) for one in seen}
    starts = {}
    for one in scene.trails:
        lane = lanes.get(one.key)
        if lane:
            starts[one.key] = memory.starts.get(one.key, one.stand)
        elif lane is None and one.key in memory.starts:
            starts[one.key] = memory.starts[one.key]
    raised = {key: one.claim.place for key, one in memory.episodes.items() if one.raised}
    lanes |= {k: raised[str(k)] for k in lanes if lanes[k] is None and str(k) in raised}
    claims = _claims(settings, seen, lanes, starts, scene)
    episodes, signals = advance("wrong_way", settings, memory.episodes, claims, scene.now)
    return Memory(starts, episodes), signals


def _against(settings: WrongWay, one: Trail, scene: Scene) -> str | None:
    """The lane a vehicle drives against; empty where it follows one, None where it is unsure."""
    if one.way is None or one.speed < settings.speed_mps + _SURE * one.unsteady:
        return None
    found = None
    slack = 0.4 + 0.5 * min(1.0, one.unsure)
    for way, at in scene.ways(one):
        if at.off > way.width_m / 2 + slack:
            continue
        turn = one.way[0] * at.direction[0] + one.way[1] * at.direction[1]
        if turn > settings.along:
            return ""
        if turn < settings.against:
            found = way.name
    return found


def _claims(
    settings: WrongWay,
    seen: list[Trail],
    lanes: Mapping[int, str | None],
    starts: Mapping[int, Vec],
    scene: Scene,
) -> Iterator[Claim]:
    for one in seen:
        lane = lanes[one.key]
        if not lane:
            continue
        gone = scene.site.between(starts.get(one.key, one.stand), one.stand, one.scale.across)
        if gone >= settings.far_m:
            words = f"a {one.label} drives against the direction of {lane}"
            yield Claim(str(one.key), lane, (one,), words, measures={"speed_mps": one.speed})


SITUATION: Situation[WrongWay, Memory] = Situation(
    "wrong_way", WrongWay, lambda: Memory({}), step, Needs(ways=True)
)
