"""Crowd: many people stand in one area."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from analytics.vision.situations.episodes import Claim, Episodes, advance
from analytics.vision.situations.model import Signal
from analytics.vision.situations.situation import Needs, Scene, Seconds, Settings, Situation
from smartopia.siteview import AreaUse


class Crowd(Settings):
    """What counts as a crowd.

    Attributes:
        people: so many make one.
        until: it is one until fewer than so many are left.
        hidden_s: so long somebody counts who is hidden by others.
    """

    people: Annotated[int, Field(ge=2, le=1000)] = 10
    until: Annotated[int, Field(ge=1, le=1000)] = 6
    hidden_s: Seconds = 3.0
    hold_s: Seconds = 4.0


def step(settings: Crowd, memory: Episodes, scene: Scene) -> tuple[Episodes, tuple[Signal, ...]]:
    """One frame on."""
    return advance("crowd", settings, memory, _claims(settings, memory, scene), scene.now)


def _claims(settings: Crowd, memory: Episodes, scene: Scene) -> Iterator[Claim]:
    for area in scene.site.areas_for(AreaUse.GATHERING):
        who = tuple(
            one
            for one in scene.pedestrians(settings, within_s=settings.hidden_s)
            if area.holds(one.foot)
        )
        name = area.area.name
        raised = name in memory and memory[name].raised
        if len(who) >= (settings.until if raised else settings.people):
            words = f"{len(who)} people stand together in {name}"
            yield Claim(name, name, who, words, measures={"people": len(who)})


SITUATION: Situation[Crowd, Episodes] = Situation(
    "crowd", Crowd, dict, step, Needs(uses=frozenset({AreaUse.GATHERING}))
)
