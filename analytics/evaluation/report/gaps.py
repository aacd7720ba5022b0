"""A gap's parts in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analytics.evaluation import gap as gaps
from analytics.evaluation.report.figures import as_figure
from smartopia.reports import Figure, Gap, Mending, Row, Step

_MOST = 6
_SAID = 0.005


@dataclass(frozen=True, slots=True)
class Parting:
    """How a gap is parted, and how its parts are spoken of.

    Attributes:
        told: what it is parted by.
        part: such as "pictures under {}".
        rest: what is left when both have the same mix.
        cameras: those whose own mending is told of.
    """

    title: str
    told: str
    part: str
    rest: str
    cameras: frozenset[str] = frozenset()

    def of(self, part: str | None) -> str:
        """A part in words."""
        return self.part.format("no condition" if part == gaps.NO_CONDITION else part)


def gap_in_words(
    parting: Parting, lab: Iterable[gaps.Cell], field: Iterable[gaps.Cell]
) -> Gap | None:
    """The gap in what is found by lab and field; None where either has nothing."""
    found = gaps.gap_of(lab, field)
    if math.isnan(found.lab.value) or math.isnan(found.field.value):
        return None
    worth = [
        one
        for one in found.mendings
        if one.gain.value > 0 and (one.kind == "condition" or one.name in parting.cameras)
    ]
    return Gap(
        title=parting.title,
        measure="recall",
        lab=as_figure(found.lab),
        field=as_figure(found.field),
        # Of two that have nothing in common no step says anything.
        steps=tuple(_step(step, found, parting) for step in found.steps if found.reference),
        mendings=tuple(_mending(one, found, parting) for one in worth[:_MOST]),
        told=(parting.told, *_summary(found, parting)),
    )


def by_cameras(
    row: Row, cells: Mapping[str, tuple[Sequence[gaps.Cell], Sequence[gaps.Cell]]]
) -> Row:
    """A row whose rates say what other cameras might: what one camera sees is alike.

    Of a rate's own interval, which takes cases as independent, and that of whole cameras drawn
    anew, the wider end counts on either side.

    Args:
        cells: of lab and field, by measure.
    """
    sides = dict(row.lab or {}), dict(row.field or {})
    for name, both in cells.items():
        if all(both):
            found = gaps.gap_of(*both)
            for figures, by in zip(sides, (found.lab, found.field), strict=True):
                figures[name] = _wider(figures[name], as_figure(by))
    lab, field = sides
    return row.model_copy(update={"lab": lab or None, "field": field or None})


def _wider(one: Figure, other: Figure) -> Figure:
    lows, highs = (
        [end for end in ends if end is not None]
        for ends in ((one.low, other.low), (one.high, other.high))
    )
    update = {"low": min(lows, default=None), "high": max(highs, default=None)}
    return one.model_copy(update=update)


def _step(step: gaps.Step, found: gaps.Gap, parting: Parting) -> Step:
    where, lost = parting.of(step.name), step.change.value > 0
    against = parting.of(found.reference)
    if step.kind == "rest":
        name, told = parting.rest, "What is left when both have the same mix."
    elif step.kind == "mix":
        shares = next(one for one in found.conditions if one.condition == step.name)
        name = f"{'more' if shares.field_share > shares.lab_share else 'fewer'} {where}"
        told = (
            f"{_percent(shares.field_share)} of the field's cases, "
            f"{_percent(shares.lab_share)} of the lab's."
        )
    else:
        name = f"{'more' if lost else 'less'} lost on {where}"
        told = f"What they lose against {against} is {'more' if lost else 'less'} than in the lab."
    change = as_figure(step.change)
    return Step(
        name=name,
        change=-(change.value or 0.0),
        low=None if change.high is None else -change.high,
        high=None if change.low is None else -change.low,
        told=told,
    )


def _mending(one: gaps.Mending, found: gaps.Gap, parting: Parting) -> Mending:
    gain = as_figure(one.gain)
    won = round(100 * one.gain.value)
    if one.kind == "condition":
        what = parting.of(one.name)
        like = f"were found as well as {parting.of(found.reference)}"
    else:
        what, like = f"the camera {one.name}", "did as the others do under the same conditions"
    return Mending(
        name=what,
        gain=gain.value or 0.0,
        low=gain.low,
        high=gain.high,
        n=gain.n,
        few=gain.few,
        told=f"If {what} {like}, the field would find {won} more of 100.",
    )


def _summary(found: gaps.Gap, parting: Parting) -> Iterable[str]:
    if found.reference is None:
        yield (
            "Lab and field have no part in common, so the gap cannot be parted. Play or label some "
            "of the field under the lab's conditions, or some of the lab under the field's."
        )
        return
    said = [
        f"{_lost(figure.value)} {name}"
        for name, figure in (
            ("by what there is more or less of (mix)", found.mix),
            ("by parts that do worse or better there than the rest (within)", found.within),
            (f"by what is left ({parting.rest})", found.rest),
        )
        if abs(figure.value) >= _SAID
    ]
    fewer = _lost(found.gap.value, " in all")
    yield f"Of 100 things, from lab to field {fewer}" + (f": {', '.join(said)}." if said else ".")


def _lost(value: float, more: str = "") -> str:
    verb = "lost" if value >= 0 else "won"
    return f"{abs(round(100 * value))} are {verb}{more}"


def _percent(share: float) -> str:
    return "none" if math.isnan(share) or not share else f"{round(100 * share)} %"
