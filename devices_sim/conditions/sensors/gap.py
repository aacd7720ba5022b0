"""Gap: readings that were never made, several in a row."""

from collections.abc import Sequence

from devices_sim.conditions.model import Moment, Reading, Sending, SensorCondition, in_words

_OF = 10
_MISSING = (1, 3, 5, 8, 10)


def _leave_out(reading: Reading, moment: Moment) -> Sequence[Sending]:
    missing = moment.graded(_MISSING)
    ten, place = divmod(moment.step, _OF)
    begin = int(moment.chance(ten) * (_OF - missing + 1))
    return () if begin <= place < begin + missing else (Sending(reading),)


CONDITION = SensorCondition(
    name="gap",
    title="Gap",
    grades=in_words("{} of 10 readings are missing", _MISSING),
    apply=_leave_out,
)
