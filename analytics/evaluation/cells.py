"""Judged events, alerts and pictures as cells of a gap: hits of n, by camera and condition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analytics.evaluation.events import Conditions
from analytics.evaluation.gap import Cell, condition_cell
from analytics.evaluation.labelled import LabelledSet
from analytics.evaluation.matching import Matches
from analytics.evaluation.pairing import (
    COUNTED,
    AlertVerdict,
    EventVerdict,
    Judged,
    JudgedAlert,
    JudgedEvent,
)


def recall_cells(judged: Judged) -> tuple[Cell, ...]:
    """Events found, of those that count."""
    return tuple(_event(one, float(_found(one)), 1.0) for one in _counted(judged))


def reach_cells(judged: Judged) -> tuple[Cell, ...]:
    """Events found, of those that count and those nobody watched."""
    unwatched = (one for one in judged.events if one.verdict is EventVerdict.UNWATCHED)
    return (*recall_cells(judged), *(_event(one, 0.0, 1.0) for one in unwatched))


def precision_cells(judged: Judged) -> tuple[Cell, ...]:
    """Events found, of those and the false alerts."""
    right = (_event(one, 1.0, 1.0) for one in _counted(judged) if _found(one))
    return (*right, *(_alert(one, 1.0) for one in _false(judged)))


def f1_cells(judged: Judged) -> tuple[Cell, ...]:
    """Twice the events found, of twice those, the missed ones and the false alerts."""
    events = (
        _event(one, 2.0, 2.0) if _found(one) else _event(one, 0.0, 1.0) for one in _counted(judged)
    )
    return (*events, *(_alert(one, 1.0) for one in _false(judged)))


def object_cells(
    labelled: LabelledSet, rows: Sequence[Matches], operating: float
) -> tuple[Cell, ...]:
    """True objects found at the operating threshold, by picture.

    Args:
        rows: the matches of each class.
    """
    cells = []
    for row in rows:
        for number, score in zip(row.true_picture, row.found, strict=True):
            picture = labelled.pictures[number]
            condition = condition_cell(picture.conditions)
            cells.append(Cell(picture.camera, condition, float(score >= operating), 1.0))
    return tuple(cells)


def _counted(judged: Judged) -> Iterator[JudgedEvent]:
    return (one for one in judged.events if one.verdict in COUNTED)


def _false(judged: Judged) -> Iterator[JudgedAlert]:
    return (one for one in judged.alerts if one.verdict is AlertVerdict.FALSE)


def _found(one: JudgedEvent) -> bool:
    return one.verdict is EventVerdict.FOUND


def _event(one: JudgedEvent, hits: float, n: float) -> Cell:
    return Cell(str(one.event.key), condition_cell(one.event.conditions), hits, n)


def _alert(one: JudgedAlert, n: float) -> Cell:
    conditions: Conditions = one.span.conditions if one.span else ()
    return Cell(str(one.alert.key), condition_cell(conditions), 0.0, n)
