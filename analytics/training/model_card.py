"""The model card: what a detector is, what it reaches in the lab and in the field, in Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analytics.evaluation.intervals import Figure
from analytics.evaluation.objects import RESAMPLES, ObjectScores, Score

_NONE = "-"


@dataclass(frozen=True, slots=True)
class CardFacts:
    """All a card is made of.

    Attributes:
        training: the training card.
        sha256: of the file.
        size: (height, width) the model looks at.
        bytes: of the file.
        lab, field: scores on pictures like those it was trained on, and under hard conditions.
        photographs: scores on real photographs, where there are any.
        command: what makes the card.
    """

    training: Mapping[str, Any]
    sha256: str
    size: tuple[int, int]
    bytes: int
    lab: ObjectScores
    field: ObjectScores
    photographs: ObjectScores | None
    command: str


def write_card(facts: CardFacts) -> str:
    """The card. Lab and field stand side by side, never one alone."""
    lab, field = facts.lab, facts.field
    known = frozenset(facts.training["train"]["layouts"])
    sections = (
        _head(facts),
        _section("All objects", _whole(lab, field), _WHOLE),
        _section("By class", _parts(lab.classes, field.classes), _columns("class")),
        _section("By size", _parts(lab.sizes, field.sizes), _columns("size"), _SIZES),
        _section("By condition", _conditions(lab, field), _columns("condition")),
        _section("By place", _places(lab, field, known), _columns("layout"), _PLACES),
        _photographs(facts.photographs),
        _making(facts),
    )
    return "\n".join(sections)


_ONLY_RENDERED = """\
**It knows only rendered streets.** It was trained from nothing on pictures Smartopia drew, and
on no photograph. It makes a fresh machine see its own simulated cameras. For real cameras name
another model (SMARTOPIA_MODEL), and measure that one.
"""
_ONLY_GIVEN = """\
**It knows only the pictures it was given**, by `train scenes --data`, and not what is shipped.
"""
_WHOLE = ("", "lab", "field")
_SIZES = "Square pixels of the box, COCO's: small under 32 x 32, large from 96 x 96.\n"
_PLACES = "A layout never seen in training tells what a new place costs.\n"


def _head(facts: CardFacts) -> str:
    height, width = facts.size
    times = "; ".join(f"{size} {ms:g} ms" for size, ms in facts.training["milliseconds"].items())
    lab, field = facts.lab, facts.field
    return f"""# Model card: the default detector

{_ONLY_RENDERED if facts.training["rendered"] else _ONLY_GIVEN}
- knows: {", ".join(facts.training["labels"])}
- {facts.training["architecture"]}; ONNX, {facts.bytes / 1e6:.1f} MB
- looks at {width} x {height} pixels
- one picture on one core with ONNX Runtime, median, by height x width: {times}
- lab: {lab.pictures} pictures of {lab.cameras} cameras
- field: {field.pictures} pictures of {field.cameras} cameras, under the conditions below

Training, validation, lab and field share no seed and no variant of a place. Objects too small or
too hidden to be asked for count neither way; each set's `datacard.md` says from where.

Precision and recall are at confidence {lab.operating:g} and an overlap (IoU) of 0.50; AP50 and
mAP are COCO's, by pycocotools' matching. In brackets are 95 % intervals: Wilson for recall and
precision, for mAP a bootstrap of {RESAMPLES} draws of whole cameras. `n` are the true objects.
Under 30 cases nothing is said.
"""


def _columns(first: str) -> tuple[str, ...]:
    each = ("n", "AP50", "recall", "precision")
    return (first, *(f"{which} {one}" for which in ("lab", "field") for one in each))


def _whole(lab: ObjectScores, field: ObjectScores) -> Iterator[Sequence[str]]:
    both = (lab.whole, field.whole)
    yield "objects", *(str(score.recall.n) for score in both)
    yield "mAP50", *(_told(score.map50) for score in both)
    yield "mAP50-95", *(_told(score.map50_95) for score in both)
    yield "recall", *(_told(score.recall) for score in both)
    yield "precision", *(_told(score.precision) for score in both)


def _parts(lab: Mapping[str, Score], field: Mapping[str, Score]) -> Iterator[Sequence[str]]:
    for part in dict.fromkeys((*lab, *field)):
        yield part, *_cells(lab.get(part)), *_cells(field.get(part))


def _conditions(lab: ObjectScores, field: ObjectScores) -> Iterator[Sequence[str]]:
    for name, grade in sorted({*lab.conditions, *field.conditions}, key=_none_first):
        both = (scores.conditions.get((name, grade)) for scores in (lab, field))
        title = f"{name} {grade}" if grade else name
        yield title, *(cell for score in both for cell in _cells(score))


def _none_first(condition: tuple[str, int]) -> tuple[bool, str, int]:
    return condition[0] != "none", *condition


def _places(
    lab: ObjectScores, field: ObjectScores, known: frozenset[str]
) -> Iterator[Sequence[str]]:
    for row in _parts(lab.layouts, field.layouts):
        yield row[0] if row[0] in known else f"{row[0]} (never seen in training)", *row[1:]


def _cells(score: Score | None) -> tuple[str, ...]:
    if score is None:
        return (_NONE,) * 4
    n = str(score.recall.n)
    return n, *(_told(figure) for figure in (score.map50, score.recall, score.precision))


def _told(figure: Figure) -> str:
    if not figure.n:
        return _NONE
    if figure.few:
        return "too few to say"
    if math.isnan(figure.low):
        return f"{figure.value:.2f}"
    return f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]"


def _section(
    title: str, rows: Iterable[Sequence[str]], columns: Sequence[str], note: str = ""
) -> str:
    lines = [" | ".join(row) for row in (columns, ["---"] * len(columns), *rows)]
    table = "".join(f"| {line} |\n" for line in lines)
    return "\n".join([f"## {title}\n", *([note] if note else []), table])


def _photographs(scores: ObjectScores | None) -> str:
    if scores is None:
        return "## Real photographs\n\nNot measured: there were none where this card was made.\n"
    rows = [(part, *_cells(score)) for part, score in scores.classes.items()]
    rows.append(("all", *_cells(scores.whole)))
    note = (
        f"{scores.pictures} street photographs, scored on the classes both know. "
        "This is why it is no model for real cameras.\n"
    )
    return _section("Real photographs", rows, ("class", "n", "AP50", "recall", "precision"), note)


def _making(facts: CardFacts) -> str:
    made = facts.training
    train, val = made["train"], made["val"]
    before, layouts = _before(made), ", ".join(train["layouts"])
    return f"""## How it was made

`{made["command"]}`, seed {made["seed"]}, {made["minutes"]} minutes. {made["made_of"]}

{before}- training: {train["pictures"]} pictures of the layouts {layouts or "not told"}; SHA-256
  {train["sha256"]}
- validation, to measure on only: {val["pictures"]} pictures; SHA-256
  {val["sha256"]}; mAP50 {made["val_metrics"]["map50"]:.3f}
- the file: SHA-256 {facts.sha256}

All settings and versions are in `training.yaml` beside the file. This card is written by

    {facts.command}
"""


def _before(made: Mapping[str, Any]) -> str:
    """The trainings it goes on from, the first one first; nothing where it is the first."""
    return "".join(
        f"- before: `{one['command']}`, {one['minutes']} minutes; pictures SHA-256\n"
        f"  {one['train_sha256']}\n"
        for one in made.get("after", ())
    )
