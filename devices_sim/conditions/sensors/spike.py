"""Spike: now and then one result leaps far away and is back with the next."""

from collections.abc import Sequence

from devices_sim.conditions.model import Moment, Reading, Sending, SensorCondition, in_words, send

_CHANCE_AND_SHARE = ((0.01, 0.2), (0.02, 0.4), (0.05, 0.6), (0.1, 0.8), (0.2, 1.0))


def _spike(reading: Reading, moment: Moment) -> Sequence[Sending]:
    chance, share = moment.graded(_CHANCE_AND_SHARE)

    def spiked(name: str, result: float) -> float:
        if moment.chance(name, moment.step) >= chance:
            return result
        return moment.within(name, result + moment.way(name) * share * moment.width(name))

    return send(reading, spiked)


CONDITION = SensorCondition(
    name="spike",
    title="Spikes",
    grades=in_words("{0[0]:.0%} leap by {0[1]:.0%} of the range", _CHANCE_AND_SHARE),
    apply=_spike,
)
