"""Duplicate: a device that missed the acknowledgement sends the same message again."""

from collections.abc import Sequence

from devices_sim.conditions.model import Moment, Reading, Sending, SensorCondition

_SHARE_AND_COPIES = ((0.1, 2), (0.3, 2), (1.0, 2), (1.0, 3), (1.0, 10))


def _repeat(reading: Reading, moment: Moment) -> Sequence[Sending]:
    share, copies = moment.graded(_SHARE_AND_COPIES)
    return (Sending(reading, copies=copies if moment.chance(moment.step) < share else 1),)


CONDITION = SensorCondition(
    name="duplicate",
    title="Duplicates",
    grades=(
        "10% of the messages come twice",
        "30% come twice",
        "each comes twice",
        "each comes 3 times",
        "each comes 10 times",
    ),
    apply=_repeat,
)
