"""From what holds in single frames to what is told: held long enough, then over long enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from analytics.vision.situations.model import Box, Phase, Signal
from analytics.vision.situations.situation import Settings
from analytics.vision.situations.trail import Trail

_UPDATES_S = 5.0


@dataclass(frozen=True, slots=True)
class Claim:
    """It is so in this frame.

    Attributes:
        key: tells it from others of its situation.
        who: those in it.
        since: since when it is so, where that is known better than by this frame.
    """

    key: str
    place: str
    who: tuple[Trail, ...]
    words: str
    since: datetime | None = None
    measures: Mapping[str, float] = field(default_factory=dict)

    @property
    def ids(self) -> tuple[int, ...]:
        """The tracker's ids of those in it."""
        return tuple(trail.id for trail in self.who)

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Their boxes."""
        return tuple(trail.box for trail in self.who)


@dataclass(frozen=True, slots=True)
class Episode:
    """Something that is so, or just was."""

    claim: Claim
    since: datetime
    last: datetime
    frames: int
    raised: bool = False
    told: datetime | None = None


Episodes = Mapping[str, Episode]


def advance(
    situation: str,
    settings: Settings,
    episodes: Episodes,
    claims: Iterable[Claim],
    now: datetime,
) -> tuple[Episodes, tuple[Signal, ...]]:
    """Takes what is claimed of a frame into account."""
    after: dict[str, Episode] = {}
    signals: list[Signal] = []
    claimed = {claim.key: claim for claim in claims}
    for key, claim in claimed.items():
        episode, signal = _held(situation, settings, episodes.get(key), claim, now)
        after[key] = episode
        signals += [signal] if signal else []
    for key, old in episodes.items():
        if key in claimed:
            continue
        unseen = (now - old.last).total_seconds()
        if unseen <= (settings.clear_s if old.raised else settings.gap_s):
            after[key] = old
        elif old.raised:
            signals.append(_signal(situation, old, Phase.CLEARED, now))
    return after, tuple(signals)


def _held(
    situation: str, settings: Settings, old: Episode | None, claim: Claim, now: datetime
) -> tuple[Episode, Signal | None]:
    since = claim.since or now
    if old is None:
        new = Episode(claim, since, now, 1)
    else:
        since = old.since if claim.since is None else min(old.since, claim.since)
        new = replace(old, claim=claim, since=since, last=now, frames=old.frames + 1)
    if new.raised:
        told = new.told or now
        changed = old is not None and set(old.claim.ids) != set(claim.ids)
        if changed and (now - told).total_seconds() >= _UPDATES_S:
            new = replace(new, told=now)
            return new, _signal(situation, new, Phase.UPDATED, now)
        return new, None
    held = (now - new.since).total_seconds() >= settings.hold_s
    if held and new.frames >= settings.frames:
        new = replace(new, raised=True, told=now)
        return new, _signal(situation, new, Phase.RAISED, now)
    return new, None


def _signal(situation: str, episode: Episode, phase: Phase, now: datetime) -> Signal:
    claim = episode.claim
    return Signal(
        situation=situation,
        key=claim.key,
        phase=phase,
        place=claim.place,
        onset=episode.since,
        now=now,
        tracks=claim.ids,
        boxes=claim.boxes,
        words=claim.words,
        measures=claim.measures,
    )
