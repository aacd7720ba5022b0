"""What limits what runs can tell: mixtures, and what nobody watched."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from analytics.evaluation.pairing import EventVerdict, JudgedEvent
from analytics.evaluation.report.runs import Run
from analytics.evaluation.situations import SituationScores
from smartopia.reports import Problem, SideName

_EXAMPLES = 5


def run_problems(side: SideName, runs: Sequence[Run], scores: SituationScores) -> Iterator[Problem]:
    """What is wrong with the runs of a side, the gravest first."""
    found = (*_unwatched(runs, scores), *_mixtures(runs), *_not_judged(runs, scores))
    for kind, count, told, examples in found:
        yield Problem(
            kind=kind,
            side=side,
            count=count,
            left_out=False,
            told=told,
            examples=tuple(examples[:_EXAMPLES]),
        )


def same_runs(lab: Sequence[Run], field: Sequence[Run]) -> Iterator[Problem]:
    """That a run is on both sides: then they cannot differ, and nothing is compared."""
    both = sorted({one.digest for one in lab} & {one.digest for one in field})
    if both:
        yield Problem(
            kind="runs on both sides",
            side=None,
            count=len(both),
            left_out=False,
            told="runs are in the lab and in the field; name others, or nothing is compared",
            examples=tuple(str(one.folder) for one in lab if one.digest in both)[:_EXAMPLES],
        )


_Found = tuple[str, int, str, Sequence[str]]


def _unwatched(runs: Sequence[Run], scores: SituationScores) -> Iterator[_Found]:
    unwritten = [str(run.folder) for run in runs if not run.written]
    if unwritten:
        yield (
            "watched time unknown",
            len(unwritten),
            "runs do not say when cameras were watched (an older platform exported them), so that "
            "all time counts as watched and what nobody looked at counts as missed",
            unwritten,
        )
    judged = scores.judged
    missed = [one for one in judged.events if one.verdict is EventVerdict.UNWATCHED]
    away = [one for one in missed if not one.rule_digest]
    if away:
        yield (
            "events nobody watched",
            len(away),
            f"true events were missed because nobody watched: no picture came, no detector looked, "
            f"or the rule could not tell anything at the camera's frame rate and drawing. "
            f"{scores.whole.counts.late + scores.whole.counts.missed} others were missed though "
            f"somebody watched",
            _by_camera(away),
        )
    if gaps := [one for one in missed if one.rule_digest]:
        yield (
            "events at a gap",
            len(gaps),
            "true events had a gap in watching within 2 s before to 10 s after their onset; they "
            "count as missed in Found, of all only",
            _by_camera(gaps),
        )


def _by_camera(events: Sequence[JudgedEvent]) -> list[str]:
    counts = Counter(f"{one.event.key} {one.event.kind}" for one in events)
    return [f"{name}: {n}" for name, n in counts.most_common()]


def _mixtures(runs: Sequence[Run]) -> Iterator[_Found]:
    alerts = [one for run in runs for one in run.take.alerts]
    models = sorted({one.model for one in alerts} - {""})
    if len(models) > 1:
        yield (
            "mixed models",
            len(models),
            "models are mixed in these runs, so that the figures are of none of them",
            models,
        )
    digests: defaultdict[str, set[str]] = defaultdict(set)
    for one in alerts:
        digests[one.rule].add(one.rule_digest)
    mixed = sorted(rule for rule, some in digests.items() if len(some) > 1)
    if mixed:
        yield "mixed rules", len(mixed), "rules were changed during these runs", mixed


def _not_judged(runs: Sequence[Run], scores: SituationScores) -> Iterator[_Found]:
    untold = sum((Counter(run.untold) for run in runs), Counter[str]())
    if untold:
        kinds = [f"{kind}: {n}" for kind, n in sorted(untold.items())]
        told = "events are of kinds that no rule tells; they count nowhere"
        yield "events no situation tells", untold.total(), told, kinds
    if cut := scores.whole.counts.cut:
        yield "events cut", cut, "events are at an edge of what is known and count nowhere", ()
