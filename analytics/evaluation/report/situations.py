"""The report on situations: alerts against the sealed truth, lab and field side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.evaluation import intervals
from analytics.evaluation.cells import recall_cells
from analytics.evaluation.intervals import PerDay
from analytics.evaluation.report import words
from analytics.evaluation.report.figures import as_figure, condition_title, rows
from analytics.evaluation.report.gaps import Parting, gap_in_words
from analytics.evaluation.report.provenance import provenance
from analytics.evaluation.report.runs import Run, read_runs
from analytics.evaluation.situation_score import RESAMPLES, SituationScore
from analytics.evaluation.situations import SituationScores, score_situations
from analytics.vision.situations.registry import discover_situations
from smartopia.clock import rfc3339, utc_now
from smartopia.reports import Figure, Gap, Measure, Problem, Report, Row, Side, SideName, Table

MEASURES = (
    Measure(
        name="recall",
        title="Found",
        unit="share",
        better="higher",
        told="Recall: of all true events, the share that was alerted in time, from 2 s before to "
        "10 s after the onset. An event counts once for each camera that looks at it.",
    ),
    Measure(
        name="precision",
        title="Right",
        unit="share",
        better="higher",
        told="Precision: of all alerts, the share that told of a true event.",
    ),
    Measure(
        name="false_per_day",
        title="False alerts",
        unit="/d",
        better="lower",
        told="False alerts by camera and day: what an operator looks at for nothing.",
    ),
    Measure(
        name="delay",
        title="Delay",
        unit="s",
        better="lower",
        told="Median seconds from onset to alert, of the events that were alerted.",
    ),
    Measure(
        name="f1",
        title="F1",
        unit="share",
        better="higher",
        told="Found and right in one figure: their harmonic mean.",
    ),
    Measure(
        name="f_recall",
        title="F, recall-biased",
        unit="share",
        better="higher",
        told="The same, what is found weighing four times as much.",
    ),
)
_PARTS = ("recall", "precision", "false_per_day", "delay")
_PARTING = Parting(
    "By condition",
    "Parted by the gravest condition on the camera at the onset.",
    "cameras under {}",
    "other places and cameras",
)

ROW_COLUMNS = (
    "side", "what", "id", "situation", "site", "camera", "time", "verdict", "of", "delay_s"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scored:
    """One side, scored."""

    name: SideName
    folders: tuple[Path, ...]
    run: Run
    scores: SituationScores


def make_situations_report(
    lab: Sequence[Path], field: Sequence[Path], command: Sequence[str], say: Callable[[str], None]
) -> tuple[Report, list[list[str]]]:
    """Score runs of lab and field.

    Returns:
        The report, and the rows behind its figures: each event and alert with its verdict.

    Raises:
        TruthError: a truth is not what was sealed.
        ConfigurationError: a run cannot be read.
    """
    both = _scored("lab", lab, say), _scored("field", field, say)
    before, after = both
    whole = Row(
        part="all situations",
        lab=_figures(before.scores.whole, MEASURES),
        field=_figures(after.scores.whole, MEASURES),
    )
    report = Report(
        kind="situations",
        title="How well situations are told: lab against field",
        made_at=utc_now(),
        sides=(_side(before), _side(after)),
        problems=tuple(problem for side in both for problem in _problems(side)),
        measures=MEASURES,
        glance=tuple(words.glance(whole, "events")),
        whole=whole,
        tables=tuple(_tables(before.scores, after.scores)),
        gaps=tuple(_gaps(before, after)),
        losses=(),
        next=(),
        examples=(),
        provenance=provenance(
            command,
            {
                name: [str(p.resolve()) for p in some]
                for name, some in (("lab", lab), ("field", field))
            },
            models={},
            seeds={"bootstrap": 1, "draws": RESAMPLES},
            rules=_rules(both),
        ),
    )
    told = tuple(words.what_next(report, "events"))
    table = [row for side in both for row in _rows(side)]
    return report.model_copy(update={"next": told}), table


def _scored(name: SideName, folders: Sequence[Path], say: Callable[[str], None]) -> Scored:
    run = read_runs(folders, frozenset(discover_situations()))
    say(f"{name}: {run.files} chapters, {len(run.events)} events, {len(run.alerts)} alerts")
    scores = score_situations(run.events, run.alerts, run.watched)
    return Scored(name, tuple(folders), run, scores)


def _figures(score: SituationScore, measures: Sequence[Measure]) -> dict[str, Figure]:
    return {one.name: _figure(getattr(score, one.name)) for one in measures}


def _figure(found: Any) -> Figure:  # noqa: ANN401 - a figure of either kind
    if isinstance(found, PerDay):
        whole = intervals.Figure(found.value, found.low, found.high, found.count)
        return as_figure(whole).model_copy(update={"few": found.few})
    return as_figure(found)


def _tables(lab: SituationScores, field: SituationScores) -> Iterator[Table]:
    kinds: tuple[
        tuple[str, str, Callable[[SituationScores], Mapping[str, SituationScore]]], ...
    ] = (
        ("situation", "By situation", lambda one: dict(one.situations)),
        (
            "condition",
            "By condition on the camera",
            lambda one: {condition_title(key): score for key, score in one.conditions.items()},
        ),
        ("site", "By site, any of its cameras", lambda one: dict(one.sites)),
        ("camera", "By camera", lambda one: {str(k): score for k, score in one.cameras.items()}),
        ("hour", "By hour of the day", lambda one: {f"{k:02}": v for k, v in one.hours.items()}),
        ("model", "By model", lambda one: dict(one.models)),
        ("rule", "By rule", lambda one: {f"{k} {d[:12]}": v for (k, d), v in one.rules.items()}),
    )
    measures = [one for one in MEASURES if one.name in _PARTS]
    for name, title, parts in kinds:
        both = parts(lab), parts(field)
        if any(both):
            yield Table(
                name=name,
                title=title,
                told="",
                measures=_PARTS,
                rows=tuple(rows(*both, lambda score: _figures(score, measures))),
            )


def _gaps(lab: Scored, field: Scored) -> Iterator[Gap]:
    cells = [recall_cells(side.scores.judged) for side in (lab, field)]
    found = gap_in_words(_PARTING, *cells)
    if found:
        yield found


def _side(side: Scored) -> Side:
    judged = side.scores.judged
    hours = sum(one.length.total_seconds() for one in judged.watched) / 3600
    cameras = len({one.key for one in judged.watched})
    alerts = side.run.alerts
    return Side(
        name=side.name,
        source=", ".join(map(str, side.folders)),
        told=f"{len(judged.events)} true events (one for each camera that looks), {len(alerts)} "
        f"alerts, {cameras} cameras, {hours:.1f} camera hours",
        digest=side.run.digest,
        models=tuple(sorted({one.model for one in alerts} - {""})),
        rules=tuple(sorted({f"{one.rule} {one.rule_digest[:12]}" for one in alerts})),
    )


def _problems(side: Scored) -> Iterator[Problem]:
    def problem(kind: str, count: int, told: str, examples: Sequence[str] = ()) -> Problem:
        return Problem(
            kind=kind,
            side=side.name,
            count=count,
            left_out=False,
            told=told,
            examples=tuple(examples[:5]),
        )

    models = sorted({one.model for one in side.run.alerts} - {""})
    if len(models) > 1:
        yield problem(
            "mixed models",
            len(models),
            "models are mixed in these runs, so that the figures are of none of them",
            models,
        )
    digests: dict[str, set[str]] = {}
    for one in side.run.alerts:
        digests.setdefault(one.rule, set()).add(one.rule_digest)
    mixed = sorted(rule for rule, some in digests.items() if len(some) > 1)
    if mixed:
        yield problem("mixed rules", len(mixed), "rules were changed during these runs", mixed)
    if side.run.untold:
        kinds = [f"{kind}: {n}" for kind, n in sorted(side.run.untold.items())]
        yield problem(
            "events no situation tells",
            sum(side.run.untold.values()),
            "events are of kinds that no rule tells; they count nowhere",
            kinds,
        )
    counts = side.scores.whole.counts
    if counts.cut or counts.unwatched:
        yield problem(
            "events not judged",
            counts.cut + counts.unwatched,
            "events are at an edge of the run or in a gap of watching, and count nowhere",
        )


def _rules(both: Sequence[Scored]) -> dict[str, str]:
    return {
        f"{one.rule} {one.rule_digest[:12]}": one.rule_digest
        for side in both
        for one in side.run.alerts
        if one.rule_digest
    }


def _rows(side: Scored) -> Iterator[list[str]]:
    for one in side.scores.judged.events:
        event = one.event
        delay = "" if one.delay is None else f"{one.delay:.1f}"
        where = [event.kind, event.site, event.camera, rfc3339(event.onset)]
        yield [side.name, "event", event.id, *where, one.verdict, one.alert or "", delay]
    for told in side.scores.judged.alerts:
        alert = told.alert
        where = [alert.situation, alert.site, alert.camera, rfc3339(alert.raised)]
        yield [side.name, "alert", alert.id, *where, told.verdict, told.event or "", ""]
