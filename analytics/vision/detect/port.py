"""What a detector is to the rest: pictures in, objects out, whatever runs the model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from analytics.vision.masking import Picture
from analytics.vision.model import Detection

# What is unsure is still hidden in what is shown, and goes on a track that was sure before.
LEAST_SCORE = 0.2
# Ultralytics' own: how much two boxes of a class may overlap (IoU), how many a picture may have.
MOST_OVERLAP = 0.7
MOST_OBJECTS = 300
# Larger batches cost memory and gain nothing on a processor.
MOST_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class DetectorName:
    """Which weights saw it: an alert names them, so that it can be traced."""

    file: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.file} sha256:{self.sha256[:16]}"

    @classmethod
    def of(cls, weights: Path) -> DetectorName:
        """The name of a file, or of a folder with all its files."""
        return cls(weights.name, digest(weights))


class Detector(Protocol):
    """A trained model that is ready. Any thread may call it; one at a time is served.

    Attributes:
        labels: what it can tell, by class number.
        image_size: (height, width) in pixels of what the model looks at.
        drawn_only: whether it learnt from drawn pictures alone: who is real, it overlooks.
    """

    @property
    def name(self) -> DetectorName: ...  # noqa: D102

    @property
    def labels(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def image_size(self) -> tuple[int, int]: ...  # noqa: D102

    @property
    def drawn_only(self) -> bool: ...  # noqa: D102

    def detect(self, pictures: Sequence[Picture]) -> list[Sequence[Detection]]:
        """The objects in each picture (height, width, BGR), surest first.

        Pictures may differ in size. What is found in one does not depend on the others.
        """
        ...


def digest(weights: Path) -> str:
    """SHA-256 of a file, or of all files of a folder in the order of their names."""
    total = hashlib.sha256()
    files = sorted(p for p in weights.rglob("*") if p.is_file()) if weights.is_dir() else [weights]
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


def as_detections(rows: Iterable[Sequence[float]], labels: Sequence[str]) -> list[Detection]:
    """Rows of (x1, y1, x2, y2, score, class number) as detections; edges in pixels."""
    return [
        Detection(labels[int(kind)], score, (x1, y1, x2, y2))
        for x1, y1, x2, y2, score, kind in rows
    ]


def batches(shapes: Sequence[tuple[int, ...]], most: int) -> list[list[int]]:
    """Indices of pictures that go through a model together: of one shape, at most so many."""
    alike: dict[tuple[int, ...], list[int]] = {}
    for index, shape in enumerate(shapes):
        alike.setdefault(shape, []).append(index)
    return [
        group[start : start + most]
        for group in alike.values()
        for start in range(0, len(group), most)
    ]
