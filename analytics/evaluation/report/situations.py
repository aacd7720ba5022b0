"""The report on situations: alerts against the sealed truth, lab and field side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.evaluation import intervals
from analytics.evaluation.cells import precision_cells, reach_cells, recall_cells
from analytics.evaluation.events import CameraKey, Watched
from analytics.evaluation.intervals import PerDay
from analytics.evaluation.pairing import AlertVerdict, Judged
from analytics.evaluation.report import words
from analytics.evaluation.report.figures import as_figure, by_title, rows
from analytics.evaluation.report.gaps import Parting, by_cameras, gap_in_words
from analytics.evaluation.report.provenance import provenance
from analytics.evaluation.report.run_losses import run_losses
from analytics.evaluation.report.run_problems import run_problems, same_runs
from analytics.evaluation.report.runs import Run, digest_of, read_run
from analytics.evaluation.same_events import Take, together
from analytics.evaluation.situation_score import RESAMPLES, SituationScore
from analytics.evaluation.situations import SituationScores, score_situations
from analytics.vision.situations.registry import discover_situations
from smartopia.clock import rfc3339, utc_now
from smartopia.reports import Figure, Gap, Measure, Provenance, Report, Row, Side, SideName, Table

MEASURES = (
    Measure(
        name="recall",
        title="Found",
        unit="share",
        better="higher",
        told="Recall: of all true events, the share that was alerted in time, from 2 s before to "
        "10 s after the onset. An event counts once for each camera that looks at it; those nobody "
        "watched count in the next figure only.",
    ),
    Measure(
        name="reach",
        title="Found, of all",
        unit="share",
        better="higher",
        told="The same, but of all true events, those at times nobody watched among them: what the "
        "city gets.",
    ),
    Measure(
        name="precision",
        title="Right",
        unit="share",
        better="higher",
        told="Precision: of the alerts that found an event in time and of the false ones, the "
        "share of the former. Alerts that came late, of events that are no longer or not yet to be "
        "judged, or of found ones once more, count neither way.",
    ),
    Measure(
        name="false_per_day",
        title="False alerts",
        unit="/d",
        better="lower",
        told="False alerts by camera and day of watched time: what an operator looks at for "
        "nothing. Its n is the alerts; the time is in the rows.",
    ),
    Measure(
        name="delay",
        title="Delay",
        unit="s",
        better="lower",
        told="Median seconds from onset to alert, of the events that were alerted, late ones too: "
        "the least that half of them do not exceed.",
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
    "side", "what", "id", "situation", "site", "camera", "time", "verdict", "of", "delay_s",
    "conditions", "model", "rule",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scored:
    """One side, scored; `take`: its runs together."""

    name: SideName
    runs: tuple[Run, ...]
    take: Take
    scores: SituationScores


def make_situations_report(
    lab: Sequence[Path],
    field: Sequence[Path],
    command: Sequence[str],
    say: Callable[[str], None],
    compare: Sequence[Path] = (),
) -> tuple[Report, list[list[str]]]:
    """Score runs of lab and field.

    Args:
        compare: other runs of the same events, held against those.

    Returns:
        The report, and the rows behind its figures: each event and alert with its verdict.

    Raises:
        TruthError: a truth is not what was sealed.
        ConfigurationError: a run cannot be read.
    """
    both = _scored("lab", lab, say), _scored("field", field, say)
    others = [read_run(folder, frozenset(discover_situations())) for folder in compare]
    made_of = provenance(
        command,
        {
            **{
                name: [str(p.resolve()) for p in some]
                for name, some in (("lab", lab), ("field", field), ("compare", compare))
            },
            "compare_digests": {str(one.folder.resolve()): one.digest for one in others},
        },
        models={},
        seeds={"bootstrap": 1, "draws": RESAMPLES},
        rules=_rules(both),
    )
    return situations_report(both, others, made_of), [row for side in both for row in _rows(side)]


def situations_report(
    both: tuple[Scored, Scored], others: Sequence[Run], made_of: Provenance
) -> Report:
    """What the scores of lab and field say, and of other runs of the same events."""
    before, after = both
    judged = before.scores.judged, after.scores.judged
    whole = by_cameras(
        Row(
            part="all situations",
            lab=_figures(before.scores.whole, MEASURES),
            field=_figures(after.scores.whole, MEASURES),
        ),
        {
            name: (cells(judged[0]), cells(judged[1]))
            for name, cells in (
                ("recall", recall_cells),
                ("reach", reach_cells),
                ("precision", precision_cells),
            )
        },
    )
    report = Report(
        kind="situations",
        title="How well situations are told: lab against field",
        made_at=utc_now(),
        sides=(_side(before), _side(after)),
        problems=(
            *same_runs(before.runs, after.runs),
            *(
                problem
                for side in both
                for problem in run_problems(side.name, side.runs, side.scores)
            ),
        ),
        measures=MEASURES,
        glance=tuple(words.glance(whole, "events")),
        whole=whole,
        tables=tuple(_tables(before.scores, after.scores)),
        gaps=tuple(_gaps(before, after)),
        losses=tuple(run_losses({side.name: side.runs for side in both}, others)),
        next=(),
        examples=(),
        provenance=made_of,
    )
    told = tuple(words.what_next(report, "events"))
    return report.model_copy(update={"next": told})


def _scored(name: SideName, folders: Sequence[Path], say: Callable[[str], None]) -> Scored:
    runs = tuple(read_run(folder, frozenset(discover_situations())) for folder in folders)
    take, files = together([run.take for run in runs]), sum(run.files for run in runs)
    say(f"{name}: {files} chapters, {len(take.events)} events, {len(take.alerts)} alerts")
    scores = score_situations(take.events, take.alerts, take.watched, covered=take.covered)
    return Scored(name, runs, take, scores)


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
        ("condition", "By condition on the camera", lambda one: by_title(one.conditions)),
        ("site", "By site, any of its cameras", lambda one: dict(one.sites)),
        ("camera", "By camera, the worst first", _worst_first),
        (
            "hour",
            "By hour of the day (UTC)",
            lambda one: {f"{k:02}": v for k, v in one.hours.items()},
        ),
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


def _worst_first(scores: SituationScores) -> dict[str, SituationScore]:
    """Cameras by what they find; those without an event last."""

    def rank(item: tuple[CameraKey, SituationScore]) -> tuple[bool, float, str]:
        found = item[1].recall
        return not found.n, found.value if found.n else 0.0, str(item[0])

    return {str(camera): score for camera, score in sorted(scores.cameras.items(), key=rank)}


def _gaps(lab: Scored, field: Scored) -> Iterator[Gap]:
    cells = [recall_cells(side.scores.judged) for side in (lab, field)]
    found = gap_in_words(_PARTING, *cells)
    if found:
        yield found


def _side(side: Scored) -> Side:
    judged, alerts = side.scores.judged, side.take.alerts
    watched, known = (_hours(some) for some in (judged.watched, side.take.covered))
    cameras = len({one.key for one in side.take.covered})
    asked = sum(one.event.asked for one in judged.events)
    return Side(
        name=side.name,
        source=", ".join(str(run.folder) for run in side.runs),
        told=f"{asked} true events (one for each camera that looks), {len(alerts)} "
        f"alerts{_verdicts(judged)}, {cameras} cameras, {watched:.1f} of {known:.1f} camera hours "
        "watched for something",
        digest=digest_of(side.runs),
        models=tuple(sorted({one.model for one in alerts} - {""})),
        rules=tuple(sorted({f"{one.rule} {one.rule_digest[:12]}" for one in alerts})),
    )


def _verdicts(judged: Judged) -> str:
    counts = Counter(one.verdict for one in judged.alerts)
    said = [f"{counts[one]} {one}" for one in AlertVerdict if counts[one]]
    return f" ({', '.join(said)})" if said else ""


def _hours(spans: Iterable[Watched]) -> float:
    return sum(one.length.total_seconds() for one in spans) / 3600


def _rules(both: Sequence[Scored]) -> dict[str, str]:
    """All that could tell something, whether it did or not."""
    return {
        f"{situation} {digest[:12]}": digest
        for side in both
        for situation, digest in side.scores.rules
        if digest
    }


def _rows(side: Scored) -> Iterator[list[str]]:
    for one in side.scores.judged.events:
        event = one.event
        delay = "" if one.delay is None else f"{one.delay:.1f}"
        where = [event.kind, event.site, event.camera, rfc3339(event.onset)]
        rest = [_under(event.conditions), one.model, one.rule_digest]
        yield [side.name, "event", event.id, *where, one.verdict, one.alert or "", delay, *rest]
    for told in side.scores.judged.alerts:
        alert = told.alert
        where = [alert.situation, alert.site, alert.camera, rfc3339(alert.raised)]
        rest = [_under(told.span.conditions) if told.span else "", alert.model, alert.rule_digest]
        yield [side.name, "alert", alert.id, *where, told.verdict, told.event or "", "", *rest]
    for number, span in enumerate(side.scores.judged.watched):
        # `of` is its end, `delay_s` its length: false alerts by day rest on their sum.
        where = ["", span.site, span.camera, rfc3339(span.begin)]
        length = f"{span.length.total_seconds():.1f}"
        rest = [_under(span.conditions), span.model, ""]
        yield [side.name, "watched", str(number), *where, "", rfc3339(span.end), length, *rest]


def _under(conditions: Iterable[tuple[str, int]]) -> str:
    return " ".join(f"{name}:{grade}" for name, grade in conditions)
