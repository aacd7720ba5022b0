"""What an assertion is: a number, a level, a sentence, how to mend it, and one function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from devices_sim.check.evidence import Evidence


class Level(StrEnum):
    """After RFC 2119. A MAY is looked at and told, and never counted."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


class Outcome(StrEnum):
    """`not tried`: what it is about did not happen; the verdict says why."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome, and what was seen, in words."""

    outcome: Outcome
    seen: str


Judge = Callable[[Evidence], Verdict]


@dataclass(frozen=True, slots=True)
class Assertion:
    """One sentence that is true of a good device.

    Attributes:
        number: for ever; a number whose assertion is gone is not used again.
        title: the sentence, without its subject ("the device").
        mend: what to do where it is false.
    """

    number: str
    level: Level
    title: str
    mend: str
    judge: Judge


def assertion(number: str, level: Level, title: str, *, mend: str) -> Callable[[Judge], Assertion]:
    """Make an assertion of a function."""

    def make(judge: Judge) -> Assertion:
        return Assertion(number, level, title, mend, judge)

    return make


def passed(seen: str) -> Verdict:
    """It is so."""
    return Verdict(Outcome.PASS, seen)


def failed(seen: str) -> Verdict:
    """It is not so."""
    return Verdict(Outcome.FAIL, seen)


def not_tried(why: str) -> Verdict:
    """Nobody can tell."""
    return Verdict(Outcome.NOT_TRIED, why)


def judged(holds: bool, seen: str) -> Verdict:
    """Whether it is so."""
    return passed(seen) if holds else failed(seen)
