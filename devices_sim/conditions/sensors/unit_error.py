"""Unit error: results in another unit than the announced one, after a bad update.

They are not kept within the range: who mistakes the unit mistakes the limits.
"""

from collections.abc import Sequence

from devices_sim.conditions.model import Moment, Reading, Sending, SensorCondition, send

_FACTORS = (1.0936, 1.6093, 3.2808, 10.0, 1000.0)


def _mistake(reading: Reading, moment: Moment) -> Sequence[Sending]:
    factor = moment.graded(_FACTORS)
    return send(reading, lambda _name, result: round(result * factor, 4))


CONDITION = SensorCondition(
    name="unit_error",
    title="Wrong unit",
    grades=(
        "1.0936 times too much, as yards told for metres",
        "1.6093 times, as kilometres told for miles",
        "3.2808 times, as feet told for metres",
        "10 times, as millimetres told for centimetres",
        "1000 times, as millimetres told for metres",
    ),
    apply=_mistake,
)
