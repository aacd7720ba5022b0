"""Late batch: the link is down for a while; then all that was held comes in one go."""

from collections.abc import Sequence

from devices_sim.conditions.model import Moment, Reading, Sending, SensorCondition, in_words

_HELD_S = (5, 15, 60, 300, 1800)


def _hold(reading: Reading, moment: Moment) -> Sequence[Sending]:
    held = moment.graded(_HELD_S)
    return (Sending(reading, wait=min(held - moment.since % held, moment.left)),)


CONDITION = SensorCondition(
    name="late_batch",
    title="Late batch",
    grades=in_words("held, and sent together every {} s", _HELD_S),
    apply=_hold,
)
