"""Make a report again and say what differs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from analytics.evaluation.report.field import make_field_report
from analytics.evaluation.report.objects import make_objects_report
from analytics.evaluation.report.plan import ObjectsPlan
from analytics.evaluation.report.situations import make_situations_report
from smartopia.errors import ConfigurationError
from smartopia.reports import Figure, Report, Row, read_report

_CLOSE = 1e-6
_PATHS = ("lab", "field", "model", "under", "compare")


def verify_report(file: Path, say: Callable[[str], None]) -> list[str]:
    """What differs between a report and the same made anew, causes first; nothing where data
    and figures are the same. Other code or libraries that change no figure are told to `say`.

    Raises:
        ConfigurationError: it cannot be made anew; says why.
    """
    before = read_report(file)
    with tempfile.TemporaryDirectory() as kept:
        after = _again(before, Path(kept), say)
    figures, causes = list(_figures(before, after)), list(_causes(before, after))
    if figures or _digests(before) != _digests(after):
        return [*causes, *figures]
    for line in causes:
        say(f"all figures are the same, though another is the {line}")
    return []


def _digests(report: Report) -> dict[str, str | None]:
    """Of all data that is scored, by what it is."""
    under: Mapping[str, str] = report.provenance.inputs.get("under_digests", {})
    sides = {f"data of the {side.name}": side.digest for side in report.sides}
    others: Mapping[str, str] = report.provenance.inputs.get("compare_digests", {})
    return {
        **sides,
        **{f"data under {name}": digest for name, digest in under.items()},
        **{f"data of {name}": digest for name, digest in others.items()},
    }


def _again(before: Report, kept: Path, say: Callable[[str], None]) -> Report:
    inputs = before.provenance.inputs
    named = (inputs[name] for name in _PATHS if inputs.get(name))
    paths = [Path(one) for some in named for one in ([some] if isinstance(some, str) else some)]
    gone = [str(path) for path in paths if not path.exists()]
    if gone:
        raise ConfigurationError(
            f"it cannot be made anew: {', '.join(gone)} is not there; put it back"
        )
    match before.kind:
        case "objects":
            return make_objects_report(ObjectsPlan.of_inputs(inputs), kept, [], say).report
        case "situations":
            lab_runs, field_runs, others = (
                [Path(p) for p in inputs.get(name, ())] for name in ("lab", "field", "compare")
            )
            return make_situations_report(lab_runs, field_runs, [], say, others)[0]
        case "field":
            lab = Path(inputs["lab"]) if inputs["lab"] else None
            return make_field_report(Path(inputs["field"]), lab, [])[0]


def _causes(before: Report, after: Report) -> Iterator[str]:
    """What was read or used, and is another now."""
    old, new = _digests(before), _digests(after)
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield f"{name}: SHA-256 {old.get(name)}, now {new.get(name)}"
    made, now = before.provenance, after.provenance
    for name in sorted(made.models.keys() | now.models.keys()):
        if made.models.get(name) != now.models.get(name):
            yield f"model {name}: SHA-256 {made.models.get(name)}, now {now.models.get(name)}"
    if made.code != now.code:
        yield f"code: Smartopia {made.version} {made.code}, now {now.version} {now.code}"
    for name in sorted(made.libraries.keys() | now.libraries.keys()):
        if made.libraries.get(name) != now.libraries.get(name):
            yield f"library {name}: {made.libraries.get(name)}, now {now.libraries.get(name)}"


def _figures(before: Report, after: Report) -> Iterator[str]:
    old, new = _all_figures(before), _all_figures(after)
    for name in sorted(old.keys() | new.keys()):
        if not _same(old.get(name), new.get(name)):
            yield f"figure {name}: {_told(old.get(name))}, now {_told(new.get(name))}"


def _all_figures(report: Report) -> dict[str, Figure]:
    parts = [("whole", report.whole), *((t.name, row) for t in report.tables for row in t.rows)]
    rows = {name: figure for table, row in parts for name, figure in _of_row(table, row)}
    losses = {
        f"{one.measure} {one.name}, {when}": figure
        for one in report.losses
        for when, figure in (("before", one.before), ("after", one.after), ("change", one.change))
    }
    return {**rows, **losses}


def _of_row(table: str, row: Row) -> Iterator[tuple[str, Figure]]:
    for side, figures in (("lab", row.lab), ("field", row.field)):
        for measure, figure in (figures or {}).items():
            yield f"{measure} of {table} {row.part} in the {side}", figure


def _same(old: Figure | None, new: Figure | None) -> bool:
    if old is None or new is None or old.n != new.n:
        return False
    pairs = zip((old.value, old.low, old.high), (new.value, new.low, new.high), strict=True)
    return all(
        a == b or (a is not None and b is not None and abs(a - b) <= _CLOSE) for a, b in pairs
    )


def _told(figure: Figure | None) -> str:
    return "none" if figure is None else f"{figure.value} (n = {figure.n})"
