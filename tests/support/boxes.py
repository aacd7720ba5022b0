"""The footprints of actors, and whether two overlap."""

from __future__ import annotations

import math

from devices_sim.cameras.scene.actors import SIZES, Actor

Box = list[tuple[float, float]]


def corners(actor: Actor) -> Box:
    """The corners of an actor's footprint: front left, back left, back right, front right."""
    size = SIZES[actor.kind]
    long, wide = size.length / 2, size.width / 2
    ux, uy = math.cos(actor.heading), math.sin(actor.heading)
    sides = ((long, wide), (-long, wide), (-long, -wide), (long, -wide))
    return [(actor.x + a * ux - b * uy, actor.y + a * uy + b * ux) for a, b in sides]


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share ground: no side of either parts them."""
    for box in (one, other):
        for (ax, ay), (bx, by) in zip(box, box[1:] + box[:1], strict=True):
            nx, ny = by - ay, ax - bx
            first = [nx * x + ny * y for x, y in one]
            second = [nx * x + ny * y for x, y in other]
            if max(first) <= min(second) + 1e-9 or max(second) <= min(first) + 1e-9:
                return False
    return True
