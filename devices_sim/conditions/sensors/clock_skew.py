"""Clock skew: the device's clock is wrong, and so are the times of its readings."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from devices_sim.conditions.model import Moment, Reading, Sending, SensorCondition

# The contract believes a clock up to 5 minutes ahead (smartopia/contract/times.py).
_AHEAD = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=4),
    timedelta(hours=1),
    None,
)
_NEVER_SET = datetime(1970, 1, 1, tzinfo=UTC)


def _skew(reading: Reading, moment: Moment) -> Sequence[Sending]:
    ahead = moment.graded(_AHEAD)
    time = reading.time + ahead if ahead else _NEVER_SET + timedelta(seconds=moment.since)
    return (Sending(Reading(time, reading.results)),)


CONDITION = SensorCondition(
    name="clock_skew",
    title="Clock skew",
    grades=(
        "the clock is 5 s ahead",
        "1 min ahead",
        "4 min ahead, just believed",
        "1 h ahead, not believed",
        "it was never set and began in 1970, not believed",
    ),
    apply=_skew,
)
