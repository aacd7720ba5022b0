"""Events as a site has them: found if any of its cameras found them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from analytics.evaluation.pairing import (
    AlertVerdict,
    EventVerdict,
    Judged,
    JudgedAlert,
    JudgedEvent,
)

_BEST = tuple(EventVerdict)
_Key = tuple[str, str, str]


def by_any_camera(judged: Judged) -> Judged:
    """The same with each event once for its site, under the camera that told it first.

    An event has the best verdict it has of any camera. One alert is right for it, the first; what
    other cameras raised of it besides is a duplicate.
    """
    groups: dict[_Key, list[JudgedEvent]] = defaultdict(list)
    for one in judged.events:
        groups[_event_key(one)].append(one)
    best = {key: min(group, key=_rank) for key, group in groups.items()}
    events = (one for one in judged.events if best[_event_key(one)] is one)
    return Judged(tuple(events), tuple(_again(one, best) for one in judged.alerts), judged.watched)


def _event_key(one: JudgedEvent) -> _Key:
    return one.event.site, one.event.kind, one.event.id


def _rank(one: JudgedEvent) -> tuple[object, ...]:
    delay = 0.0 if one.delay is None else one.delay
    return (_BEST.index(one.verdict), delay, one.event.key)


def _again(one: JudgedAlert, best: dict[_Key, JudgedEvent]) -> JudgedAlert:
    if one.event is None or one.verdict not in {AlertVerdict.RIGHT, AlertVerdict.LATE}:
        return one
    mine = best[one.alert.site, one.alert.situation, one.event]
    if mine.verdict is not EventVerdict.FOUND:
        return one
    right = mine.alert == one.alert.id and mine.event.key == one.alert.key
    return replace(one, verdict=AlertVerdict.RIGHT if right else AlertVerdict.DUPLICATE)
