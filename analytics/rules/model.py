"""What a threshold rule says. Its YAML file has these fields and no others."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from smartopia.alarms.model import Certainty, Domain, Severity, Urgency


class Statistic(StrEnum):
    """What of the observations is compared."""

    LAST = "last"
    SUM = "sum"
    MEAN = "mean"


class Limit(BaseModel):
    """A comparison with one number; exactly one of the four is given."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self._given()) != 1:
            raise ValueError("give exactly one of at_least, above, at_most, below")
        return self

    def _given(self) -> dict[str, float]:
        return {name: value for name, value in self if value is not None}

    @property
    def value(self) -> float:
        """The number compared with."""
        return next(iter(self._given().values()))

    def holds(self, value: float) -> bool:
        """Whether a value is past this limit."""
        if self.at_least is not None:
            return value >= self.at_least
        if self.above is not None:
            return value > self.above
        if self.at_most is not None:
            return value <= self.at_most
        return self.below is not None and value < self.below

    @property
    def upward(self) -> bool:
        """Whether large values are past it."""
        return self.at_least is not None or self.above is not None

    def overlaps(self, other: Limit) -> bool:
        """Whether some value is past both."""
        if self.upward == other.upward:
            return True
        low, high = (self, other) if self.upward else (other, self)
        return low.value < high.value or (low.holds(high.value) and high.holds(low.value))

    def __str__(self) -> str:
        name, value = next(iter(self._given().items()))
        return f"{name.replace('_', ' ')} {value:g}"


Duration = Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(days=31))]
Hour = Annotated[int, Field(ge=0, le=23)]


class Rule(BaseModel):
    """One threshold rule.

    Attributes:
        raise_: the limit past which the condition holds (`raise` in YAML).
        clear: the limit past which it no longer does; by default, `raise` no longer holding.
            A gap between both (hysteresis) keeps a value that wavers from flapping.
        for_: how long the condition must hold (`for` in YAML).
        clear_for: how long it must not, before the alert clears.
        hours: local hours [from, until) in which the rule is in force.
        longest_period: leave out datastreams that report more rarely than this.
        source: where the threshold comes from; "own" where nobody published one.
        guidance: what the operator should do. A rule nobody can act on is not an alarm.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{2,60}$")]
    domain: Domain
    title: Annotated[str, Field(min_length=3, max_length=120)]
    observed_property: str
    statistic: Statistic = Statistic.LAST
    window: Duration = timedelta(0)
    raise_: Annotated[Limit, Field(alias="raise")]
    clear: Limit | None = None
    for_: Annotated[Duration, Field(alias="for")] = timedelta(0)
    clear_for: Duration = timedelta(0)
    hours: tuple[Hour, Hour] | None = None
    longest_period: Duration | None = None
    severity: Severity
    urgency: Urgency
    certainty: Certainty = Certainty.OBSERVED
    guidance: Annotated[str, Field(min_length=10, max_length=1000)]
    source: Annotated[str, Field(min_length=3, max_length=500)]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.statistic is Statistic.LAST) != (not self.window):
            raise ValueError("window: give one for sum and mean, and none for last")
        if self.clear is not None and self.clear.overlaps(self.raise_):
            raise ValueError(
                f"clear ({self.clear}) holds where raise ({self.raise_}) does: it would flap"
            )
        return self

    @property
    def digest(self) -> str:
        """SHA-256 of all it says: an alert names the rule as it was."""
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()

    def suits(self, period: timedelta) -> bool:
        """Whether the rule makes sense for a datastream that reports so often."""
        return self.longest_period is None or period <= self.longest_period

    def in_words(self) -> str:
        """The condition, for people."""
        over = f" over {spoken(self.window)}" if self.window else ""
        held = f" for {spoken(self.for_)}" if self.for_ else ""
        what = "" if self.statistic is Statistic.LAST else f"{self.statistic} of "
        hours = f", {self.hours[0]:02d}-{self.hours[1]:02d} h" if self.hours else ""
        return f"{what}{self.observed_property}{over} {self.raise_}{held}{hours}"


def spoken(span: timedelta) -> str:
    """A duration for people: 30 s, 5 min, 2 h."""
    seconds = span.total_seconds()
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"
