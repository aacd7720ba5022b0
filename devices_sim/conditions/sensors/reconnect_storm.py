"""Reconnect storm: the connection breaks off again and again, after a reading was sent."""

from collections.abc import Sequence

from devices_sim.conditions.model import Moment, Reading, Sending, SensorCondition, in_words

_EVERY_S = (60, 30, 10, 5, 2)


def _send(reading: Reading, _moment: Moment) -> Sequence[Sending]:
    return (Sending(reading),)


def _cuts(moment: Moment) -> bool:
    return moment.step % max(1, round(moment.graded(_EVERY_S) / moment.period)) == 0


CONDITION = SensorCondition(
    name="reconnect_storm",
    title="Reconnect storm",
    grades=in_words("breaks off every {} s", _EVERY_S),
    apply=_send,
    cuts=_cuts,
)
