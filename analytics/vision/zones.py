"""Zone rules: pure. A memory and a frame's detections in; a new memory and what happened out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from analytics.vision.model import Detection, Point, ZoneMemory, ZoneRule
from smartopia.geometry import inside

Outcome = Literal["raised", "cleared"] | None


def in_pixels(zone: Sequence[Point], width: int, height: int) -> list[tuple[float, float]]:
    """A zone given in shares, in pixels of a picture of this size."""
    return [(x * width, y * height) for x, y in zone]


def in_zone(
    rule: ZoneRule, detections: Sequence[Detection], width: int, height: int
) -> list[Detection]:
    """The detections that count: of a wanted kind, sure enough, standing in the zone."""
    polygon = in_pixels(rule.zone, width, height)
    return [
        seen
        for seen in detections
        if seen.label in rule.labels and seen.score >= rule.score and inside(seen.foot, polygon)
    ]


def step(
    rule: ZoneRule, memory: ZoneMemory, found: bool, now: datetime
) -> tuple[ZoneMemory, Outcome]:
    """Take one frame into account.

    Args:
        found: whether anything that counts is in the zone.
        now: the frame's phenomenon time.
    """
    if found:
        onset = memory.onset if memory.streak or memory.active else now
        seen = replace(memory, streak=memory.streak + 1, onset=onset, last_seen=now)
        if not memory.active and seen.streak >= rule.frames:
            return replace(seen, active=True), "raised"
        return seen, None
    missed = replace(memory, streak=0)
    if not memory.active or memory.last_seen is None:
        return missed, None
    if now - memory.last_seen < rule.clear_for:
        return missed, None
    return ZoneMemory(), "cleared"
