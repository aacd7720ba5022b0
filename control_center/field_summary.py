"""What operators found in the field, counted by situation: pure. Counts only; a rate with its
interval is the evaluation's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Row = Mapping[str, Any]
_DISPOSITIONS = ("true", "false", "test", "duplicate")


def summarise(alerts: Iterable[Row], checks: Iterable[Row], misses: Iterable[Row]) -> Row:
    """The counts as the API tells them.

    Args:
        alerts: situation, disposition (None: not resolved), false_reason, n.
        checks: answer (None: not answered), situation where something was missed, n.
        misses: situation, n.
    """
    situations: dict[str, dict[str, Any]] = {}
    answers = {"nothing": 0, "missed": 0, "cannot_tell": 0, "unanswered": 0}
    for row in alerts:
        counts = _of(situations, row["situation"])
        counts["alerts"] += row["n"]
        counts[row["disposition"] or "unresolved"] += row["n"]
        if row["false_reason"] is not None:
            reasons = counts["false_reasons"]
            reasons[row["false_reason"]] = reasons.get(row["false_reason"], 0) + row["n"]
    for row in checks:
        answers[row["answer"] or "unanswered"] += row["n"]
        if row["situation"] is not None:
            _of(situations, row["situation"])["missed_in_checks"] += row["n"]
    for row in misses:
        _of(situations, row["situation"])["missed_reported"] += row["n"]
    return {
        "situations": [situations[name] for name in sorted(situations)],
        "checks": answers,
    }


def _of(situations: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    return situations.setdefault(
        name,
        {
            "situation": name,
            "alerts": 0,
            **dict.fromkeys(_DISPOSITIONS, 0),
            "unresolved": 0,
            "false_reasons": {},
            "missed_in_checks": 0,
            "missed_reported": 0,
        },
    )
