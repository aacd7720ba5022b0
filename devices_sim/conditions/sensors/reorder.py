"""Reorder: messages overtake one another; sequence numbers come out of order."""

from collections.abc import Sequence

from devices_sim.conditions.model import (
    Moment,
    Reading,
    Sending,
    SensorCondition,
    in_words,
)

_SHARE_AND_PERIODS = ((0.1, 2), (0.25, 3), (0.5, 5), (0.75, 10), (0.9, 20))


def _hold_some(reading: Reading, moment: Moment) -> Sequence[Sending]:
    share, periods = moment.graded(_SHARE_AND_PERIODS)
    if moment.chance("held", moment.step) >= share:
        return (Sending(reading),)
    # More than one period, so that at least one message overtakes it.
    held = 1.1 + (periods - 1.1) * moment.chance("for", moment.step)
    return (Sending(reading, wait=held * moment.period),)


CONDITION = SensorCondition(
    name="reorder",
    title="Out of order",
    grades=in_words("{0[0]:.0%} come up to {0[1]} periods late", _SHARE_AND_PERIODS),
    apply=_hold_some,
)
