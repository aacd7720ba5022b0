"""What a zone rule says, and what is seen: plain data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from smartopia.alarms.model import Certainty, Domain, Severity, Urgency

Share = Annotated[float, Field(ge=0, le=1)]
Point = tuple[Share, Share]


class ZoneRule(BaseModel):
    """Somebody or something of a kind, in a zone of a camera's picture.

    Attributes:
        labels: what is looked for, by the detector's own class names.
        cameras: shell pattern of device names this rule watches.
        zone: a polygon in shares of the picture's width and height; (0, 0) is top left.
        score: least confidence of a detection that counts.
        frames: in how many consecutive frames it must be seen.
        clear_for: how long it must not be seen before the alert clears.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{2,60}$")]
    domain: Domain
    title: Annotated[str, Field(min_length=3, max_length=120)]
    labels: Annotated[tuple[str, ...], Field(min_length=1)]
    cameras: str = "*"
    zone: Annotated[tuple[Point, ...], Field(min_length=3, max_length=50)]
    score: Annotated[float, Field(gt=0, lt=1)] = 0.4
    frames: Annotated[int, Field(ge=1, le=100)] = 2
    clear_for: Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(days=1))] = timedelta(
        seconds=10
    )
    severity: Severity
    urgency: Urgency
    certainty: Certainty = Certainty.LIKELY
    guidance: Annotated[str, Field(min_length=10, max_length=1000)]
    source: Annotated[str, Field(min_length=3, max_length=500)]

    @property
    def digest(self) -> str:
        """SHA-256 of all it says."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Detection:
    """One object in a frame.

    Attributes:
        box: x1, y1, x2, y2 in pixels.
    """

    label: str
    score: float
    box: tuple[float, float, float, float]

    @property
    def foot(self) -> tuple[float, float]:
        """Where it stands: the middle of the box's lower edge."""
        x1, _, x2, y2 = self.box
        return (x1 + x2) / 2, y2

    def as_json(self) -> dict[str, object]:
        """As evidence keeps it."""
        return {
            "label": self.label,
            "score": round(self.score, 3),
            "box": [round(edge, 1) for edge in self.box],
        }


@dataclass(frozen=True, slots=True)
class ZoneMemory:
    """What a zone rule remembers of a camera."""

    streak: int = 0
    onset: datetime | None = None
    active: bool = False
    last_seen: datetime | None = None
