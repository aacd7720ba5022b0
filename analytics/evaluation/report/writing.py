"""The files of a report: page, JSON, and tables as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from analytics.evaluation.report.page import render
from smartopia.reports import PAGE_FILE, REPORT_FILE, Figure, Report

FIGURES_FILE = "figures.csv"
ROWS_FILE = "rows.csv"
_COLUMNS = ("table", "part", "side", "measure", "value", "low", "high", "n", "few")


def write_report(
    folder: Path,
    report: Report,
    pictures: Sequence[str],
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
) -> Path:
    """Write all files; the JSON comes last, since a folder with one holds a whole report.

    Returns:
        The page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / PAGE_FILE
    _write(page, render(report, pictures))
    _write(folder / FIGURES_FILE, _csv(_COLUMNS, (*_figures(report), *_losses(report))))
    _write(folder / ROWS_FILE, _csv(columns, rows))
    _write(folder / REPORT_FILE, report.model_dump_json(indent=1) + "\n")
    return page


def _write(file: Path, content: str) -> None:
    """Write all at once: whoever reads meanwhile reads the old or the new."""
    aside = file.with_name(f".{file.name}.new")
    aside.write_text(content)
    aside.replace(file)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def _figures(report: Report) -> Iterator[list[str]]:
    tables = [("whole", (report.whole,)), *((one.name, one.rows) for one in report.tables)]
    for table, rows in tables:
        for row in rows:
            for side, figures in (("lab", row.lab), ("field", row.field)):
                for measure, figure in (figures or {}).items():
                    yield [table, row.part, side, measure, *_cells(figure)]


def _losses(report: Report) -> Iterator[list[str]]:
    for one in report.losses:
        for when, figure in (("before", one.before), ("after", one.after), ("change", one.change)):
            yield ["losses", one.name, when, one.measure, *_cells(figure)]


def _cells(figure: Figure) -> Iterator[str]:
    for value in (figure.value, figure.low, figure.high):
        yield "" if value is None else f"{value:.6f}"
    yield str(figure.n)
    yield "yes" if figure.few else "no"
