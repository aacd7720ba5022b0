"""A finished training another one begins with."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from analytics.training.pictures import TrainingPictures
from smartopia.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class EarlierTraining:
    """What is left of a finished training: its last weights and its training card.

    Attributes:
        weights: the checkpoint of its last epoch; or the ONNX file it was packed as, which is all a
            fresh clone has.
    """

    weights: Path
    card: Mapping[str, Any]

    @property
    def packed(self) -> bool:
        """Whether the weights must be unpacked to go on from."""
        return self.weights.suffix == ".onnx"


def kept_beginning(after: str, out: Path) -> str:
    """Where a training finds what it begins with: of a packed model a copy in its own folder.

    The model may be replaced by what comes of it, and then it would be its own ancestor.

    Args:
        after: as the plan names it.
        out: the folder of the training.
    """
    named = Path(after)
    if named.suffix != ".onnx":
        return after
    kept = out / "begun-with" / named.name
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        for file in (named.with_name("training.yaml"), named):
            if file.exists():
                shutil.copyfile(file, kept.with_name(file.name))
    return str(kept)


def earlier_training(after: str, labels: Sequence[str]) -> EarlierTraining | None:
    """The training whose weights another begins with; None where they begin at random.

    Args:
        after: its folder, or the ONNX file it was packed as; empty: none.
        labels: of its pictures, by class number.

    Raises:
        ConfigurationError: that training is not over, or knows other classes.
    """
    if not after:
        return None
    named = Path(after)
    folder = named.parent if named.suffix == ".onnx" else named
    try:
        card = yaml.safe_load((folder / "training.yaml").read_text())
    except (OSError, yaml.YAMLError) as error:
        raise ConfigurationError(
            f"{folder} holds no finished training: {error}. End it by --resume, name an .onnx file "
            "with its training.yaml beside it, or leave --after out"
        ) from None
    if (known := list(card["labels"])) != list(labels):
        raise ConfigurationError(
            f"the training in {folder} knows {', '.join(known)}; these pictures have "
            f"{', '.join(labels)}. Name another --after, or leave it out"
        )
    return EarlierTraining(folder / "weights" / "last.pt" if named is folder else named, card)


def drawn_only(pictures: TrainingPictures, earlier: EarlierTraining | None) -> bool:
    """Whether a model knows nothing but what we drew, in this training and in those before."""
    return pictures.rendered and (earlier is None or bool(earlier.card["rendered"]))
