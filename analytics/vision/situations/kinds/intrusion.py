"""Intrusion: somebody is in an area where nobody may be (KISA intrusion, i-LIDS sterile zone)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from analytics.vision.situations.episodes import Claim, Episodes, advance
from analytics.vision.situations.model import Signal
from analytics.vision.situations.situation import Needs, Scene, Seconds, Settings, Situation
from smartopia.geometry import rim
from smartopia.siteview import AreaUse


class Intrusion(Settings):
    """What counts as intrusion.

    Attributes:
        sure: how far inside the area the feet must be, in standard deviations of where they are.
    """

    hold_s: Seconds = 1.0
    sure: Annotated[float, Field(ge=0, le=4)] = 0.5


def step(
    settings: Intrusion, memory: Episodes, scene: Scene
) -> tuple[Episodes, tuple[Signal, ...]]:
    """One frame on."""
    return advance("intrusion", settings, memory, _claims(settings, scene), scene.now)


def _claims(settings: Intrusion, scene: Scene) -> Iterator[Claim]:
    for area in scene.site.areas_for(AreaUse.FORBIDDEN):
        who = []
        for one in scene.seen(settings, "person"):
            if one.stature.placed and area.holds(one.foot):
                deep = scene.site.between(one.foot, rim(one.foot, area.outline), one.scale.across)
                who += [one] if deep >= settings.sure * min(one.unsure, 1.0) else []
        if who:
            people = "a person is" if len(who) == 1 else f"{len(who)} people are"
            words = f"{people} in {area.area.name}, where nobody may be"
            yield Claim(
                area.area.name, area.area.name, tuple(who), words, measures={"people": len(who)}
            )


SITUATION: Situation[Intrusion, Episodes] = Situation(
    "intrusion", Intrusion, dict, step, Needs(uses=frozenset({AreaUse.FORBIDDEN}))
)
