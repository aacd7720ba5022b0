"""What cameras need so that rules can tell something on them, summed up in a few words: pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

_NAMED = 3


def in_words(lacks: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """A sentence for all cameras that lack the same.

    Args:
        lacks: by camera, which rules cannot tell anything on it, and why.
    """
    cameras: defaultdict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for camera, rules in lacks.items():
        by_why: defaultdict[str, list[str]] = defaultdict(list)
        for rule, why in rules.items():
            by_why[why].append(rule)
        for why, named in by_why.items():
            cameras[why, tuple(sorted(named))].append(camera)
    return tuple(
        f"{_list(sorted(found))}: {', '.join(rules)}: {why}"
        for (why, rules), found in sorted(cameras.items())
    )


def _list(names: Sequence[str]) -> str:
    if len(names) <= _NAMED + 1:
        return ", ".join(names)
    return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more cameras"
