"""Time, in one place: UTC instants, and RFC 3339 in and out."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def rfc3339(instant: datetime) -> str:
    """An instant as RFC 3339 in UTC with microseconds, ending in Z."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def from_rfc3339(text: str) -> datetime:
    """The instant an RFC 3339 text names.

    Raises:
        ValueError: the text is no RFC 3339 instant, or names no UTC offset.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} names no UTC offset; end it in Z")
    return instant.astimezone(UTC)
