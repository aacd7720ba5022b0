"""An alert with its masked picture, from what was seen in a zone: pure, but for encoding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from analytics.vision.masking import Picture, encode_jpeg, mask_people
from analytics.vision.model import Detection, ZoneRule
from analytics.vision.zones import in_pixels
from smartopia.alarms.model import AlertDraft, Image
from smartopia.clock import rfc3339
from smartopia.contract.frames import Frame
from smartopia.contract.topics import DeviceKey


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something that counts, seen in a zone for long enough.

    Attributes:
        detections: all of the frame; found: those that count.
        detector: which weights saw it.
    """

    rule: ZoneRule
    camera: DeviceKey
    thing_id: int
    frame: Frame
    detections: Sequence[Detection]
    found: Sequence[Detection]
    onset: datetime
    detector: str


def alert_key(rule: ZoneRule, camera: DeviceKey) -> str:
    """Names the condition: one open alert a rule and camera."""
    return f"{rule.id}:{camera}"


def draft_alert(sighting: Sighting, picture: Picture) -> AlertDraft:
    """What the operator reads, with a picture in which nobody can be recognised."""
    rule, frame, found = sighting.rule, sighting.frame, sighting.found
    kinds = ", ".join(sorted({seen.label for seen in found}))
    best = max(seen.score for seen in found)
    return AlertDraft(
        key=alert_key(rule, sighting.camera),
        rule=rule.id,
        rule_digest=rule.digest,
        domain=rule.domain,
        severity=rule.severity,
        urgency=rule.urgency,
        certainty=rule.certainty,
        title=rule.title,
        description=f"{len(found)} x {kinds} in the zone, best score {best:.2f}",
        guidance=rule.guidance,
        source=rule.source,
        thing_id=sighting.thing_id,
        datastream_id=None,
        onset=sighting.onset,
        seen=frame.phenomenon_time,
        evidence={
            "detections": [seen.as_json() for seen in found],
            "boot": frame.stamp.boot if frame.stamp else None,
            "seq": frame.stamp.seq if frame.stamp else None,
            "phenomenon_time": rfc3339(frame.phenomenon_time),
            "detector": sighting.detector,
        },
        images=(_image(sighting, picture),),
    )


def _image(sighting: Sighting, picture: Picture) -> Image:
    rule, frame = sighting.rule, sighting.frame
    shown = [
        seen.as_json()
        for seen in sighting.detections
        if seen.label in rule.labels and seen.score >= rule.score
    ]
    return Image(
        taken_at=frame.phenomenon_time,
        width=frame.width,
        height=frame.height,
        boxes=shown,
        zone=[list(point) for point in in_pixels(rule.zone, frame.width, frame.height)],
        detector=sighting.detector,
        jpeg=encode_jpeg(mask_people(picture, sighting.detections)),
    )
