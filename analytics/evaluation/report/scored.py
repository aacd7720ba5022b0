"""Pictures of a side, detected, matched and scored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analytics.evaluation.labelled import LabelledPicture
from analytics.evaluation.matching import Matches, match
from analytics.evaluation.objects import ObjectScores, score_objects
from analytics.evaluation.report.cases import Case, all_cases
from analytics.evaluation.report.checks import SideData
from analytics.evaluation.running import KeptDetections
from analytics.vision.model import Detection

Detections = Sequence[Sequence[Detection]]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Looked:
    """Pictures and what was found in them."""

    data: SideData
    detections: Detections
    matches: Mapping[tuple[str, str], Matches]
    cases: list[Case]

    @property
    def pictures(self) -> tuple[LabelledPicture, ...]:
        """That were scored."""
        return self.data.labelled.pictures


@dataclass(frozen=True, slots=True)
class Scored(Looked):
    """One side, detected and scored."""

    scores: ObjectScores


@dataclass(frozen=True, slots=True)
class Looking:
    """How pictures are looked at: the same for all that are compared.

    Attributes:
        keeper: of the detector that looks.
        labels: classes that are scored.
        operating: confidence from which a report counts.
        say: hears of the progress.
    """

    keeper: KeptDetections
    labels: Sequence[str]
    operating: float
    say: Say

    def look(self, side: SideData, name: str) -> Looked:
        """What is found in a side's pictures, and what became of each object.

        Raises:
            ConfigurationError: a file is no picture.
        """
        pictures = side.labelled.pictures
        total, every = len(pictures), max(1, len(pictures) // 10)

        def told(done: int) -> None:
            if done % every == 0 or done == total:
                self.say(f"{name}: {done} of {total} pictures")

        found = self.keeper.detect([one.file for one in pictures], told)
        matches = match(side.labelled, found, self.labels)
        cases = all_cases(side.labelled, found, matches, self.labels, self.operating)
        return Looked(side, found, matches, cases)

    def score(self, side: SideData) -> Scored:
        """A whole side, scored part by part."""
        seen = self.look(side, side.name)
        scores = score_objects(
            side.labelled,
            seen.detections,
            self.labels,
            operating=self.operating,
            matches=seen.matches,
        )
        return Scored(seen.data, seen.detections, seen.matches, seen.cases, scores)
