"""Scores as the report's figures, rows and tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from analytics.evaluation import intervals
from analytics.evaluation.compare import Comparison
from analytics.evaluation.matching import Matches
from analytics.evaluation.objects import ObjectScores, Score
from smartopia.reports import Figure, Loss, Measure, Row, Table

_Score = TypeVar("_Score")

OBJECT_MEASURES = (
    Measure(
        name="recall",
        title="Found",
        unit="share",
        better="higher",
        told="Recall: of all true objects, the share that was found. What is not found is missed.",
    ),
    Measure(
        name="precision",
        title="Right",
        unit="share",
        better="higher",
        told="Precision: of all that was reported, the share that was truly there. "
        "The rest are false alarms.",
    ),
    Measure(
        name="map50",
        title="mAP50",
        unit="share",
        better="higher",
        told="Mean average precision, as COCO has it, a box counting from an overlap of 0.50: "
        "one figure for finding and being right at every threshold, averaged over classes.",
    ),
    Measure(
        name="map50_95",
        title="mAP50-95",
        unit="share",
        better="higher",
        told="The same, averaged over overlaps from 0.50 to 0.95: it rewards boxes that fit.",
    ),
)
Counts = Mapping[str, Sequence[tuple[int, int]]]
"""By camera: objects found of those there, and reports that were right of all."""

THRESHOLDS = tuple(tenth / 10 for tenth in range(1, 10))
_HALF = 0

_PARTS = tuple(measure.name for measure in OBJECT_MEASURES[:3])


def as_figure(figure: intervals.Figure) -> Figure:
    """A figure as the report has it."""
    return Figure(
        value=_number(figure.value),
        low=_number(figure.low),
        high=_number(figure.high),
        n=figure.n,
        few=figure.few,
    )


def _number(value: float) -> float | None:
    # Six digits: more would differ between machines that agree.
    return None if math.isnan(value) else round(value, 6)


def loss_of(name: str, one: Comparison, told: str) -> Loss:
    """What one loses or gains against another."""
    before, after, change = (
        as_figure(figure).model_copy(update={"few": one.few})
        for figure in (one.before, one.after, one.difference)
    )
    return Loss(
        name=name,
        measure=one.measure,
        before=before,
        after=after,
        change=change,
        verdict=one.verdict.value,
        p=None if math.isnan(one.p) else one.p,
        told=told,
    )


def score_figures(score: Score, measures: Iterable[str]) -> dict[str, Figure]:
    """The measures of a part."""
    return {name: as_figure(getattr(score, name)) for name in measures}


def whole_row(lab: ObjectScores, field: ObjectScores) -> Row:
    """All objects of either side."""
    every = [measure.name for measure in OBJECT_MEASURES]
    return Row(
        part="all objects",
        lab=score_figures(lab.whole, every),
        field=score_figures(field.whole, every),
    )


def object_tables(lab: ObjectScores, field: ObjectScores) -> Iterator[Table]:
    """The parts, most useful first; a way to part them that parts nothing is left out."""
    yield object_table("class", "By class", "", lab.classes, field.classes)
    told = "By the square pixels of its box, COCO's: small under 32 x 32, large from 96 x 96."
    yield object_table("size", "By size in the picture", told, lab.sizes, field.sizes)
    told = (
        "Weather, light and faults of the camera, with grades from 1 (slight) to 5 (severe). "
        "A picture under two conditions counts in both."
    )
    conditions = [by_title(scores.conditions) for scores in (lab, field)]
    if any(len(rows) > 1 for rows in conditions):
        yield object_table("condition", "By condition", told, *conditions)
    if lab.layouts or field.layouts:
        yield object_table("place", "By place", "", lab.layouts, field.layouts)


def object_table(
    name: str, title: str, told: str, lab: Mapping[str, Score], field: Mapping[str, Score]
) -> Table:
    """One way to part the objects."""
    return Table(
        name=name,
        title=title,
        told=told,
        measures=_PARTS,
        rows=tuple(rows(lab, field, lambda score: score_figures(score, _PARTS))),
    )


def threshold_table(
    lab: Mapping[tuple[str, str], Matches], field: Mapping[tuple[str, str], Matches]
) -> Table:
    """What another operating threshold would find, and how much of it would be right."""

    def counts(matches: Mapping[tuple[str, str], Matches]) -> dict[str, Sequence[tuple[int, int]]]:
        every = [found for (_, size), found in matches.items() if size == "all"]
        return {f"{score:.1f}": _at(every, score) for score in THRESHOLDS}

    return Table(
        name="threshold",
        title="At another threshold",
        told="From how sure the model must be. Lower, it misses less and is wrong more often. "
        "One chosen by these figures does a little worse on other pictures: confirm it there.",
        measures=("recall", "precision"),
        rows=tuple(rows(counts(lab), counts(field), _counted)),
    )


def _at(every: Sequence[Matches], score: float) -> Sequence[tuple[int, int]]:
    told = [(one.score >= score) & one.counted[_HALF] for one in every]
    right = sum(int((some & one.hit[_HALF]).sum()) for some, one in zip(told, every, strict=True))
    found = sum(int((one.found >= score).sum()) for one in every)
    return (
        (found, sum(len(one.found) for one in every)),
        (right, sum(int(some.sum()) for some in told)),
    )


def _counted(counts: Sequence[tuple[int, int]]) -> dict[str, Figure]:
    recall, precision = (as_figure(intervals.wilson(*one)) for one in counts)
    return {"recall": recall, "precision": precision}


def camera_table(lab: Counts, field: Counts) -> Table:
    """By camera, where pictures are of cameras. Each counts what is found and what is right."""
    return Table(
        name="camera",
        title="By camera",
        told="",
        measures=("recall", "precision"),
        rows=tuple(rows(lab, field, _counted)),
    )


def rows(
    lab: Mapping[str, _Score],
    field: Mapping[str, _Score],
    figures: Callable[[_Score], dict[str, Figure]],
) -> Iterator[Row]:
    """Each part of either side, lab and field side by side."""
    for part in dict.fromkeys((*lab, *field)):
        both = [figures(side[part]) if part in side else None for side in (lab, field)]
        yield Row(part=part, lab=both[0], field=both[1])


def condition_title(condition: tuple[str, int]) -> str:
    """A condition and its grade in words."""
    name, grade = condition
    return f"{name.replace('_', ' ')} {grade}" if grade else "no condition"


def by_title(conditions: Mapping[tuple[str, int], _Score]) -> dict[str, _Score]:
    """Scores by their conditions in words, where there is none first."""
    ordered: Sequence[tuple[str, int]] = sorted(
        conditions, key=lambda one: (one[0] != "none", *one)
    )
    return {condition_title(one): conditions[one] for one in ordered}
