"""Flat line: a stuck sensor repeats the first result, and may leap when pushed hard."""

import math
from collections.abc import Sequence

from devices_sim.conditions.model import Moment, Reading, Sending, SensorCondition, send

# Stiction, as of a float in mud. A leap is a share of the range.
_LEAPS = (0.02, 0.05, 0.15, 0.4, math.inf)


def _stick(reading: Reading, moment: Moment) -> Sequence[Sending]:
    leap = moment.graded(_LEAPS)

    def stuck(name: str, result: float) -> float:
        first = moment.first.results.get(name, result)
        if math.isinf(leap):
            return first
        step = leap * moment.width(name)
        return moment.within(name, first + math.trunc((result - first) / step) * step)

    return send(reading, stuck)


CONDITION = SensorCondition(
    name="flat_line",
    title="Flat line",
    grades=(
        "repeats the first result until the true one is 2% of the range away",
        "until it is 5% of the range away",
        "until it is 15% of the range away",
        "until it is 40% of the range away",
        "repeats the first result for ever",
    ),
    apply=_stick,
)
