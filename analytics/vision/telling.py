"""What is told of a frame, kept below what the broker carries: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analytics.vision.detect.port import Detector
from analytics.vision.inbox import Arrived
from analytics.vision.model import Detection
from smartopia.seen import PictureStats, Seen, SeenObject, Sighted


def seen_in(
    arrived: Arrived,
    detector: Detector,
    found: Sequence[Detection],
    stats: PictureStats | None,
    *,
    still: bool,
) -> Seen:
    """The head of what is told of a frame."""
    frame, stamp = arrived.frame, arrived.frame.stamp
    return Seen(
        site=arrived.camera.site,
        device=arrived.camera.device,
        time=frame.phenomenon_time,
        boot=stamp.boot if stamp else None,
        seq=stamp.seq if stamp else None,
        width=frame.width,
        height=frame.height,
        detector=str(detector.name),
        labels=tuple(detector.labels),
        still=still,
        objects=tuple(SeenObject(label=one.label, score=one.score, box=one.box) for one in found),
        stats=stats,
    )


def within(sighted: Sighted, most: int) -> tuple[bytes, list[str]]:
    """A sighting as bytes, at most so many, and the pictures that had to be left out for it.

    The sealed one goes first: an alert has its masked one still. What was found always stays.
    """
    left_out = []
    if sighted.sealed and len(sighted.encode()) > most:
        left_out.append("sealed")
        sighted = replace(sighted, sealed=b"")
    if sighted.masked and len(sighted.encode()) > most:
        left_out.append("masked")
        sighted = replace(sighted, masked=b"")
    return sighted.encode(), left_out
