"""The report on objects: detect, score, say."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from analytics.evaluation.gap import Cell, condition_cell
from analytics.evaluation.labelled import LabelledPicture, read_labelled
from analytics.evaluation.matching import SIZES
from analytics.evaluation.objects import PART_RESAMPLES, RESAMPLES
from analytics.evaluation.report import words
from analytics.evaluation.report.cases import Case, by_camera, telling
from analytics.evaluation.report.checks import (
    SideData,
    label_problems,
    picture_digests,
    scored_labels,
    side_data,
    without_doubles,
)
from analytics.evaluation.report.figures import (
    OBJECT_MEASURES,
    camera_table,
    object_tables,
    threshold_table,
    whole_row,
)
from analytics.evaluation.report.gaps import Parting, by_cameras, gap_in_words
from analytics.evaluation.report.losses import (
    Under,
    condition_losses,
    model_losses,
    read_under,
    under_cases,
)
from analytics.evaluation.report.pictures import cut_out
from analytics.evaluation.report.plan import ObjectsPlan
from analytics.evaluation.report.provenance import provenance
from analytics.evaluation.report.scored import Looked, Looking, Say, Scored
from analytics.evaluation.running import KeptDetections, open_for_scoring
from analytics.vision.detect.port import Detector
from smartopia.clock import utc_now
from smartopia.reports import Example, Gap, Problem, Report, Side

_SHOWN = 4
_SEED = 1
_BY_CONDITION = Parting(
    "By condition",
    "Parted by the gravest condition of each picture.",
    "pictures under {}",
    "other places and cameras",
)
_BY_SIZE = Parting(
    "By size of the object",
    "Parted by size, since what is small or far is hard on any day.",
    "{} objects",
    "worse at any size",
)


@dataclass(frozen=True, slots=True)
class Made:
    """A report with the pictures of its examples and the rows behind its figures."""

    report: Report
    pictures: list[str]
    rows: list[list[str]]


ROW_COLUMNS = (
    "side",
    "picture",
    "sha256",
    "camera",
    "layout",
    "conditions",
    "class",
    "outcome",
    "score",
    "x1",
    "y1",
    "x2",
    "y2",
)


def make_objects_report(plan: ObjectsPlan, kept: Path, command: Sequence[str], say: Say) -> Made:
    """Detect, score and say.

    Args:
        plan: what.
        kept: folder in which detections are kept; a stopped run goes on from there.
        command: the command line.
        say: hears of the progress.

    Raises:
        ConfigurationError: a set or the model cannot be read; says what and where.
    """
    begin = time.process_time()
    data, under, problems = _read(plan)
    read = time.process_time() - begin
    detector = open_for_scoring(plan.weights, plan.image_size)
    opened = time.process_time() - begin - read
    labels = scored_labels(detector.labels, data[0].labelled, data[1].labelled, plan.classes)
    looking = Looking(KeptDetections(kept, detector), labels, plan.operating, say)
    lab, field = (looking.score(side) for side in data)
    graded = [(one, looking.look(one.data, f"lab under {one.name}")) for one in under]
    for side in data:
        problems += label_problems(side, labels)
    losses, others, compared = model_losses(plan, kept, (lab, field), looking)
    detect = opened + looking.keeper.cpu_s + compared
    cases = list(_examples(lab)), list(_examples(field))
    whole = by_cameras(
        whole_row(lab.scores, field.scores),
        {
            "recall": (_cells(lab, _condition), _cells(field, _condition)),
            "precision": (
                _cells(lab, _condition, but="missed"),
                _cells(field, _condition, but="missed"),
            ),
        },
    )
    report = Report(
        kind="objects",
        title="How well objects are found: lab against field",
        made_at=utc_now(),
        sides=(_side(lab, detector, labels), _side(field, detector, labels)),
        problems=tuple(problems),
        measures=OBJECT_MEASURES,
        glance=tuple(words.glance(whole, "objects")),
        whole=whole,
        tables=(
            *object_tables(lab.scores, field.scores),
            *_cameras(lab, field),
            threshold_table(lab.matches, field.matches),
        ),
        gaps=tuple(_gaps(lab, field)),
        losses=(*condition_losses(lab, graded), *losses),
        next=(),
        examples=tuple(example for some in cases for example, _ in some),
        provenance=provenance(
            command,
            {**plan.as_inputs(), "under_digests": {one.name: one.data.digest for one in under}},
            models={detector.name.file: detector.name.sha256, **others},
            seeds={"bootstrap": _SEED, "draws": RESAMPLES, "draws of a part": PART_RESAMPLES},
            cpu_s={
                "reading pictures and labels": read,
                "detecting": detect,
                "scoring": time.process_time() - begin - read - detect,
            },
        ),
    )
    shown = [
        _picture(side, case, detector)
        for side, some in zip((lab, field), cases, strict=True)
        for _, case in some
    ]
    told = (*words.what_next(report, "objects"), *_told_nothing(lab, field))
    report = report.model_copy(update={"next": told})
    rows = [*_rows(lab), *_rows(field)]
    rows += [_row(name, looked, case) for name, looked, case in under_cases(graded)]
    return Made(report, shown, rows)


def _read(plan: ObjectsPlan) -> tuple[tuple[SideData, SideData], list[Under], list[Problem]]:
    lab = side_data("lab", plan.lab, read_labelled(plan.lab))
    field = side_data("field", plan.field, read_labelled(plan.field))
    training = frozenset(d for folder in plan.training for d in picture_digests(folder))
    lab, field, problems = without_doubles(lab, field, training)
    under, alone = read_under(plan.under, lab)
    return (lab, field), under, [*problems, *alone]


def _side(scored: Scored, detector: Detector, labels: Sequence[str]) -> Side:
    scores = scored.scores
    height, width = detector.image_size
    return Side(
        name=scored.data.name,
        source=str(scored.data.source),
        told=f"{scores.pictures} pictures of {scores.cameras} cameras or places, "
        f"{scores.whole.recall.n} true objects of {', '.join(labels)}",
        digest=scored.data.digest,
        models=(
            f"{detector.name} at {width} x {height} pixels, counted from confidence "
            f"{scores.operating:g}",
        ),
    )


def _cameras(lab: Scored, field: Scored) -> Iterator[Any]:
    counts = [by_camera(side.cases, side.pictures) for side in (lab, field)]
    if any(counts):
        yield camera_table(*counts)


def _gaps(lab: Scored, field: Scored) -> Iterator[Gap]:
    several = frozenset(by_camera((), field.pictures))
    for condition, parting in ((_condition, _BY_CONDITION), (_size, _BY_SIZE)):
        before, after = (_cells(side, condition) for side in (lab, field))
        if len({cell.condition for cell in (*before, *after)}) > 1:
            found = gap_in_words(replace(parting, cameras=several), before, after)
            if found:
                yield found


def _told_nothing(lab: Scored, field: Scored) -> Iterator[str]:
    if not any(picture.conditions for side in (lab, field) for picture in side.pictures):
        yield (
            "Write down each picture's conditions (`conditions` of an image in annotations.json, "
            'such as {"fog": 3}): the report then says which of them costs most.'
        )


def _cells(
    side: Scored, condition: Callable[[LabelledPicture, Case], str], *, but: str = "false alarm"
) -> list[Cell]:
    """What was found, of all true objects; `but="missed"`: of all that was reported."""
    return [
        Cell(
            camera=picture.camera,
            condition=condition(picture, case),
            hits=float(case.outcome == "found"),
            n=1,
        )
        for case in side.cases
        if case.outcome != but
        for picture in [side.pictures[case.picture]]
    ]


def _condition(picture: LabelledPicture, case: Case) -> str:
    del case
    return condition_cell(picture.conditions)


def _size(picture: LabelledPicture, case: Case) -> str:
    del picture
    x1, y1, x2, y2 = case.box
    area = (x2 - x1) * (y2 - y1)
    return next(n for n, (low, high) in SIZES.items() if n != "all" and low <= area <= high)


def _examples(side: Scored) -> Iterator[tuple[Example, Case]]:
    kinds: tuple[tuple[Literal["missed", "false alarm"], str], ...] = (
        ("missed", "not found"),
        ("false alarm", "reported, not there"),
    )
    for kind, verb in kinds:
        for case in telling(side.cases, side.pictures, kind, _SHOWN):
            sure = "" if case.score is None else f", confidence {case.score:.2f}"
            picture = side.pictures[case.picture]
            yield (
                Example(
                    kind=kind,
                    side=side.data.name,
                    source=picture.file.name,
                    label=case.label,
                    told=f"{case.label} {verb}, {case.side:.0f} pixels{sure}",
                    score=None if case.score is None else round(case.score, 3),
                    box=tuple(round(edge, 1) for edge in case.box),
                ),
                case,
            )


def _picture(side: Scored, case: Case, detector: Detector) -> str:
    picture = side.pictures[case.picture]
    blind = detector.drawn_only and not picture.layout
    return cut_out(
        picture.file,
        case.box,
        side.detections[case.picture],
        picture.objects,
        () if blind else detector.labels,
    )


def _rows(side: Scored) -> Iterator[list[str]]:
    for case in side.cases:
        yield _row(side.data.name, side, case)


def _row(name: str, looked: Looked, case: Case) -> list[str]:
    picture = looked.pictures[case.picture]
    return [
        name,
        str(picture.file),
        looked.data.digests[case.picture],
        picture.camera,
        picture.layout,
        " ".join(f"{condition}:{grade}" for condition, grade in picture.conditions),
        case.label,
        case.outcome,
        "" if case.score is None else f"{case.score:.4f}",
        *(f"{edge:.1f}" for edge in case.box),
    ]
