"""An alert with its picture, from what a rule says of a frame: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from analytics.vision.situations.model import Box, Track
from analytics.vision.situations.watch import Told
from analytics.vision.watching.model import Post
from smartopia.alarms.model import AlertDraft, Image
from smartopia.clock import rfc3339
from smartopia.geometry import Vec
from smartopia.seen import Seen
from smartopia.siteview import Area, SiteView, Way, Wire


@dataclass(frozen=True, slots=True)
class Picture:
    """A masked picture of a camera, and who was followed in it.

    Attributes:
        masked: a JPEG; it may be smaller than the frame.
        sealed: the frame as it came, encrypted; empty where there is none.
    """

    seen: Seen
    tracks: tuple[Track, ...]
    masked: bytes = field(repr=False)
    sealed: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule says, and all that goes with it.

    Attributes:
        tracks: of this frame, in its pixels.
        size: of the picture the signal's boxes are in, which is the camera's first.
        picture: the newest one; None where there is none so new.
        incident: the incident it belongs to, for a signal that raises.
    """

    told: Told
    post: Post
    seen: Seen
    tracks: tuple[Track, ...]
    size: tuple[int, int]
    picture: Picture | None
    incident: str | None = None


def draft_alert(case: Case, key: str) -> AlertDraft:
    """What the operator reads, with a picture in which nobody can be recognised."""
    rule, signal = case.told.rule, case.told.signal
    return AlertDraft(
        key=key,
        rule=rule.id,
        rule_digest=rule.digest,
        domain=rule.domain,
        severity=rule.severity,
        urgency=rule.urgency,
        certainty=rule.certainty,
        title=rule.title,
        description=signal.words,
        guidance=rule.guidance,
        source=rule.source,
        thing_id=case.post.thing_id,
        datastream_id=None,
        onset=signal.onset,
        seen=signal.now,
        evidence=evidence_of(case),
        images=() if case.picture is None else (_image(case, case.picture),),
    )


def evidence_of(case: Case) -> dict[str, Any]:
    """The facts behind an alert."""
    signal, seen = case.told.signal, case.seen
    facts: dict[str, Any] = {
        **who_is_in_it(case),
        "situation": signal.situation,
        "place": signal.place,
        "detector": seen.detector,
        "boot": seen.boot,
        "seq": seen.seq,
        "phenomenon_time": rfc3339(seen.time),
        "site_view": case.post.revision,
    }
    if case.incident is not None:
        facts["incident"] = case.incident
    if case.picture is None:
        facts["picture"] = "none: no masked picture of this camera came within 2 s"
    return facts


def who_is_in_it(case: Case) -> dict[str, Any]:
    """The facts that change while an alert is active."""
    signal = case.told.signal
    return {
        "tracks": list(signal.tracks),
        "boxes": [_rounded(box) for box in _boxes(case)],
        "measures": {name: round(value, 3) for name, value in signal.measures.items()},
        "as_of": rfc3339(signal.now),
    }


def outline(view: SiteView, name: str, size: tuple[int, int]) -> list[list[float]] | None:
    """What is drawn under a name, in pixels, as a polygon; lines are gone there and back."""
    parts: tuple[Area | Wire | Way, ...] = (*view.areas, *view.wires, *view.ways)
    for part in parts:
        if part.name != name:
            continue
        points: Sequence[Vec]
        if isinstance(part, Area):
            points = part.outline
        else:
            points = (*part.line, *part.line[-2:0:-1]) if isinstance(part, Way) else part.line
        return [[round(x * size[0], 1), round(y * size[1], 1)] for x, y in points]
    return None


def _image(case: Case, picture: Picture) -> Image:
    signal, shown = case.told.signal, picture.seen
    size = (shown.width, shown.height)
    return Image(
        taken_at=shown.time,
        width=shown.width,
        height=shown.height,
        boxes=_shown(case, picture),
        zone=outline(case.post.view, signal.place, size) if signal.place else None,
        detector=shown.detector,
        jpeg=picture.masked,
    )


def _shown(case: Case, picture: Picture) -> list[dict[str, Any]]:
    """Those in it, where they are in the picture, which may be older than the frame."""
    known = {track.id: track for track in picture.tracks}
    labels = {track.id: track.label for track in case.tracks}
    of_frame = picture.seen.time == case.seen.time
    found = []
    for ident, box in zip(case.told.signal.tracks, _boxes(case), strict=True):
        track = known.get(ident)
        if track is not None:
            found.append(_boxed(track.label, track.score, track.box, ident))
        elif of_frame:
            found.append(_boxed(labels.get(ident, ""), 0.0, box, ident))
    return found


def _boxed(label: str, score: float, box: Box, ident: int) -> dict[str, Any]:
    return {"label": label, "score": round(score, 3), "box": _rounded(box), "track": ident}


def _boxes(case: Case) -> list[Box]:
    """The signal's boxes in the pixels of its frame."""
    sx, sy = case.seen.width / case.size[0], case.seen.height / case.size[1]
    return [(x1 * sx, y1 * sy, x2 * sx, y2 * sy) for x1, y1, x2, y2 in case.told.signal.boxes]


def _rounded(box: Box) -> list[float]:
    return [round(edge, 1) for edge in box]
