"""What the gap between lab and field is made of, in parts that add up to it.

A rate is hits of n: recall, precision, or an F1 as 2 found of 2 found + missed + false. Within lab
and within field each condition loses something against the condition both have most of, the
reference (none, as a rule). The gap then is the sum of

- mix: the field has more of a condition, valued at what it loses on average of both;
- within: the condition loses more in the field than in the lab;
- rest: the cameras of the field do worse than the lab's, even under the reference.

The halves that mix and within share are parted evenly (Kitagawa, 1955; Oaxaca, 1973, has it
without), so that it does not matter which of lab and field is put first. A condition that one of
both does not have loses there what it loses in the other: all it costs then is mix.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from analytics.evaluation.events import Conditions
from analytics.evaluation.intervals import (
    NOTHING,
    Figure,
    Floats,
    between,
    cluster_draws,
    wilson,
)

RESAMPLES = 1000
NO_CONDITION = "none"

_SEEDS = (1, 2)  # lab and field are drawn apart


@dataclass(frozen=True, slots=True)
class Cell:
    """What one camera did under one condition: `hits` of `n`.

    A camera may have several cells of a condition; they add up.
    """

    camera: str
    condition: str
    hits: float
    n: float


@dataclass(frozen=True, slots=True)
class ConditionPart:
    """What a condition has to do with the gap.

    Attributes:
        lab_share, field_share: of the cases.
        lab, field: the rate under it.
        mix, within: its parts of the gap.
    """

    condition: str
    lab_share: float
    field_share: float
    lab: Figure
    field: Figure
    mix: Figure
    within: Figure


@dataclass(frozen=True, slots=True)
class CameraPart:
    """What a camera of the field adds to the rest: its share of it, and its rate.

    Attributes:
        rest: the parts of all cameras add up to the gap's.
        rate: its own under the reference.
    """

    camera: str
    rest: float
    rate: Figure


@dataclass(frozen=True, slots=True)
class Mending:
    """What the field would win if one thing were mended.

    Attributes:
        kind: `condition`: it loses nothing more; `camera`: it does as the field's others do under
            the same conditions.
        gain: by which the field's rate rises; of a camera it has no interval.
        rate: the field's rate then.
    """

    kind: str
    name: str
    gain: Figure
    rate: float


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of a waterfall from lab to field: it falls (or rises) from `begin` to `end`."""

    kind: str
    name: str
    begin: float
    end: float
    change: Figure


@dataclass(frozen=True, slots=True)
class Gap:
    """The gap and its parts: gap = mix + within + rest.

    Attributes:
        lab, field: the rates.
        gap: lab less field.
        reference: the condition others are held against; None where lab and field have none in
            common, and all of the gap is rest.
        mendings: that which wins most first.
    """

    lab: Figure
    field: Figure
    gap: Figure
    mix: Figure
    within: Figure
    rest: Figure
    reference: str | None
    conditions: tuple[ConditionPart, ...]
    cameras: tuple[CameraPart, ...]
    mendings: tuple[Mending, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The waterfall: each condition's mix, then each one's within, then the rest."""
        changes = [
            *(("mix", one.condition, one.mix) for one in self.conditions),
            *(("within", one.condition, one.within) for one in self.conditions),
            ("rest", "", self.rest),
        ]
        steps, level = [], self.lab.value
        for kind, name, change in changes:
            if change.value:
                steps.append(Step(kind, name, level, level - change.value, change))
                level -= change.value
        return tuple(steps)


def condition_cell(conditions: Conditions) -> str:
    """The cell that a case under these conditions is in: the gravest, as `fog 3`."""
    if not conditions:
        return NO_CONDITION
    name, grade = min(conditions, key=lambda one: (-one[1], one[0]))
    return f"{name} {grade}"


def gap_of(lab: Iterable[Cell], field: Iterable[Cell]) -> Gap:
    """Part the gap between a lab and a field rate.

    Args:
        lab, field: what each camera did under each condition.
    """
    cells = tuple(lab), tuple(field)
    names = sorted({one.condition for some in cells for one in some if one.n > 0})
    tables = tuple(_Table(some, names) for some in cells)
    reference = _reference(tables[0].total, tables[1].total, names)
    point = _parts(tables[0].total, tables[1].total, reference)
    draws = tuple(t.drawn(seed) for t, seed in zip(tables, _SEEDS, strict=True))
    drawn = _parts(draws[0], draws[1], reference)
    n = int(min(table.total.n.sum() for table in tables))
    clusters = min(len(table.cameras) for table in tables)

    def figure(value: Floats, again: Floats) -> Figure:
        return between(float(value), again, n, clusters)

    parts = {name: figure(getattr(point, name), getattr(drawn, name)) for name in ("gap", "rest")}
    mix = [figure(point.mix[i], drawn.mix[:, i]) for i in range(len(names))]
    within = [figure(point.within[i], drawn.within[:, i]) for i in range(len(names))]
    lab_rate, field_rate = (
        between(float(total.rate), again.rate, int(total.n.sum()), len(table.cameras))
        for total, again, table in zip(
            (tables[0].total, tables[1].total), draws, tables, strict=True
        )
    )
    return Gap(
        lab=lab_rate,
        field=field_rate,
        gap=parts["gap"],
        mix=figure(point.mix.sum(), drawn.mix.sum(axis=1)),
        within=figure(point.within.sum(), drawn.within.sum(axis=1)),
        rest=parts["rest"],
        reference=None if reference is None else names[reference],
        conditions=tuple(
            _condition(i, names[i], tables, mix[i], within[i]) for i in range(len(names))
        ),
        cameras=_cameras(tables, reference),
        mendings=_mendings(tables[1], point, drawn, names, clusters),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Total:
    """Hits and cases by condition, (..., conditions)."""

    hits: Floats
    n: Floats

    @property
    def rates(self) -> Floats:
        return _over(self.hits, self.n)

    @property
    def shares(self) -> Floats:
        return _over(self.n, self.n.sum(axis=-1, keepdims=True))

    @property
    def rate(self) -> Floats:
        return _over(self.hits.sum(axis=-1), self.n.sum(axis=-1))


class _Table:
    """(cameras, conditions) of hits and cases."""

    def __init__(self, cells: Iterable[Cell], names: list[str]) -> None:
        some = tuple(one for one in cells if one.n > 0)
        self.cameras = sorted({one.camera for one in some})
        self.hits = np.zeros((len(self.cameras), len(names)))
        self.n = np.zeros_like(self.hits)
        # Sums of floats depend on their order, so it is always the same.
        for one in sorted(some, key=lambda cell: (cell.camera, cell.condition, cell.hits, cell.n)):
            at = self.cameras.index(one.camera), names.index(one.condition)
            self.hits[at] += one.hits
            self.n[at] += one.n

    @property
    def total(self) -> _Total:
        return _Total(self.hits.sum(axis=0), self.n.sum(axis=0))

    def drawn(self, seed: int) -> _Total:
        """Totals of whole cameras drawn anew, (draws, conditions)."""
        draws = cluster_draws(max(1, len(self.cameras)), RESAMPLES, seed)[:, : len(self.cameras)]
        return _Total(draws @ self.hits, draws @ self.n)


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """`mix`, `within` and `gain` by condition; `gain` is what the field loses by one."""

    gap: Floats
    mix: Floats
    within: Floats
    rest: Floats
    gain: Floats


def _over(hits: Floats, n: Floats) -> Floats:
    rate: Floats = np.divide(hits, n, out=np.full(np.shape(hits), math.nan), where=n > 0)
    return rate


def _reference(lab: _Total, field: _Total, names: list[str]) -> int | None:
    if not names:
        return None
    common = np.nan_to_num(np.minimum(lab.shares, field.shares))
    if NO_CONDITION in names and common[names.index(NO_CONDITION)] > 0:
        return names.index(NO_CONDITION)
    return int(np.argmax(common)) if common.max() > 0 else None


def _parts(lab: _Total, field: _Total, reference: int | None) -> _Parts:
    gap = lab.rate - field.rate
    if reference is None:
        nothing = np.zeros_like(lab.n)
        return _Parts(gap, nothing, nothing, gap, nothing)
    before = lab.rates[..., [reference]] - lab.rates
    after = field.rates[..., [reference]] - field.rates
    known = lab.n > 0, field.n > 0
    before, after = (
        np.where(known[0], before, np.where(known[1], after, 0)),
        np.where(known[1], after, np.where(known[0], before, 0)),
    )
    mix = (field.shares - lab.shares) * (before + after) / 2
    within = (after - before) * (field.shares + lab.shares) / 2
    rest = lab.rates[..., reference] - field.rates[..., reference]
    return _Parts(gap, mix, within, rest, field.shares * after)


def _condition(
    index: int, name: str, tables: tuple[_Table, ...], mix: Figure, within: Figure
) -> ConditionPart:
    lab, field = (table.total for table in tables)
    return ConditionPart(
        condition=name,
        lab_share=float(lab.shares[index]),
        field_share=float(field.shares[index]),
        lab=_rate(lab.hits[index], lab.n[index]),
        field=_rate(field.hits[index], field.n[index]),
        mix=mix,
        within=within,
    )


def _rate(hits: float, n: float) -> Figure:
    """A rate with Wilson's interval, which it has if hits and cases are whole numbers."""
    figure = wilson(round(hits), round(n))
    return Figure(float(hits / n), figure.low, figure.high, figure.n) if n else NOTHING


def _cameras(tables: tuple[_Table, ...], reference: int | None) -> tuple[CameraPart, ...]:
    lab, field = tables
    if reference is None:
        return ()
    level, n = lab.total.rates[reference], field.n[:, reference]
    parts = [
        CameraPart(
            camera,
            float((level * n[i] - field.hits[i, reference]) / n.sum()),
            _rate(field.hits[i, reference], n[i]),
        )
        for i, camera in enumerate(field.cameras)
        if n[i] > 0
    ]
    return tuple(sorted(parts, key=lambda part: (-part.rest, part.camera)))


def _mendings(
    field: _Table, point: _Parts, drawn: _Parts, names: list[str], clusters: int
) -> tuple[Mending, ...]:
    rate, n = float(field.total.rate), field.total.n
    mendings = [
        Mending("condition", name, gain, rate + gain.value)
        for i, name in enumerate(names)
        if point.gain[i]
        for gain in (between(float(point.gain[i]), drawn.gain[:, i], int(n[i]), clusters),)
    ]
    for i, camera in enumerate(field.cameras):
        others = _over(field.total.hits - field.hits[i], n - field.n[i])
        better = np.where(np.isnan(others), 0, others * field.n[i] - field.hits[i]).sum()
        gain = Figure(float(better / n.sum()), math.nan, math.nan, int(field.n[i].sum()))
        mendings.append(Mending("camera", camera, gain, rate + gain.value))
    return tuple(sorted(mendings, key=lambda one: (-one.gain.value, one.kind, one.name)))
