"""What the situations process knows of a camera, and what it has to tell: plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smartopia.alarms.model import AlertDraft
from smartopia.contract.topics import DeviceKey
from smartopia.siteview import SiteView


@dataclass(frozen=True, slots=True)
class Post:
    """A camera as the platform knows it.

    Attributes:
        in_field: whether it may raise alerts.
        rate: the frames per second it announces; None where it announces none.
        place: latitude and longitude, degrees.
        view: what is drawn on its picture; empty where nothing is.
        revision: the view's number; None where nothing was ever drawn.
    """

    key: DeviceKey
    thing_id: int
    in_field: bool
    rate: float | None
    place: tuple[float, float] | None
    view: SiteView
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Recalled:
    """An active alert of a camera, as the database has it."""

    camera: DeviceKey
    key: str
    rule: str
    place: str


@dataclass(frozen=True, slots=True)
class Raise:
    """An alert to raise.

    Attributes:
        sealed: the frame of its picture as it came, encrypted; empty where there is none.
    """

    draft: AlertDraft
    sealed: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Renew:
    """An active alert that says something else by now; `evidence`: what is new of it."""

    key: str
    description: str
    evidence: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clear:
    """An alert whose situation is over, and the frame's time that showed it."""

    key: str
    seen: datetime | None


Errand = Raise | Renew | Clear
