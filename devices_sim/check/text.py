"""A report as text, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

import click

from devices_sim.check.assertion import Level, Outcome
from devices_sim.check.report import MEANINGS, CheckReport, FaultRecord, Finding, Grade

_WIDTH = 100
_INDENT = " " * 22
_PASS = click.style("pass", fg="green")
_NOTE = click.style("note", fg="yellow")
_FAIL = click.style("FAIL", fg="red", bold=True)


def as_text(report: CheckReport) -> str:
    """The report, coloured; `click.unstyle` takes the colours away."""
    lines = [*_head(report)]
    for group, findings in groupby(report.findings, lambda finding: finding.group):
        lines += ["", click.style(group, bold=True), *_group(list(findings))]
    lines += ["", click.style("what was done to it", bold=True)]
    lines += [_fault(record) for record in report.faults if record.at is not None]
    for why, records in groupby(report.faults, lambda record: record.why_not):
        if why is not None:
            which = _listed(list(records), len(report.faults))
            lines += _paragraph("     -     ", f"{which}: {why}", " " * 11)
    return "\n".join([*lines, "", *_verdict(report)])


def _head(report: CheckReport) -> Iterator[str]:
    yield click.style(report.subject(), bold=True)
    heard = ", ".join(f"{count} on {channel}" for channel, count in report.heard.items())
    yield f"{report.seconds:.0f} s; heard: {heard or 'nothing'}"


def _group(findings: Sequence[Finding]) -> Iterator[str]:
    """Each finding; those not tried for one reason on one line."""
    for (outcome, seen), run in groupby(findings, lambda one: (one.outcome, one.seen)):
        members = list(run)
        if outcome is Outcome.NOT_TRIED:
            first, last = members[0].number, members[-1].number
            numbers = first if first == last else f"{first} to {last}"
            yield from _paragraph(f"  -     {numbers}: not tried: ", seen, _INDENT)
        else:
            for finding in members:
                yield from _finding(finding)


def _finding(finding: Finding) -> Iterator[str]:
    head = f"{finding.number:<6} {finding.level:<6} "
    if finding.outcome is Outcome.PASS:
        yield from _paragraph(f"  {_PASS}  {head}", f"{finding.title}: {finding.seen}", _INDENT)
        return
    mark = _NOTE if finding.level is Level.MAY else _FAIL
    yield from _paragraph(f"  {mark}  {head}", finding.title, _INDENT)
    yield from _paragraph(f"{_INDENT}seen: ", finding.seen, _INDENT + "      ")
    yield from _paragraph(f"{_INDENT}mend: ", finding.mend or "", _INDENT + "      ")


def _fault(record: FaultRecord) -> str:
    lasting = f", for {record.seconds:.1f} s" if (record.seconds or 0) >= 1 else ""
    return f"  {record.at:5.1f} s  {record.title}{lasting}"


def _listed(records: Sequence[FaultRecord], of: int) -> str:
    if len(records) == of:
        return "nothing"
    return "not " + ", ".join(record.fault.value.replace("_", " ") for record in records)


def _verdict(report: CheckReport) -> Iterator[str]:
    colour = "red" if report.grade is Grade.F else "green"
    grade = click.style(f"grade {report.grade}", fg=colour, bold=True)
    yield f"{grade}  {MEANINGS[report.grade]}"
    yield f"         {report.tally()}"
    failed = [one for one in report.findings if one.outcome is Outcome.FAIL]
    mend = [one.number for one in failed if one.level is not Level.MAY]
    if mend:
        yield from _paragraph("to mend: ", ", ".join(mend), " " * 9)


def _paragraph(head: str, text: str, indent: str) -> list[str]:
    room = _WIDTH - len(click.unstyle(head))
    first, *more = textwrap.wrap(text, room) or [""]
    rest = textwrap.wrap(" ".join(more), _WIDTH - len(indent))
    return [head + first, *(indent + line for line in rest)]
