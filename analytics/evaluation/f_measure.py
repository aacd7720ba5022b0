"""F: recall and precision in one figure, with an interval by whole cameras."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analytics.evaluation.intervals import Figure, Floats, between, cluster_draws, wilson

RECALL_BIAS = 4.0
"""How much recall weighs in the recall-biased F, as i-LIDS' alpha: 4 is the F2 of retrieval."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What was found, missed and falsely told.

    Attributes:
        found, missed, false: (clusters,): how many, by camera.
    """

    found: Floats
    missed: Floats
    false: Floats


def f_value(found: Floats, missed: Floats, false: Floats, bias: float) -> Floats:
    """F = (1 + a) R P / (R + a P) of recall R and precision P, where a is the recall bias.

    i-LIDS' measure (Home Office, The i-LIDS User Guide, 2011), and with a = b squared van
    Rijsbergen's F_b (1979). NaN where nothing is there and nothing was told.
    """
    weighed = (1 + bias) * found
    there = weighed + bias * missed + false
    nothing = np.full(np.shape(there), math.nan)
    value: Floats = np.divide(weighed, there, out=nothing, where=there > 0)
    return value


def f_measure(outcomes: Outcomes, bias: float, times: int, seed: int) -> Figure:
    """F with its interval by a bootstrap of whole clusters.

    Where every draw says the same, as where nothing was missed and nothing false, it is that of
    the ends of recall's and precision's own intervals.
    """
    table = np.stack([outcomes.found, outcomes.missed, outcomes.false])
    found, missed, false = table.sum(axis=1)
    value = float(f_value(found, missed, false, bias))
    clusters, events = table.shape[1], int(found + missed)
    if math.isnan(value):
        return Figure(value, math.nan, math.nan, events)
    drawn = table @ cluster_draws(clusters, times, seed).T
    again = f_value(drawn[0], drawn[1], drawn[2], bias)
    figure = between(value, again, events, clusters)
    if figure.low < figure.high or (found and missed + false):
        return figure
    low, high = _at_ends(int(found), int(missed), int(false), bias)
    return Figure(value, min(low, value), max(high, value), events)


def _at_ends(found: int, missed: int, false: int, bias: float) -> tuple[float, float]:
    recall, precision = wilson(found, found + missed), wilson(found, found + false)
    ends = []
    for r, p in ((recall.low, precision.low), (recall.high, precision.high)):
        sure = [one for one in (r, p) if not math.isnan(one)]
        least = min(sure)
        whole = (1 + bias) * r * p / (r + bias * p) if len(sure) == 2 and r + p > 0 else least
        ends.append(whole)
    return ends[0], ends[1]
