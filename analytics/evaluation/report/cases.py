"""The rows behind every figure: each true object and each false alarm, and those to look at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from analytics.evaluation.labelled import Box, LabelledPicture, LabelledSet
from analytics.evaluation.matching import Matches
from analytics.vision.model import Detection

Outcome = Literal["found", "missed", "false alarm"]
_HALF = 0


@dataclass(frozen=True, slots=True)
class Case:
    """What became of a true object, or something that was none.

    Attributes:
        picture: its number.
        score: of what found it, or of the false alarm; None of what was missed.
        box: of the true object, or of the false alarm.
    """

    picture: int
    label: str
    outcome: Outcome
    score: float | None
    box: Box

    @property
    def side(self) -> float:
        """Pixels of the longer edge."""
        x1, y1, x2, y2 = self.box
        return max(x2 - x1, y2 - y1)


def all_cases(
    labelled: LabelledSet,
    detections: Sequence[Sequence[Detection]],
    matches: Mapping[tuple[str, str], Matches],
    labels: Sequence[str],
    operating: float,
) -> list[Case]:
    """Each true object that is asked for, and each false alarm, at the operating threshold."""
    cases = [
        case
        for label in labels
        for found in [matches[label, "all"]]
        for case in (
            *_objects(labelled, found, label, operating),
            *_false(detections, found, label, operating),
        )
    ]
    return sorted(cases, key=lambda one: (one.picture, one.label, one.outcome, one.box))


def _objects(labelled: LabelledSet, found: Matches, label: str, operating: float) -> Iterator[Case]:
    # Matches keep the objects of a picture in its own order, those not asked for left out.
    boxes = {
        number: iter([one.box for one in picture.objects if one.asked and one.label == label])
        for number, picture in enumerate(labelled.pictures)
    }
    for number, score in zip(found.true_picture.tolist(), found.found.tolist(), strict=True):
        hit = score >= operating
        outcome: Outcome = "found" if hit else "missed"
        yield Case(number, label, outcome, score if hit else None, next(boxes[number]))


def _false(
    detections: Sequence[Sequence[Detection]], found: Matches, label: str, operating: float
) -> Iterator[Case]:
    wrong = (found.score >= operating) & found.counted[_HALF] & ~found.hit[_HALF]
    told: dict[tuple[int, float], list[Box]] = defaultdict(list)
    for number in set(found.picture[wrong].tolist()):
        for one in detections[number]:
            if one.label == label:
                told[number, one.score].append(one.box)
    for number, score in zip(
        found.picture[wrong].tolist(), found.score[wrong].tolist(), strict=True
    ):
        yield Case(number, label, "false alarm", score, told[number, score].pop(0))


def telling(
    cases: Iterable[Case], pictures: Sequence[LabelledPicture], outcome: Outcome, most: int
) -> list[Case]:
    """Those most worth a look, no two of a camera's picture: the largest missed ones, for they
    should have been seen, and the surest false alarms.
    """
    fitting = [case for case in cases if case.outcome == outcome]
    fitting.sort(key=lambda one: (-(one.side if one.score is None else one.score), one.picture))
    chosen: list[Case] = []
    seen: set[str] = set()
    for case in fitting:
        place = pictures[case.picture].camera
        if place not in seen and len(chosen) < most:
            chosen.append(case)
            seen.add(place)
    return chosen


def by_camera(
    cases: Iterable[Case], pictures: Sequence[LabelledPicture]
) -> dict[str, tuple[tuple[int, int], tuple[int, int]]]:
    """Of each camera with more than one picture: found of there, and right of reported."""
    several = {name for name, n in Counter(p.camera for p in pictures).items() if n > 1}
    counts: dict[str, Counter[str]] = {name: Counter() for name in sorted(several)}
    for case in cases:
        if (camera := pictures[case.picture].camera) in several:
            counts[camera][case.outcome] += 1
    return {
        camera: (
            (n["found"], n["found"] + n["missed"]),
            (n["found"], n["found"] + n["false alarm"]),
        )
        for camera, n in counts.items()
    }
