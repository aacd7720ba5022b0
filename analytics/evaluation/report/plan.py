"""What a report on objects is made of, as its command names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smartopia.seen import OPERATING_SCORE


@dataclass(frozen=True, slots=True)
class ObjectsPlan:
    """What is to be scored.

    Attributes:
        weights: the model's file.
        image_size: pixels it looks at; None for its own.
        classes: those that are scored; none for all that can be compared.
        training: folders of pictures the model was trained on.
        operating: confidence from which a report counts.
        compared: another model's file, held against the first on the same pictures.
        under: folders of the lab's pictures under conditions.
    """

    lab: Path
    field: Path
    weights: Path
    image_size: int | None = None
    classes: tuple[str, ...] = ()
    training: tuple[Path, ...] = ()
    operating: float = OPERATING_SCORE
    compared: Path | None = None
    under: tuple[Path, ...] = ()

    def as_inputs(self) -> dict[str, Any]:
        """As the report keeps it."""
        return {
            "lab": str(self.lab.resolve()),
            "field": str(self.field.resolve()),
            "model": str(self.weights.resolve()),
            "imgsz": self.image_size,
            "classes": list(self.classes),
            "training": [str(folder.resolve()) for folder in self.training],
            "threshold": self.operating,
            "compare": None if self.compared is None else str(self.compared.resolve()),
            "under": [str(folder.resolve()) for folder in self.under],
        }

    @classmethod
    def of_inputs(cls, inputs: Mapping[str, Any]) -> ObjectsPlan:
        """The plan a report was made by."""
        return cls(
            lab=Path(inputs["lab"]),
            field=Path(inputs["field"]),
            weights=Path(inputs["model"]),
            image_size=inputs["imgsz"],
            classes=tuple(inputs["classes"]),
            training=tuple(map(Path, inputs["training"])),
            operating=inputs["threshold"],
            compared=Path(inputs["compare"]) if inputs["compare"] else None,
            under=tuple(map(Path, inputs.get("under", ()))),
        )
