"""The time two things have in common: what is known and what was watched, or two runs."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import accumulate, islice

from analytics.evaluation.events import CameraKey, Watched


def without_gaps(covered: Iterable[Watched], watched: Iterable[Watched]) -> tuple[Watched, ...]:
    """The time both the truth covers and the platform watched.

    Args:
        covered: with conditions.
        watched: with models and rules: when each camera was really watched.
    """
    return _ordered(
        replace(part, conditions=known.conditions) for known, part in _overlaps(covered, watched)
    )


def shared_time(first: Iterable[Watched], second: Iterable[Watched]) -> tuple[Watched, ...]:
    """The time both were watched, for what both watched for; conditions are those of the first."""
    return _ordered(
        replace(one, begin=part.begin, end=part.end, rules=rules)
        for one, part in _overlaps(first, second)
        for rules in [_both(one, part)]
        if rules or not (one.rules and part.rules)
    )


def _both(one: Watched, other: Watched) -> dict[str, str]:
    """Rules of the first that both have; a span without any has all."""
    if not one.rules:
        return dict(other.rules)
    return {kind: d for kind, d in one.rules.items() if not other.rules or kind in other.rules}


def _ordered(spans: Iterable[Watched]) -> tuple[Watched, ...]:
    return tuple(sorted(spans, key=lambda one: (one.key, one.begin)))


def _overlaps(
    first: Iterable[Watched], second: Iterable[Watched]
) -> Iterator[tuple[Watched, Watched]]:
    """Each span of the first, with each part of the second's spans that lies in it."""
    by_camera: defaultdict[CameraKey, list[Watched]] = defaultdict(list)
    for one in sorted(second, key=lambda span: (span.begin, span.end)):
        by_camera[one.key].append(one)
    # Where a span or one before it ends last: those that end too soon are passed over.
    ends = {key: list(accumulate((s.end for s in some), max)) for key, some in by_camera.items()}
    for known in first:
        some = by_camera.get(known.key, [])
        for seen in islice(some, bisect_right(ends.get(known.key, []), known.begin), None):
            if seen.begin >= known.end:
                break
            begin, end = max(known.begin, seen.begin), min(known.end, seen.end)
            if begin < end:
                yield known, replace(seen, begin=begin, end=end)
