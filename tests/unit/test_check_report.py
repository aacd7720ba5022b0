"""The report of a check: its grade, and that every form of it says the same."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import click
import jsonschema
import pytest

from devices_sim.check.assertion import Level, Outcome
from devices_sim.check.assertions import ASSERTIONS, GROUPS
from devices_sim.check.html import as_html
from devices_sim.check.report import (
    B_SHARE,
    MEANINGS,
    CheckReport,
    Finding,
    Grade,
    grade,
    judge,
)
from devices_sim.check.text import as_text
from devices_sim.check.transcript import TITLES, Fault, Injected
from smartopia.contract.topics import Channel
from tests.support.transcripts import ANNOUNCE, heard, told, transcript

HOW_TO = Path(__file__).parents[2] / "docs/how-to/check-a-device.md"
NASTY = '<script>alert("river")</script>'


def _finding(level: Level, outcome: Outcome) -> Finding:
    return Finding(
        group="results", number="D0.0", level=level, title="is", outcome=outcome, seen="so"
    )


def _graded(must: str, should: str, *, line_tried: bool = True) -> Grade:
    """`p`assed, `f`ailed and `n`ot tried ones of each level."""
    outcomes = {"p": Outcome.PASS, "f": Outcome.FAIL, "n": Outcome.NOT_TRIED}
    findings = [_finding(Level.MUST, outcomes[letter]) for letter in must]
    findings += [_finding(Level.SHOULD, outcomes[letter]) for letter in should]
    return grade([*findings, _finding(Level.MAY, Outcome.FAIL)], line_tried=line_tried)


@pytest.mark.parametrize(
    ("must", "should", "expected"),
    [
        ("pppn", "ppp", "A"),
        ("pppn", "pppf", "B"),
        ("pppn", "ppffnnnn", "C"),
        ("pppf", "pppp", "F"),
        ("nnnn", "pppp", "F"),
    ],
)
def test_grades(must: str, should: str, expected: str) -> None:
    assert _graded(must, should) == expected


def test_a_device_whose_line_was_not_broken_gets_no_a() -> None:
    assert _graded("ppp", "ppp", line_tried=False) is Grade.B


def _report(title: str = "Old bridge") -> CheckReport:
    faulty = [told(1.0 + n, n) for n in range(8)] + [told(9, 8, levle=2.0)]
    whole = transcript(faulty, announce={**ANNOUNCE, "title": title})
    cut = Injected(Fault.CUT, 10.0, 10.0, 12.0)
    untried = {Fault.AWAY: "no time was left"}
    return judge(replace(whole, injected=(cut,), untried=untried, seconds=12.0), "running")


def test_every_form_names_every_assertion_and_every_fault() -> None:
    report = _report()
    text, page = click.unstyle(as_text(report)), as_html(report)
    data = json.loads(report.model_dump_json())
    assert [one["number"] for one in data["findings"]] == [one.number for one in ASSERTIONS]
    for one in report.findings:
        assert f">{one.number}<" in page
        if one.outcome is Outcome.FAIL:
            assert one.number in text
            assert " ".join((one.mend or "?").split()[:6]) in text
    assert TITLES[Fault.CUT] in text
    assert "no time was left" in text
    assert all(title in page for title in TITLES.values())
    assert f"grade {report.grade}" in text
    assert max(map(len, text.splitlines())) <= 100


def test_json_has_the_shape_its_schema_says_and_reads_back() -> None:
    report = _report()
    data = json.loads(report.model_dump_json())
    jsonschema.validate(data, CheckReport.model_json_schema())
    assert CheckReport.model_validate(data) == report
    assert data["format"] == 1
    assert data["passed"] is False


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"src", "href"}]


def test_the_page_is_one_file_and_what_a_device_says_stays_text() -> None:
    page = as_html(_report(title=NASTY))
    read = _Page()
    read.feed(page)
    assert "script" not in read.tags
    assert read.links == []
    assert "url(" not in page
    assert "&lt;script&gt;" in page


def test_control_characters_of_a_device_do_not_reach_the_terminal() -> None:
    noisy = transcript([heard(1, Channel.OBSERVATIONS, {"\x1b[2J\r\nlevel": 2.0})])
    (finding,) = [one for one in judge(noisy, "running").findings if one.number == "D4.2"]
    assert finding.outcome is Outcome.FAIL
    assert "[2J  level" in finding.seen
    assert finding.seen.isprintable()


def test_the_how_to_lists_every_assertion_fault_and_grade() -> None:
    text = HOW_TO.read_text()
    rows = re.findall(r"^\| (D[\d.]+) \| (\w+) \| (.+?) \| (.+) \|$", text, re.MULTILINE)
    assert rows == [(one.number, one.level.value, one.title, one.mend) for one in ASSERTIONS]
    assert re.findall(r"^### D\d: (.+)$", text, re.MULTILINE) == list(GROUPS)
    for title in TITLES.values():
        assert title in text
    for letter, meaning in MEANINGS.items():
        assert f"| {letter} | {meaning} |" in text
    assert f"{B_SHARE:.0%}".replace("%", " %") in text
    assert get_args(CheckReport.model_fields["format"].annotation) == (1,)
