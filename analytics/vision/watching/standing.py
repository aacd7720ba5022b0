"""Which alerts of a camera are active, and by what: pure.

An alert outlives what is remembered of its situation: the process may be started again, a
camera's clock set back. Such an alert is left to itself. The same rule at the same place takes it
on when it holds again; otherwise it lapses once that would have been told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from analytics.vision.situations.model import Signal
from analytics.vision.situations.rule import SituationRule
from analytics.vision.watching.model import Recalled
from smartopia.contract.topics import DeviceKey

_SPARE_S = 5.0


@dataclass(slots=True)
class _Standing:
    """An active alert.

    Attributes:
        signal: the key of the signal that keeps it up; None where it is left to itself.
        since: the first frame that showed nothing of it since then.
    """

    rule: str
    place: str
    signal: str | None
    since: datetime | None = None


class Ledger:
    """The active alerts of one camera, by key."""

    def __init__(self, camera: DeviceKey, rules: Mapping[str, SituationRule]) -> None:
        self._camera = camera
        self._rules = rules
        self._standing: dict[str, _Standing] = {}

    def __bool__(self) -> bool:
        return bool(self._standing)

    def recall(self, alerts: Iterable[Recalled]) -> None:
        """Take in what the database says is active; what is known stays as it is."""
        for one in alerts:
            self._standing.setdefault(one.key, _Standing(one.rule, one.place, None))

    def raised(self, rule: SituationRule, signal: Signal) -> str:
        """The key of the alert of this signal: its own, or one left to itself at its place."""
        key = f"{rule.id}:{self._camera}:{signal.key}"
        if key not in self._standing:
            key = self._left(rule.id, signal.place) or key
        self._standing[key] = _Standing(rule.id, signal.place, signal.key)
        return key

    def key_of(self, rule: SituationRule, signal: Signal) -> str | None:
        """The key of the active alert of this signal."""
        for key, one in self._standing.items():
            if (one.rule, one.signal) == (rule.id, signal.key):
                return key
        return None

    def cleared(self, rule: SituationRule, signal: Signal) -> str | None:
        """The key of the alert that is over with this signal."""
        key = self.key_of(rule, signal)
        if key is not None:
            del self._standing[key]
        return key

    def forsake(self) -> None:
        """Nothing is remembered any more: all are left to themselves."""
        for one in self._standing.values():
            one.signal, one.since = None, None

    def lapsed(self, now: datetime) -> list[str]:
        """The keys of those left to themselves for longer than it takes to tell them again.

        Args:
            now: the time of a frame.
        """
        gone = []
        for key, one in self._standing.items():
            if one.signal is not None:
                continue
            one.since = min(one.since or now, now)
            if (now - one.since).total_seconds() >= self._patience(one.rule):
                gone.append(key)
        for key in gone:
            del self._standing[key]
        return gone

    def close(self) -> list[str]:
        """The keys of all: the camera is not watched any more."""
        keys = list(self._standing)
        self._standing.clear()
        return keys

    def _left(self, rule: str, place: str) -> str | None:
        for key, one in self._standing.items():
            if one.signal is None and (one.rule, one.place) == (rule, place):
                return key
        return None

    def _patience(self, rule: str) -> float:
        """All times a rule waits for, in seconds; none where the rule is gone."""
        known = self._rules.get(rule)
        if known is None or not known.enabled:
            return 0.0
        times = known.tuned.model_dump()
        return _SPARE_S + sum(float(s) for name, s in times.items() if name.endswith("_s"))
