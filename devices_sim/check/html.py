"""A report as one HTML file: no script, no network, fit for paper."""

from __future__ import annotations

from html import escape
from itertools import groupby

from devices_sim.check.assertion import Level, Outcome
from devices_sim.check.report import MEANINGS, CheckReport, FaultRecord, Finding
from smartopia.clock import rfc3339

_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 2rem auto; max-width: 62rem; padding: 0 1rem; color: #1b1f24; background: #fff;
  font: 15px/1.45 system-ui, "Segoe UI", "Noto Sans", "Noto Sans CJK KR", sans-serif; }
header { display: flex; gap: 1.5rem; align-items: center; margin-bottom: 1.5rem; }
.grade { flex: none; width: 5rem; height: 5rem; border-radius: .5rem; border: .25rem solid;
  display: grid; place-items: center; font-size: 3rem; font-weight: 700; }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; } h2 { font-size: 1.05rem; margin: 1.8rem 0 .4rem; }
p { margin: .15rem 0; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th { text-align: left; font-weight: 600; color: #5b6570; font-size: .85rem; }
th, td { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid #dfe3e8; vertical-align: top; }
th:nth-child(1), th:nth-child(3) { width: 5.5rem; }
th:nth-child(2) { width: 4rem; }
.outcome { font-weight: 600; }
.seen { color: #46505a; overflow-wrap: anywhere; }
p.mend { margin: .35rem 0 .2rem; padding: .4rem .6rem; border-left: .25rem solid #b3151f;
  background: #fdf3f3; color: inherit; }
p.mend.noted { border-color: #c98a00; background: #fdf8ec; }
.well { color: #14632f; } .ill { color: #b3151f; } .noted { color: #7a5200; }
.idle { color: #5b6570; }
@media print { body { margin: 0; font-size: 11px; } tr { break-inside: avoid; }
  h2 { break-after: avoid; } }
"""
_WORDS = {
    Outcome.PASS: ("pass", "well"),
    Outcome.FAIL: ("FAIL", "ill"),
    Outcome.NOT_TRIED: ("not tried", "idle"),
}


def as_html(report: CheckReport) -> str:
    """The report as a page."""
    groups = groupby(report.findings, lambda finding: finding.group)
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>Device check: {escape(report.device)}, grade {report.grade}</title>",
            f"<style>{_STYLE}</style>\n</head>\n<body>",
            _head(report),
            _to_mend(report),
            *(_group(name, list(members)) for name, members in groups),
            _faults(report.faults),
            "</body>\n</html>\n",
        ]
    )


def _head(report: CheckReport) -> str:
    heard = ", ".join(f"{count} on {channel}" for channel, count in report.heard.items())
    return (
        f'<header><div class="grade {"well" if report.passed else "ill"}">{report.grade}</div>'
        f"<div><h1>{escape(report.subject())}</h1>"
        f"<p><strong>{escape(MEANINGS[report.grade])}</strong> ({report.tally()})</p>"
        f'<p class="seen">at {rfc3339(report.checked_at)[:19]}Z for '
        f"{report.seconds:.0f} s; heard: {escape(heard) or 'nothing'}</p></div></header>"
    )


def _to_mend(report: CheckReport) -> str:
    failed = [one for one in report.findings if one.outcome is Outcome.FAIL]
    counted = [one for one in failed if one.level is not Level.MAY]
    if not counted:
        return ""
    rows = "".join(_row(one) for one in counted)
    return f"<h2>To mend</h2>{_table(rows)}"


def _group(name: str, findings: list[Finding]) -> str:
    return f"<h2>{escape(name.capitalize())}</h2>{_table(''.join(map(_row, findings)))}"


def _table(rows: str) -> str:
    head = "<tr><th>Outcome</th><th>No.</th><th>Level</th><th>The device</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _row(finding: Finding) -> str:
    word, style = _WORDS[finding.outcome]
    if finding.level is Level.MAY and finding.outcome is Outcome.FAIL:
        word, style = "note", "noted"
    mend = f'<p class="mend {style}">Mend: {escape(finding.mend)}</p>' if finding.mend else ""
    return (
        f'<tr><td class="outcome {style}">{word}</td><td>{finding.number}</td>'
        f"<td>{finding.level}</td><td>{escape(finding.title)}"
        f'<p class="seen">{escape(finding.seen)}</p>{mend}</td></tr>\n'
    )


def _faults(records: tuple[FaultRecord, ...]) -> str:
    rows = "".join(
        f"<tr><td>{f'{one.at:.1f} s' if one.at is not None else 'not tried'}</td>"
        f"<td>{f'{one.seconds:.1f} s' if one.seconds is not None else ''}</td><td></td>"
        f'<td>{escape(one.title)}<p class="seen">{escape(one.why_not or "")}</p></td></tr>\n'
        for one in records
    )
    head = "<tr><th>At</th><th>For</th><th></th><th>What was done to it</th></tr>"
    table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"
    return f"<h2>Faults</h2>{table}"
