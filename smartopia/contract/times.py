"""Which phenomenon times are believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from smartopia.contract.announce import DeviceClock
from smartopia.errors import Reason, RefusedMessageError

AHEAD = timedelta(minutes=5)
BEHIND = timedelta(days=30)
EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)


def check_time(time: datetime, arrived: datetime, clock: DeviceClock) -> None:
    """Refuse a time no working clock would tell.

    A device that replays a recording may tell any time of the past.

    Raises:
        RefusedMessageError: says how far off it is and what to do.
    """
    if time > arrived + AHEAD:
        off = time - arrived
        raise RefusedMessageError(
            Reason.ABSURD_TIME,
            f"time {time.isoformat()} is {_words(off)} ahead of the server; set the device's clock",
        )
    earliest = EARLIEST if clock is DeviceClock.REPLAY else arrived - BEHIND
    if time < earliest:
        raise RefusedMessageError(
            Reason.ABSURD_TIME,
            f"time {time.isoformat()} is {_words(arrived - time)} in the past, at most "
            f"{BEHIND.days} days are believed; set the device's clock, or announce "
            '"clock": "replay" for a recording',
        )


def _words(span: timedelta) -> str:
    seconds = span.total_seconds()
    return f"{seconds / 86_400:.1f} days" if seconds >= 86_400 else f"{seconds:.0f} s"
