"""Scores a trained model on all that its card tells of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import yaml

from analytics.evaluation.labelled import LabelledSet, read_coco, read_yolo
from analytics.evaluation.objects import ObjectScores, score_objects
from analytics.evaluation.running import detect_all, open_for_scoring, shared_labels
from analytics.training.model_card import CardFacts, write_card
from analytics.vision.detect.port import Detector, digest
from smartopia.errors import ConfigurationError

_TOLD_EVERY = 100
_COMMAND = (
    "smartopia train card --weights MODEL.onnx --lab LAB --field FIELD --photographs DIR --out FILE"
)


def make_card(
    weights: Path,
    lab: Path,
    field: Path,
    photographs: Path | None,
    *,
    say: Callable[[str], None],
) -> str:
    """The model card of a trained file, scored now.

    Args:
        weights: the file, with training.yaml beside it.
        lab, field: COCO data sets.
        photographs: a YOLO data set of real photographs.
        say: takes lines of progress.

    Raises:
        ConfigurationError: something of it cannot be read.
    """
    training = weights.with_name("training.yaml")
    try:
        made = yaml.safe_load(training.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise ConfigurationError(
            f"{training} cannot be read: {error}; `smartopia train scenes` writes it"
        ) from None
    detector = open_for_scoring(weights)
    return write_card(
        CardFacts(
            training=made,
            sha256=digest(weights),
            size=detector.image_size,
            bytes=weights.stat().st_size,
            lab=_scored(detector, read_coco(lab), "lab", say),
            field=_scored(detector, read_coco(field), "field", say),
            photographs=(
                None
                if photographs is None
                else _scored(detector, read_yolo(photographs), "photographs", say)
            ),
            command=_COMMAND,
        )
    )


def _scored(
    detector: Detector, labelled: LabelledSet, name: str, say: Callable[[str], None]
) -> ObjectScores:
    total = len(labelled.pictures)

    def told(done: int) -> None:
        if done % _TOLD_EVERY == 0 or done == total:
            say(f"{name}: {done} of {total} pictures")

    found = detect_all(detector, labelled, told)
    scores = score_objects(labelled, found, shared_labels(detector, labelled))
    say(f"{name}: mAP50 {scores.whole.map50.value:.3f}")
    return scores
