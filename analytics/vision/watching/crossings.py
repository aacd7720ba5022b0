"""Counts who crosses a camera's wires, by the minute: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from analytics.vision.situations.kinds.line_crossing import Counts, LineCrossing, Memory
from analytics.vision.situations.rule import SituationRule
from analytics.vision.watching.spells import GAP
from smartopia.contract.topics import DeviceKey
from smartopia.crossings import KEPT, Crossings, WireCrossings
from smartopia.siteview import SiteView

Counted = tuple[str, tuple[str, ...]]
"""A wire by its name, and who is counted on it."""


def counted_so_far(
    rules: Iterable[SituationRule], memories: Mapping[str, object], view: SiteView
) -> dict[Counted, Counts]:
    """How often each wire of a view was crossed, by what the rules remember.

    Args:
        memories: of the rules, by their ids.
    """
    found: dict[Counted, Counts] = {}
    for rule in rules:
        memory, settings = memories.get(rule.id), rule.tuned
        if isinstance(memory, Memory) and isinstance(settings, LineCrossing):
            for wire in view.wires:
                found[wire.name, settings.families] = memory.counts.get(wire.name, Counts())
    return found


@dataclass(slots=True)
class Tally:
    """The crossings of one camera, as long as its clock goes on.

    Attributes:
        changed: whether there is anything that was not told yet.
        kept: the minute until which all was written down.
    """

    changed: bool = False
    kept: datetime | None = None
    _since: datetime | None = None
    _until: datetime | None = None
    _before: Mapping[Counted, Counts] = field(default_factory=dict)
    _minutes: dict[Counted, dict[datetime, Counts]] = field(default_factory=dict)
    _gaps: tuple[tuple[datetime, datetime], ...] = ()

    def resume(self, told: Crossings) -> None:
        """Go on with what another process counted before; frames may have come since."""
        if self._since is None or self._until is None:
            self._until = told.until
        elif told.until < self._since:
            self._gaps = (*_gap(told.until, self._since), *self._gaps)
        else:
            return  # the camera's clock was set back meanwhile: it counts anew
        self._since, self._gaps, self.changed = told.since, (*told.gaps, *self._gaps), True
        for wire in told.wires:
            minutes = self._minutes.setdefault((wire.wire, wire.families), {})
            for begin, there, back in wire.minutes:
                minutes[begin] = _sum(minutes.get(begin, Counts()), Counts(there, back))

    def take(self, counted: Mapping[Counted, Counts], now: datetime) -> None:
        """Take a frame into account.

        Args:
            counted: by what is remembered after it; what was begun anew counts from 0 again.
            now: its time.
        """
        if self._until is None or now <= self._until:
            self._since, self._before, self._minutes, self._gaps = now, counted, {}, ()
        else:
            new = tuple(_gap(self._until, now))
            if new:
                self._gaps = (*(one for one in self._gaps if one[1] > now - KEPT), *new)
        self._until = now
        self.changed |= counted.keys() != self._minutes.keys()
        self._minutes = {key: self._minutes.get(key, {}) for key in counted}
        for key, counts in counted.items():
            more = _more(self._before.get(key, Counts()), counts)
            if more != Counts():
                self._add(key, more, now)
        self._before = counted

    def told(self, camera: DeviceKey) -> Crossings | None:
        """All that is counted; None where there is no wire to count at, and was none before."""
        told = self.all(camera)
        self.changed = False
        return told

    def unkept(self, camera: DeviceKey) -> Crossings | None:
        """All that is counted, where some of it was not written down."""
        minute = None if self._until is None else _minute(self._until)
        return None if minute == self.kept else self.all(camera)

    def keep(self, told: Crossings) -> None:
        """This was written down; more may have been counted meanwhile."""
        now = self.all(told.camera)
        if now is not None and now.wires == told.wires:
            self.kept = _minute(told.until)

    def all(self, camera: DeviceKey) -> Crossings | None:
        """As it is told."""
        if self._since is None or self._until is None or not (self._minutes or self.changed):
            return None
        oldest = _minute(self._until) - KEPT
        return Crossings(
            site=camera.site,
            device=camera.device,
            since=self._since,
            until=self._until,
            wires=tuple(
                WireCrossings(
                    wire=wire,
                    families=families,
                    minutes=tuple(
                        (begin, counts.left_to_right, counts.right_to_left)
                        for begin, counts in sorted(minutes.items())
                        if begin > oldest
                    ),
                )
                for (wire, families), minutes in self._minutes.items()
            ),
            gaps=tuple(gap for gap in self._gaps if gap[1] > oldest),
        )

    def _add(self, key: Counted, more: Counts, now: datetime) -> None:
        minute, oldest = _minute(now), _minute(now) - KEPT
        kept = {begin: counts for begin, counts in self._minutes[key].items() if begin > oldest}
        kept[minute] = _sum(kept.get(minute, Counts()), more)
        self._minutes[key] = kept
        self.changed, self.kept = True, None


def _more(before: Counts, after: Counts) -> Counts:
    """How many came in between; a count that fell was begun anew."""
    if after.left_to_right < before.left_to_right or after.right_to_left < before.right_to_left:
        return after
    return Counts(
        after.left_to_right - before.left_to_right, after.right_to_left - before.right_to_left
    )


def _sum(one: Counts, other: Counts) -> Counts:
    return Counts(one.left_to_right + other.left_to_right, one.right_to_left + other.right_to_left)


def _gap(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The time between two frames, if it is a gap."""
    if end - begin > GAP:
        yield begin, end


def _minute(time: datetime) -> datetime:
    return time.replace(second=0, microsecond=0)
