"""What a seal is worth."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from smartopia.truth.model import Seal

# Two machines' clocks may differ by so much.
TOLERANCE = timedelta(seconds=1)
# A chapter is revealed at its end, so one that is not by then will not be.
GRACE = timedelta(seconds=60)


class Standing(StrEnum):
    """How far a chapter has come."""

    SEALED = "sealed"
    REVEALED = "revealed"
    NEVER_REVEALED = "sealed, never revealed"


def standing(seal: Seal, now: datetime) -> Standing:
    """How far a chapter has come by now."""
    if seal.revealed_at is not None:
        return Standing.REVEALED
    return Standing.SEALED if now <= seal.ends_at + GRACE else Standing.NEVER_REVEALED


def on_time(seal: Seal) -> bool:
    """Whether the platform had the seal when the chapter began."""
    return seal.sealed_at <= seal.begins_at + TOLERANCE


def timing(seal: Seal) -> str:
    """When the seal came, in words."""
    seconds = (seal.sealed_at - seal.begins_at).total_seconds()
    if seconds <= 0:
        return f"sealed {-seconds:.1f} s before it began"
    return f"sealed {seconds:.1f} s after it began"
