"""What a check found: each assertion's verdict, the faults, and a grade."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from devices_sim.check.assertion import Assertion, Level, Outcome
from devices_sim.check.assertions import GROUPS
from devices_sim.check.evidence import Evidence
from devices_sim.check.transcript import TITLES, Fault, Transcript

B_SHARE = 0.75
_LONGEST_SEEN = 600


class Grade(StrEnum):
    """See `grade`."""

    A = "A"
    B = "B"
    C = "C"
    F = "F"


MEANINGS = {
    Grade.A: "passed: every MUST and SHOULD holds, and its line was broken on purpose",
    Grade.B: "passed: every MUST that was tried holds, and most SHOULDs",
    Grade.C: "passed: every MUST that was tried holds",
    Grade.F: "not passed: a MUST does not hold",
}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Finding(_Part):
    """One assertion and its verdict. `mend` is set where it failed."""

    group: str
    number: str
    level: Level
    title: str
    outcome: Outcome
    seen: str
    mend: str | None = None


class FaultRecord(_Part):
    """One fault: when (seconds since the check began) and for how long, or why not."""

    fault: Fault
    title: str
    at: float | None = None
    seconds: float | None = None
    why_not: str | None = None


class Count(_Part):
    """How many assertions of a level came out how."""

    passed: int
    failed: int
    not_tried: int


class CheckReport(_Part):
    """The report of one check, in a shape that stays.

    Attributes:
        format: grows when a field changes its meaning or goes.
        device: SITE/DEVICE.
        what: a kind that was started for the check, or a device that runs.
        kind: by its announcement.
        passed: no MUST failed.
        seconds: how long the check took.
        heard: messages by channel.
    """

    format: Literal[1] = 1
    device: str
    what: Literal["kind", "running"]
    kind: str | None
    checked_at: AwareDatetime
    seconds: float
    passed: bool
    grade: Grade
    counts: dict[Level, Count]
    heard: dict[str, int]
    findings: tuple[Finding, ...]
    faults: tuple[FaultRecord, ...]

    def subject(self) -> str:
        """What was checked, and how."""
        if self.what == "kind":
            return f"{self.device.split('/')[1]}, a kind, checked on a broker of its own"
        return f"{self.device} ({self.kind or 'no valid announcement'}), checked as it runs"

    def tally(self) -> str:
        """How many of each level passed, of those that could be tried."""
        told = [
            f"{level} {count.passed} of {count.passed + count.failed}"
            for level, count in self.counts.items()
            if level is not Level.MAY
        ]
        untried = sum(count.not_tried for count in self.counts.values())
        return ", ".join([*told, f"{untried} not tried"])


def judge(transcript: Transcript, what: Literal["kind", "running"]) -> CheckReport:
    """Judge all assertions, and grade."""
    evidence = Evidence(transcript)
    findings = tuple(
        _finding(group, one, evidence) for group, members in GROUPS.items() for one in members
    )
    faults = _faults(transcript)
    given = grade(findings, line_tried=any(record.at is not None for record in faults))
    return CheckReport(
        device=str(transcript.key),
        what=what,
        kind=evidence.announce.kind if evidence.announce else None,
        checked_at=transcript.began,
        seconds=round(transcript.seconds, 1),
        passed=given is not Grade.F,
        grade=given,
        counts={level: _count(findings, level) for level in Level},
        heard=dict(Counter(heard.channel.value for heard in transcript.heard)),
        findings=findings,
        faults=faults,
    )


def grade(findings: Sequence[Finding], *, line_tried: bool) -> Grade:
    """F: a MUST failed. A: no MUST and no SHOULD failed, and its connection was cut.

    B: of the SHOULDs tried at least three in four passed. C: fewer. What was not tried does
    not count; a MAY never does.
    """
    must, should = _count(findings, Level.MUST), _count(findings, Level.SHOULD)
    if must.failed or not must.passed:
        return Grade.F
    if not should.failed:
        return Grade.A if line_tried else Grade.B
    tried = should.passed + should.failed
    return Grade.B if should.passed >= math.ceil(B_SHARE * tried) else Grade.C


def _finding(group: str, one: Assertion, evidence: Evidence) -> Finding:
    verdict = one.judge(evidence)
    mend = one.mend if verdict.outcome is Outcome.FAIL else None
    # What a device says shall neither flood nor command a terminal.
    seen = "".join(letter if letter.isprintable() else " " for letter in verdict.seen)
    seen = seen if len(seen) <= _LONGEST_SEEN else seen[: _LONGEST_SEEN - 3] + "..."
    return Finding(
        group=group,
        number=one.number,
        level=one.level,
        title=one.title,
        outcome=verdict.outcome,
        seen=seen,
        mend=mend,
    )


def _faults(transcript: Transcript) -> tuple[FaultRecord, ...]:
    injected = {one.fault: one for one in transcript.injected}
    records = []
    for fault in Fault:
        one = injected.get(fault)
        records.append(
            FaultRecord(
                fault=fault,
                title=TITLES[fault],
                at=round(one.began, 2) if one else None,
                seconds=round(one.ended - one.began, 2) if one else None,
                why_not=None if one else transcript.untried.get(fault, "not reached"),
            )
        )
    return tuple(records)


def _count(findings: Sequence[Finding], level: Level) -> Count:
    outcomes = Counter(one.outcome for one in findings if one.level is level)
    return Count(
        passed=outcomes[Outcome.PASS],
        failed=outcomes[Outcome.FAIL],
        not_tried=outcomes[Outcome.NOT_TRIED],
    )
