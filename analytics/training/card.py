"""What is written down of a training and of the model it made."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from analytics.training.balance import COMMON
from analytics.training.earlier import EarlierTraining, drawn_only
from analytics.training.learning import Learnt
from analytics.training.pictures import TrainingPictures, told
from analytics.training.plan import ARCHITECTURE, SETTINGS, TrainingPlan
from analytics.vision.detect.port import digest

_VERSIONS = ("smartopia", "ultralytics", "torch", "numpy", "opencv-python", "onnx")
_RENDERED = (
    "Rendered street scenes alone, drawn by Smartopia; the weights began at random. "
    "No photograph, recording or model of anybody else is in it."
)
_OTHER = (
    "Pictures that were given by --data, to this training or one before; "
    "the weights began at random."
)


def training_card(
    plan: TrainingPlan,
    pictures: TrainingPictures,
    learnt: Learnt,
    milliseconds: Mapping[str, float],
    *,
    earlier: EarlierTraining | None = None,
) -> dict[str, Any]:
    """How a model was made, so that it can be made again.

    Args:
        plan: how it was trained.
        pictures: on what.
        learnt: what came of it.
        milliseconds: a picture takes, by the size the model looks at.
        earlier: the training whose weights this one began with.
    """
    rendered = drawn_only(pictures, earlier)
    return {
        "command": plan.command if pictures.rendered else f"{plan.command} --data DIR",
        "after": _told(earlier),
        "rendered": rendered,
        "made_of": _RENDERED if rendered else _OTHER,
        "architecture": f"{Path(ARCHITECTURE).stem}, weights at random at first",
        "image_size": plan.imgsz,
        "learnt_at": plan.learnt_at,
        "seed": plan.seed,
        "epochs": plan.epochs,
        "labels": list(pictures.labels),
        "train": told(pictures.train, pictures.labels),
        "val": told((pictures.val,), pictures.labels),
        "val_metrics": learnt.metrics,
        "settings": {**SETTINGS, "repeat_below_share": COMMON},
        "versions": {name: version(name) for name in _VERSIONS},
        "minutes": round(learnt.minutes),
        "milliseconds": dict(milliseconds),
    }


def _told(earlier: EarlierTraining | None) -> list[dict[str, Any]]:
    """The trainings before, the first one first: what each was made by, and of what."""
    if earlier is None:
        return []
    card = earlier.card
    own = {name: card[name] for name in ("command", "epochs", "minutes")}
    return [*card.get("after", ()), {**own, "train_sha256": card["train"]["sha256"]}]


def model_card(weights: Path, training: Path) -> dict[str, Any]:
    """What `default.yaml` says of the shipped file; `analytics.vision.detect.weights` reads it."""
    from analytics.vision.detect.onnx_runtime import OnnxDetector  # noqa: PLC0415 - needs ONNX

    made = yaml.safe_load(training.read_text())
    return {
        "sha256": digest(weights),
        "image_size": list(OnnxDetector(weights).image_size),
        "labels": made["labels"],
        "trained_with": made["command"],
        "trained_on": made["made_of"],
        "measured": {f"val_{name}": value for name, value in made["val_metrics"].items()},
    }


def write_yaml(file: Path, content: Mapping[str, Any]) -> None:
    """Write a card."""
    file.write_text(yaml.safe_dump(dict(content), sort_keys=False, width=100))
