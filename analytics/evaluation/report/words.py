"""What the figures say, in plain words, each sentence with what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from smartopia.reports import Figure, Report, Row, Table

TOO_FEW = "too few to say"
_WORST = 3
_SOME = 10  # cases from which a part is named, by its counts where they are too few for a share
_WORTH_IT = 0.02
_STILL_RIGHT = 0.7
_NOT_PARTS = frozenset({"threshold", "camera"})


def told(figure: Figure | None, unit: str = "share") -> str:
    """A figure with its interval, or why there is none."""
    if figure is None or figure.value is None:
        return "-"
    if figure.few:
        return TOO_FEW
    if figure.low is None or figure.high is None:
        return number(figure.value, unit)
    low, high = number(figure.low, unit), number(figure.high, unit)
    return f"{number(figure.value, unit)} ({low} to {high})"


def counted(figure: Figure | None) -> str:
    """A rate of cases with its interval; of too few, how many of how many: that much is known."""
    if figure is None or figure.value is None or not figure.few:
        return told(figure)
    return f"{TOO_FEW}: {round(figure.value * figure.n)} of {figure.n}"


def number(value: float, unit: str = "share") -> str:
    """A value as its unit is read."""
    match unit:
        case "share":
            return f"{value:.2f}"
        case "s":
            return f"{value:.1f} s"
        case _:
            return f"{value:.2f} a day" if value < 10 else f"{value:.0f} a day"


def of_hundred(figure: Figure) -> str:
    """A share as cases of a hundred."""
    value, low, high = (
        round(100 * x) for x in (figure.value or 0, figure.low or 0, figure.high or 0)
    )
    return f"{value} of 100 ({low} to {high})"


def apart(lab: Figure, field: Figure) -> str:
    """How two figures compare, by their intervals."""
    if None in {lab.value, field.value} or lab.few or field.few:
        return TOO_FEW
    lows, highs = (lab.low, field.low), (lab.high, field.high)
    if None in lows or None in highs:
        return TOO_FEW
    if _low(field) > _high(lab):
        return "higher in the field"
    if _high(field) < _low(lab):
        return "lower in the field"
    return "no clear difference"


def _low(figure: Figure) -> float:
    return 0.0 if figure.low is None else figure.low


def _high(figure: Figure) -> float:
    return 1.0 if figure.high is None else figure.high


def glance(whole: Row, thing: str) -> Iterator[str]:
    """The answer: what is found and what is right, on both sides. `thing`: "objects", "events"."""
    for name, verb, of in (
        ("recall", "finds", f"true {thing}"),
        ("precision", "is right about", "reports"),
    ):
        lab, field = (side.get(name) if side else None for side in (whole.lab, whole.field))
        yield _sentence(lab, field, verb, of)


def _sentence(lab: Figure | None, field: Figure | None, verb: str, of: str) -> str:
    said = [
        f"In the {where} it {verb} {of_hundred(figure)} {of}, n = {figure.n}"
        if figure is not None and figure.value is not None and not figure.few
        else f"In the {where} {_little(figure, verb)}"
        for where, figure in (("lab", lab), ("field", field))
    ]
    verdict = apart(lab, field) if lab and field else TOO_FEW
    return f"{said[0]}. {said[1]}: {_VERDICTS[verdict]}."


def _little(figure: Figure | None, verb: str) -> str:
    if figure is None or figure.value is None:
        return "nothing was measured"
    return f"there are only {figure.n} cases, too few to say what it {verb}"


_VERDICTS = {
    "higher in the field": "better than in the lab",
    "lower in the field": "worse than in the lab",
    "no clear difference": "no clear difference to the lab, since the intervals overlap",
    TOO_FEW: "what the field costs cannot be said",
}


@dataclass(frozen=True, slots=True)
class Weak:
    """A part in which less is found than elsewhere; `missed`: how many of the field's, there."""

    table: Table
    row: Row
    recall: Figure
    missed: float


def weakest(tables: Iterable[Table], whole: float) -> list[Weak]:
    """The parts that find less than the `whole` of the field does; who misses most comes first."""
    parts = [
        Weak(table, row, recall, (1 - recall.value) * recall.n)
        for table in tables
        for row in table.rows
        if len(table.rows) > 1
        and table.name not in _NOT_PARTS
        and row.field
        and (recall := row.field.get("recall"))
        if recall.value is not None and recall.value < whole and recall.n >= _SOME
    ]
    return sorted(parts, key=lambda one: -one.missed)


def what_next(report: Report, thing: str) -> list[str]:
    """What to do next, the most useful first."""
    return [
        *_clean(report),
        *_lower(report, thing),
        *_mend(report),
        *_costs(report, thing),
        *_grave(report, thing),
        *_label_more(report, thing),
    ]


def _mend(report: Report) -> Iterator[str]:
    for gap in report.gaps[:1]:
        sure = [one for one in gap.mendings if not one.few and one.gain >= _WORTH_IT]
        yield from (one.told for one in sure[:2])


def _costs(report: Report, thing: str) -> Iterator[str]:
    """The condition that takes most of the same pictures; losses are ranked."""
    for one in report.losses:
        if one.p is None and one.measure == "recall" and one.verdict == "worse":
            yield (
                f"Make it hold {one.name}: of the very same lab pictures it then finds "
                f"{of_hundred(one.after)} {thing} instead of {of_hundred(one.before)}."
            )
            return


def _lower(report: Report, thing: str) -> Iterator[str]:
    """The lowest threshold at which the field finds clearly more and is mostly right still."""
    if not report.whole.field or "recall" not in report.whole.field:
        return
    now = report.whole.field["recall"]
    rows = [row for table in report.tables if table.name == "threshold" for row in table.rows]
    for row in rows:
        if row.field is None:
            continue
        found, right = row.field["recall"], row.field["precision"]
        if _low(found) > _high(now) and not right.few and _low(right) >= _STILL_RIGHT:
            yield (
                f"Try a threshold of {row.part}: in the field it would find "
                f"{of_hundred(found)} {thing} instead of {of_hundred(now)}, and be right about "
                f"{of_hundred(right)} reports. It was chosen on these same pictures, so expect a "
                "little less: confirm it on others."
            )
            return


def _grave(report: Report, thing: str) -> Iterator[str]:
    whole = report.whole.field and report.whole.field.get("recall")
    if not whole or whole.value is None:
        return
    all_missed = (1 - whole.value) * whole.n
    for weak in _one_each(weakest(report.tables, whole.value)):
        share = round(100 * weak.missed / all_missed) if all_missed else 0
        if share >= 20:
            there, of_all = weak.recall, round(100 * weak.recall.n / whole.n)
            found = (
                f"{round((there.value or 0) * there.n)} of {there.n}"
                if there.few
                else of_hundred(there)
            )
            yield (
                f"Work on {_named(weak, thing)}: it is {share} of 100 {thing} the field misses, "
                f"and {of_all} of 100 it has; of them {found} are found."
            )


def _one_each(parts: Sequence[Weak]) -> list[Weak]:
    first: dict[str, Weak] = {}
    for weak in parts:
        first.setdefault(weak.table.name, weak)
    # A situation told by one rule alone misses what its rule misses: that is said once.
    told: dict[tuple[float, int], Weak] = {}
    for weak in first.values():
        told.setdefault((weak.missed, weak.recall.n), weak)
    return list(told.values())[:_WORST]


def _named(weak: Weak, thing: str) -> str:
    under = "pictures with" if thing == "objects" else "what happens under"
    return {
        "class": f"the class {weak.row.part}",
        "size": f"{weak.row.part} objects",
        "condition": f"{under} {weak.row.part}",
    }.get(weak.table.name, f"the {weak.table.name} {weak.row.part}")


def _label_more(report: Report, thing: str) -> Iterator[str]:
    for side in ("field", "lab"):
        few = [
            row.part
            for table in report.tables[:1]
            for row in table.rows
            for figures in [row.field if side == "field" else row.lab]
            if not figures or "recall" not in figures or figures["recall"].few
        ]
        if few:
            every = len(few) == len(report.tables[0].rows) > 1
            which = f"of every {report.tables[0].name}" if every else ", ".join(few)
            yield (
                f"Collect more true {thing} for the {side}: {which}. Under 30 of each "
                "nothing can be said of them."
            )


def _clean(report: Report) -> Iterator[str]:
    grave = [one for one in report.problems if one.kind in _GRAVE]
    if grave:
        yield f"Mend the data first: {'; '.join(sorted({one.kind for one in grave}))}."


_GRAVE = frozenset(
    {"pictures without labels", "pictures in lab and field", "pictures of the training"}
)
