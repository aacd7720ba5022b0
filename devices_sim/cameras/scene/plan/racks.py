"""Bicycles that stand in racks: nobody is on them, and they stay."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import count

from devices_sim.cameras.scene.actors import Actor, ActorKind, Pose
from devices_sim.cameras.scene.layout import Layout
from devices_sim.world.noise import uniform

_TAKEN = 0.6
# Far from those of who comes and goes: a layout with a rack more has the same passers-by.
_FIRST_ID = 1_000_000


def parked(layout: Layout, seed: int) -> Iterator[Actor]:
    """The bicycles in the racks of a layout, for a whole run."""
    ids = count(_FIRST_ID)
    for number, rack in enumerate(layout.racks):
        for place, (x, y) in enumerate(rack.stands()):
            ident = next(ids)
            if uniform("rack", seed, number, place) < _TAKEN:
                yield Actor(
                    id=ident,
                    kind=ActorKind.BICYCLE,
                    x=x,
                    y=y,
                    heading=math.radians(rack.facing),
                    speed=0.0,
                    pose=Pose.NONE,
                    phase=0.0,
                    look=int(uniform("look", seed, "rack", number, place) * 2**31),
                    lit=False,
                )
