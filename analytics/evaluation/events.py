"""What truly happened, what was raised and what was watched: plain data that scorers take.

All times are phenomenon times. A camera is named by its site and its device; conditions are
pairs of a name and a grade, 1 to 5, in the order of their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

Conditions = tuple[tuple[str, int], ...]

CLEAR = ("none", 0)
"""Stands for no condition at all."""


@dataclass(frozen=True, slots=True, order=True)
class CameraKey:
    """Which camera."""

    site: str
    camera: str

    def __str__(self) -> str:
        return f"{self.site}/{self.camera}"


@dataclass(frozen=True, slots=True)
class TrueEvent:
    """Something that truly happened where a camera looks: one of these for each such camera.

    Attributes:
        id: the same for every camera that sees it, and in every chapter it reaches into.
        kind: name of the situation, such as `intrusion`.
        end: None where it still went on when the truth ended.
        conditions: those on the camera at the onset.
        asked: whether this camera sees it well enough to be asked for it.
    """

    id: str
    kind: str
    site: str
    camera: str
    onset: datetime
    end: datetime | None = None
    conditions: Conditions = ()
    asked: bool = True

    @property
    def key(self) -> CameraKey:
        """Whose event it is."""
        return CameraKey(self.site, self.camera)


@dataclass(frozen=True, slots=True)
class RaisedAlert:
    """An alert, the first time it was raised or raised again after it had cleared.

    Attributes:
        raised: when it had come true out there, not when somebody was told of it.
        rule, rule_digest: which rule, and its revision.
        model: which weights saw it; empty where none did.
    """

    id: str
    situation: str
    site: str
    camera: str
    raised: datetime
    rule: str = ""
    rule_digest: str = ""
    model: str = ""

    @property
    def key(self) -> CameraKey:
        """Whose alert it is."""
        return CameraKey(self.site, self.camera)


@dataclass(frozen=True, slots=True)
class Watched:
    """A span in which a camera was watched without a gap, under the same conditions.

    Spans of a camera that touch are one for an event that reaches across. Where they overlap,
    the time counts once, by the span that begins first.

    Attributes:
        model: the weights that looked.
        rules: digest of the rule by situation; empty: all situations are watched for.
    """

    site: str
    camera: str
    begin: datetime
    end: datetime
    conditions: Conditions = ()
    model: str = ""
    rules: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> CameraKey:
        """Which camera's time it is."""
        return CameraKey(self.site, self.camera)

    @property
    def length(self) -> timedelta:
        """How long."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Window:
    """When an alert is in time: from `early` before an event's onset to `late` after it.

    The default is that of KISA's certification: 2 s before to 10 s after; i-LIDS, too, asks for
    an alarm within 10 s.
    """

    early: timedelta = timedelta(seconds=2)
    late: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Windows:
    """The window of each kind: `usual` where it has none of its own."""

    usual: Window = Window()
    by_kind: Mapping[str, Window] = field(default_factory=dict)

    def of(self, kind: str) -> Window:
        """The window of a kind."""
        return self.by_kind.get(kind, self.usual)
