"""Noise: results scatter round the true one."""

from collections.abc import Sequence
from statistics import NormalDist

from devices_sim.conditions.model import Moment, Reading, Sending, SensorCondition, in_words, send

_DEVIATIONS = (0.005, 0.01, 0.02, 0.05, 0.1)
_NORMAL = NormalDist()
_LEAST_CHANCE = 2.0**-54  # the normal distribution has no end; chance 0 would be there


def _scatter(reading: Reading, moment: Moment) -> Sequence[Sending]:
    deviation = moment.graded(_DEVIATIONS)

    def scattered(name: str, result: float) -> float:
        chance = moment.chance(name, moment.step)
        off = deviation * moment.width(name) * _NORMAL.inv_cdf(max(chance, _LEAST_CHANCE))
        return moment.within(name, result + off)

    return send(reading, scattered)


CONDITION = SensorCondition(
    name="noise",
    title="Noise",
    grades=in_words("standard deviation {:.1%} of the range", _DEVIATIONS),
    apply=_scatter,
)
