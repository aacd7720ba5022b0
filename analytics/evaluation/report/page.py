"""The report as one HTML page that needs nothing else and prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from analytics.evaluation.report import svg, words
from analytics.evaluation.report.glossary import GLOSSARY
from smartopia.clock import rfc3339
from smartopia.reports import Report, Table

_PAGES = Environment(
    loader=PackageLoader("analytics.evaluation.report", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_NO_TOP = 1.0


def render(report: Report, pictures: Sequence[str] = ()) -> str:
    """The page.

    Args:
        report: what it says.
        pictures: data URLs, one for each of the report's examples; or none at all.
    """
    shown = [*pictures, *[""] * (len(report.examples) - len(pictures))]
    return _PAGES.get_template("report.html").render(
        report=report,
        made_at=rfc3339(report.made_at),
        measures={one.name: one for one in report.measures},
        examples=list(zip(report.examples, shown, strict=True)),
        told=words.told,
        counted=words.counted,
        apart=words.apart,
        number=words.number,
        intervals=svg.intervals,
        waterfall=svg.waterfall,
        top=_tops(report),
        glossary=GLOSSARY,
    )


def _tops(report: Report) -> Mapping[str, Mapping[str, float]]:
    """By table and measure, where its axis ends: 1 for shares, else what is reached."""
    whole = Table(
        name="whole",
        title="",
        told="",
        measures=tuple(one.name for one in report.measures),
        rows=(report.whole,),
    )
    units = {one.name: one.unit for one in report.measures}
    return {
        table.name: {
            name: _NO_TOP if units[name] == "share" else _greatest(table, name)
            for name in table.measures
        }
        for table in (whole, *report.tables)
    }


def _greatest(table: Table, name: str) -> float:
    figures = [
        side[name] for row in table.rows for side in (row.lab, row.field) if side and name in side
    ]
    ends = [one.high if one.high is not None else one.value for one in figures if not one.few]
    return max((end for end in ends if end is not None), default=_NO_TOP) or _NO_TOP
