"""What an alert is. Severity, urgency and certainty are CAP 1.2's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Domain(StrEnum):
    """What the city watches for."""

    CRIME = "crime"
    TRAFFIC = "traffic"
    ENVIRONMENT = "environment"
    DISASTER = "disaster"


class Severity(StrEnum):
    """CAP severity, from the gravest."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"


class Urgency(StrEnum):
    """CAP urgency: how soon somebody must act."""

    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Certainty(StrEnum):
    """CAP certainty."""

    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


class Disposition(StrEnum):
    """What an alert turned out to be. Precision in the field is counted from these."""

    TRUE = "true"
    FALSE = "false"
    TEST = "test"
    DUPLICATE = "duplicate"


class FalseReason(StrEnum):
    """Why an alert was false: what is to be mended."""

    WRONG_OBJECT = "wrong_object"
    WRONG_PLACE = "wrong_place"
    WEATHER_OR_LIGHT = "weather_or_light"
    REFLECTION_OR_SHADOW = "reflection_or_shadow"
    ANIMAL = "animal"
    AUTHORISED_PERSON = "authorised_person"
    OTHER = "other"


class TransitionKind(StrEnum):
    """One step in the life of an alert."""

    RAISED = "raised"
    CLEARED = "cleared"
    RERAISED = "reraised"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Image:
    """A masked picture that is evidence.

    Attributes:
        jpeg: people in it are pixelated beyond recovery.
        boxes: [{"label", "score", "box": [x1, y1, x2, y2]}], in pixels.
        zone: the watched polygon, in pixels.
        detector: which weights saw it: name and SHA-256.
    """

    taken_at: datetime
    width: int
    height: int
    boxes: list[dict[str, Any]]
    zone: list[list[float]] | None
    detector: str
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class AlertDraft:
    """What a rule says when its condition comes true.

    Attributes:
        key: names the condition; one open alert a key.
        rule_digest: SHA-256 of the rule as it was, so that an alert can be traced to it.
        guidance: what the operator should do.
        source: where the threshold comes from.
        onset: phenomenon time at which the condition began.
        seen: phenomenon time at which it had come true.
        evidence: the values or detections behind it.
    """

    key: str
    rule: str
    rule_digest: str
    domain: Domain
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    title: str
    description: str
    guidance: str
    source: str | None
    thing_id: int
    datastream_id: int | None
    onset: datetime
    evidence: dict[str, Any]
    seen: datetime | None = None
    images: tuple[Image, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class AlertState:
    """The part of an alert that changes during its life.

    Three facts are kept apart: whether the condition holds (active), whether an operator has
    seen it (acknowledged), and whether it is done with (resolved). An alert that cleared by
    itself stays until an operator resolves it: nothing that was raised vanishes unseen.
    """

    version: int
    active: bool
    occurrences: int
    cleared_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    disposition: Disposition | None = None
    false_reason: FalseReason | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """One step: what happened, when, by whom.

    Attributes:
        at: when the platform or an operator did it.
        phenomenon_time: when it happened out there; a replayed recording is years apart.
    """

    kind: TransitionKind
    at: datetime
    actor: str
    note: str | None = None
    phenomenon_time: datetime | None = None
