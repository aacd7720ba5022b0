"""What the same pictures lose: under conditions put on them, and to another model."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analytics.evaluation.compare import Comparison, compare_matches
from analytics.evaluation.events import Conditions
from analytics.evaluation.intervals import Figure
from analytics.evaluation.labelled import read_labelled
from analytics.evaluation.paired import PairedLoss, PictureOutcome, paired_losses
from analytics.evaluation.report.cases import Case
from analytics.evaluation.report.checks import SideData, side_data
from analytics.evaluation.report.figures import as_figure, condition_title, loss_of
from analytics.evaluation.report.plan import ObjectsPlan
from analytics.evaluation.report.scored import Looked, Looking, Scored
from analytics.evaluation.running import KeptDetections, open_for_scoring
from smartopia.errors import ConfigurationError
from smartopia.reports import Loss, Problem

_MEASURES = ("recall", "precision")
_EXAMPLES = 5
_WRITES = "`smartopia scenes export --format coco ... --under fog:3` writes such a set"


@dataclass(frozen=True, slots=True)
class Under:
    """The lab's pictures under conditions; the data holds only those that the lab has, too."""

    conditions: Conditions
    data: SideData

    @property
    def name(self) -> str:
        """The conditions in words."""
        return " and ".join(map(condition_title, self.conditions))


def read_under(folders: Iterable[Path], lab: SideData) -> tuple[list[Under], list[Problem]]:
    """Sets of the lab's pictures under conditions, and what is wrong with them.

    Raises:
        ConfigurationError: a set does not say under what it is, says the same as another, or
            holds other pictures than the lab.
    """
    sets: dict[Conditions, Under] = {}
    problems: list[Problem] = []
    for folder in folders:
        data = side_data("lab", folder, read_labelled(folder))
        conditions = data.labelled.under
        if not conditions:
            raise ConfigurationError(
                f"{folder} does not say what is put on its pictures: annotations.json has no "
                f"`under` in its info; {_WRITES}"
            )
        one = Under(conditions, _twins(data, lab))
        if conditions in sets:
            raise ConfigurationError(
                f"{folder} is under {one.name} as {sets[conditions].data.source} is; name one"
            )
        sets[conditions] = one
        problems += _alone(data, one.data)
    return list(sets.values()), problems


def _twins(data: SideData, lab: SideData) -> SideData:
    """Those pictures that the lab has, too."""
    cameras = {name: one.camera for name, one in zip(lab.names, lab.labelled.pictures, strict=True)}
    kept = [number for number, name in enumerate(data.names) if name in cameras]
    pictures = tuple(data.labelled.pictures[number] for number in kept)
    other = [
        one
        for number, one in zip(kept, pictures, strict=True)
        if one.camera != cameras[data.names[number]]
    ]
    if not kept or other:
        what = f"{other[0].file} is of another camera" if other else "no name of a picture is"
        raise ConfigurationError(
            f"{data.source} does not show what {lab.source} shows: {what}"
            f"{' there' if other else ' the same'}; make both with the same --format, --split, "
            "--seed and --rate"
        )
    digests = tuple(data.digests[number] for number in kept)
    return replace(data, labelled=replace(data.labelled, pictures=pictures), digests=digests)


def _alone(data: SideData, kept: SideData) -> Iterator[Problem]:
    alone = sorted(set(data.names) - set(kept.names))
    if alone:
        yield Problem(
            kind="pictures the lab does not have",
            side="lab",
            count=len(alone),
            left_out=True,
            told=f"pictures of {data.source} are not among those of the lab that are scored; "
            "they were left out, since they cannot be compared",
            examples=tuple(alone[:_EXAMPLES]),
        )


def condition_losses(lab: Looked, under: Sequence[tuple[Under, Looked]]) -> list[Loss]:
    """What each condition takes of what is found and of what is right; the gravest first."""
    names = {one.conditions: one.name for one, _ in under}
    found = {
        measure: paired_losses(
            outcome
            for conditions, looked in (((), lab), *((one.conditions, seen) for one, seen in under))
            for outcome in _outcomes(looked, conditions, measure)
        )
        for measure in _MEASURES
    }
    ranked = sorted(names, key=lambda one: -_known(found["recall"][one].loss.value))
    return [
        _of_pair(f"under {names[conditions]}", measure, found[measure][conditions])
        for conditions in ranked
        for measure in _MEASURES
    ]


def _known(value: float) -> float:
    return -math.inf if math.isnan(value) else value


def _outcomes(looked: Looked, conditions: Conditions, measure: str) -> Iterator[PictureOutcome]:
    against = "missed" if measure == "recall" else "false alarm"
    counts: list[Counter[str]] = [Counter() for _ in looked.pictures]
    for case in looked.cases:
        counts[case.picture][case.outcome] += 1
    for name, picture, n in zip(looked.data.names, looked.pictures, counts, strict=True):
        total = n["found"] + n[against]
        yield PictureOutcome(name, picture.camera, conditions, n["found"], total)


def _of_pair(name: str, measure: str, one: PairedLoss) -> Loss:
    loss = one.loss
    change = Figure(-loss.value, -loss.high, -loss.low, loss.n)
    sure = not loss.few and (loss.low > 0 or loss.high < 0)
    return Loss(
        name=name,
        measure=measure,
        before=as_figure(one.clear),
        after=as_figure(one.graded),
        change=as_figure(change),
        verdict="cannot tell" if not sure else "worse" if loss.value > 0 else "better",
        p=None,
        told=f"{one.pictures} pictures of the lab, as they are and {name}",
    )


def model_losses(
    plan: ObjectsPlan, kept: Path, both: Sequence[Scored], looking: Looking
) -> tuple[list[Loss], dict[str, str], float]:
    """Another model on the same pictures, its digest, and the processor time it took.

    Raises:
        ConfigurationError: it cannot be loaded, or does not know what is scored.
    """
    if plan.compared is None:
        return [], {}, 0.0
    other = open_for_scoring(plan.compared, plan.image_size)
    unknown = [label for label in looking.labels if label not in other.labels]
    if unknown:
        raise ConfigurationError(
            f"--compare {plan.compared}: it does not know {', '.join(unknown)}; name what both "
            "know by --classes"
        )
    again = replace(looking, keeper=KeptDetections(kept, other))
    losses = []
    for side in both:
        seen = again.look(side.data, f"{side.data.name}, {other.name.file}")
        found = compare_matches(
            side.data.labelled,
            side.matches,
            seen.matches,
            looking.labels,
            operating=(plan.operating, plan.operating),
        )
        name = f"{side.data.name}: {other.name.file} instead"
        losses += [loss_of(name, one, _told(one)) for one in found.values()]
    return losses, {other.name.file: other.name.sha256}, again.keeper.cpu_s


def _told(one: Comparison) -> str:
    pairs = f"{one.pairs} objects asked of both" if one.pairs else "the same pictures"
    return f"{pairs}; {one.gained} only the second found, {one.lost} only the first"


def under_cases(under: Sequence[tuple[Under, Looked]]) -> Iterator[tuple[str, Looked, Case]]:
    """Each true object and false alarm under conditions, with the conditions in words."""
    for one, looked in under:
        for case in looked.cases:
            yield f"lab under {one.name}", looked, case
