"""When each camera was truly watched, and for what: spells, kept for whoever scores misses.

A camera that is dark, a detector that stands still, a rule that rests for want of frames: none of
them is a miss of the rules, and none of them is silence that can be trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.types.json import Jsonb

from analytics.vision.situations.rule import SituationRule
from analytics.vision.situations.site import Site
from analytics.vision.situations.situation import missing, starved
from smartopia.contract.topics import DeviceKey
from smartopia.seen import Seen
from smartopia.store.connection import DictConnection
from smartopia.store.queries import load_queries

GAP = timedelta(seconds=3)
"""No frame for longer: nobody watched meanwhile. An alert has 12 s in all to be in time."""

ASK_AGAIN = timedelta(seconds=5)
"""How often it is asked which rules can tell something."""

_SQL = load_queries("analytics.vision.watching", "sql/watching.sql")


@dataclass(slots=True)
class Spell:
    """A span in which a camera was watched without a gap.

    Attributes:
        begin, end: phenomenon times of its first and its last frame.
        rules: by situation, the digest of the rule that could tell it.
        asked: when `rules` was asked for last.
        kept: whether the database has it as it is; a spell of one frame has no length to keep.
    """

    thing_id: int
    begin: datetime
    end: datetime
    detector: str
    rules: Mapping[str, str]
    asked: datetime
    frames: int = 0
    kept: bool = True


class Spells:
    """The spells of all cameras that the database does not have yet."""

    def __init__(self) -> None:
        self._open: dict[DeviceKey, Spell] = {}
        self._over: list[Spell] = []

    def watched(self, thing_id: int, seen: Seen, rules: Callable[[], Mapping[str, str]]) -> None:
        """A frame was watched.

        Args:
            rules: says which rules can tell something on this camera now, by situation.
        """
        spell = self._open.get(seen.camera)
        if spell is not None and not timedelta() < seen.time - spell.end <= GAP:
            self._close(seen.camera)
            spell = None
        if spell is None:
            self._open[seen.camera] = Spell(
                thing_id, seen.time, seen.time, seen.detector, rules(), seen.time, frames=1
            )
            return
        spell.end, spell.kept = seen.time, False
        spell.frames += 1
        if spell.detector != seen.detector or seen.time - spell.asked >= ASK_AGAIN:
            self._ask(spell, seen, rules())

    def rest(self) -> None:
        """Another process watches now; what was watched until then stays to be kept."""
        for camera in list(self._open):
            self._close(camera)

    async def keep(self, connection: DictConnection) -> None:
        """Write down what the database does not have; what it does not take, the next time."""
        new = [one for one in (*self._over, *self._open.values()) if not one.kept]
        for spell in new:  # first: while the database is asked, a spell may go on
            spell.kept = True
        try:
            async with connection.transaction(), connection.cursor() as cursor:
                await cursor.executemany(_SQL["keep_spell"], [_row(spell) for spell in new])
        except BaseException:
            for spell in new:
                spell.kept = False
            raise
        self._over = [one for one in self._over if not one.kept]

    def _ask(self, spell: Spell, seen: Seen, rules: Mapping[str, str]) -> None:
        """Go on with the spell if nothing is another, else begin the next where it ends."""
        spell.asked = seen.time
        if (spell.detector, spell.rules) == (seen.detector, rules):
            return
        self._close(seen.camera)
        self._open[seen.camera] = Spell(
            spell.thing_id, seen.time, seen.time, seen.detector, rules, seen.time, frames=1
        )

    def _close(self, camera: DeviceKey) -> None:
        self._over.append(self._open.pop(camera))


def telling(
    digests: Mapping[str, str],
    rules: Iterable[SituationRule],
    site: Site,
    labels: frozenset[str],
    rate: float,
) -> dict[str, str]:
    """By situation, the digest of the rule that can tell it now: one that lacks nothing and does
    not rest.

    Args:
        digests: of the rules, by their ids.
        labels: the classes the camera's models know.
        rate: the frames per second it really gets; 0 while that is not known.
    """
    return {
        rule.situation: digests[rule.id]
        for rule in rules
        if rule.enabled
        and missing(rule.kind, rule.tuned, site, labels, rate=0.0) is None
        and not starved(rule.kind, rule.tuned, rate)
    }


def _row(spell: Spell) -> dict[str, object]:
    return {
        "thing": spell.thing_id,
        "begin": spell.begin,
        "end": spell.end,
        "frames": spell.frames,
        "detector": spell.detector,
        "rules": Jsonb(dict(spell.rules)),
    }
