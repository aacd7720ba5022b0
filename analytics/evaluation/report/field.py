"""The report on live operation, where nobody knows the truth: by what operators said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from analytics.evaluation.field import LiveScore, score_live
from analytics.evaluation.report import words
from analytics.evaluation.report.export import Export, read_export
from analytics.evaluation.report.figures import as_figure, rows
from analytics.evaluation.report.provenance import provenance
from smartopia.clock import rfc3339, utc_now
from smartopia.errors import ConfigurationError
from smartopia.reports import (
    Figure,
    Measure,
    Problem,
    Report,
    Row,
    Side,
    Table,
    read_report,
)

MEASURES = (
    Measure(
        name="recall",
        title="Found",
        unit="share",
        better="higher",
        told="Recall, estimated: of all events, the share that was alerted. Events nobody was "
        "alerted of are those reported, and those that spot checks at random stand for.",
    ),
    Measure(
        name="precision",
        title="Right",
        unit="share",
        better="higher",
        told="Precision: of the alerts operators resolved as true or false, the share that was "
        "true.",
    ),
)
ROW_COLUMNS = ("what", "id", "situation", "site", "camera", "time", "said")


def make_field_report(
    exported: Path, lab_report: Path | None, command: Sequence[str]
) -> tuple[Report, list[list[str]]]:
    """What live operation tells, beside a lab report on situations.

    Raises:
        ConfigurationError: a file cannot be read, or is of another kind.
    """
    held, digest = read_export(exported)
    lab = None if lab_report is None else _lab(lab_report)
    scores = score_live(held.disposed(), held.spot_checks(), held.miss_reports())
    names = [one.name for one in MEASURES]
    lab_whole = lab and lab.whole.lab and {k: v for k, v in lab.whole.lab.items() if k in names}
    whole = Row(part="all situations", lab=lab_whole or None, field=_figures(scores.whole))
    by_camera = {str(key): score for key, score in scores.cameras.items()}
    report = Report(
        kind="field",
        title="How well it works in live operation, by what operators said",
        made_at=utc_now(),
        sides=(_lab_side(lab, lab_report), _field_side(held, exported, digest)),
        problems=tuple(_problems(scores.whole)),
        measures=MEASURES,
        glance=tuple(words.glance(whole, "events")),
        whole=whole,
        tables=(
            _table("situation", "By situation", lab, scores.situations),
            _table("camera", "By camera", None, by_camera),
        ),
        gaps=(),
        losses=(),
        next=(),
        examples=(),
        provenance=provenance(
            command,
            {
                "field": str(exported.resolve()),
                "lab": None if lab_report is None else str(lab_report.resolve()),
            },
            models={},
            seeds={},
        ),
    )
    told = (*words.what_next(report, "events"), *_more(scores.whole))
    return report.model_copy(update={"next": told}), list(_rows(held))


def _lab(file: Path) -> Report:
    report = read_report(file)
    if report.kind != "situations":
        raise ConfigurationError(
            f"{file} is a report on {report.kind}; the lab of live operation is one on situations"
        )
    return report


def _figures(score: LiveScore) -> dict[str, Figure]:
    return {"recall": as_figure(score.recall), "precision": as_figure(score.precision)}


def _table(name: str, title: str, lab: Report | None, field: Mapping[str, LiveScore]) -> Table:
    known = {
        row.part: {k: v for k, v in row.lab.items() if k in ("recall", "precision")}
        for table in (lab.tables if lab else ())
        if table.name == name
        for row in table.rows
        if row.lab
    }
    figures = {part: _figures(score) for part, score in field.items()}
    return Table(
        name=name,
        title=title,
        told="",
        measures=("recall", "precision"),
        rows=tuple(rows(known, figures, dict)),
    )


def _lab_side(lab: Report | None, file: Path | None) -> Side:
    if lab is None:
        return Side(
            name="lab",
            source="none",
            told="not measured: give a report of `smartopia evaluate situations` by --lab",
            digest=None,
        )
    side = lab.sides[0]
    return side.model_copy(update={"source": f"{file}, {side.source}"})


def _field_side(held: Export, file: Path, digest: str) -> Side:
    return Side(
        name="field",
        source=str(file),
        told=f"{rfc3339(held.since)} to {rfc3339(held.until)}: {len(held.disposed())} alerts, "
        f"{len(held.checks)} spot checks, {len(held.misses)} reports of what was missed",
        digest=digest,
        models=tuple(sorted({one.model for one in held.alerts} - {""})),
        rules=tuple(sorted({f"{one.rule} {one.rule_digest[:12]}" for one in held.alerts})),
    )


def _problems(score: LiveScore) -> Iterator[Problem]:
    unresolved = score.dispositions.get("unresolved", 0)
    told = {
        "alerts unresolved": (
            unresolved,
            "alerts nobody has resolved; were all of them false, precision would be "
            f"{score.precision_worst:.2f}, were all true {score.precision_best:.2f}",
        ),
        "checks unanswered": (
            score.unanswered,
            "spot checks were not answered, or nothing could be told; the others stand for them",
        ),
        "no miss found": (
            int(score.hits == 0),
            "no spot check found a miss, so that recall has an interval but no value",
        ),
    }
    for kind, (count, words_of) in told.items():
        if count:
            yield Problem(kind=kind, side="field", count=count, left_out=False, told=words_of)


def _more(score: LiveScore) -> Iterator[str]:
    if score.checks < 500:
        yield (
            f"Answer more spot checks: {score.checks} were, and what is missed is known from them."
        )
    if score.dispositions.get("unresolved", 0):
        yield "Resolve the open alerts as true or false: precision is counted from them."


def _rows(held: Export) -> Iterator[list[str]]:
    for one in held.alerts:
        place = [one.id, one.situation, one.site, one.camera, rfc3339(one.raised)]
        yield ["alert", *place, one.disposition or "unresolved"]
    for check in held.checks:
        place = [check.id, check.situation, check.site, check.camera, rfc3339(check.begin)]
        yield ["check", *place, check.answer or "unanswered"]
    for miss in held.misses:
        yield [
            "report",
            miss.id,
            miss.situation,
            miss.site,
            miss.camera,
            rfc3339(miss.at),
            "missed",
        ]
