"""Drift: an ageing sensor tells more and more, or less and less, than there is."""

from collections.abc import Sequence

from devices_sim.conditions.model import Moment, Reading, Sending, SensorCondition, in_words, send

_SHARE_A_MINUTE = (0.002, 0.005, 0.01, 0.03, 0.1)


def _drift(reading: Reading, moment: Moment) -> Sequence[Sending]:
    share = moment.graded(_SHARE_A_MINUTE) * moment.since / 60

    def drifted(name: str, result: float) -> float:
        return moment.within(name, result + moment.way(name) * share * moment.width(name))

    return send(reading, drifted)


CONDITION = SensorCondition(
    name="drift",
    title="Drift",
    grades=in_words("runs away by {:.1%} of the range a minute", _SHARE_A_MINUTE),
    apply=_drift,
)
