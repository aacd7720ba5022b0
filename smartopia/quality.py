"""Quality flags of observations, after QARTOD: 1 pass, 4 fail."""

from __future__ import annotations

PASS = 1
FAIL = 4


def gross_range(result: float, span: tuple[float, float] | None) -> int:
    """Whether a sensor can have measured this at all (QARTOD gross range test)."""
    if span is None or span[0] <= result <= span[1]:
        return PASS
    return FAIL
