"""Training by Ultralytics: quiet, resumable, and nobody else's matter."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from analytics.training.plan import ARCHITECTURE, SETTINGS, TrainingPlan
from analytics.training.progress import Progress
from smartopia.errors import ConfigurationError

_FINISHED = -1
"""The epoch Ultralytics gives a training that is over."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a training made.

    Attributes:
        checkpoint: of the best epoch.
        metrics: of that epoch on the validation pictures.
        minutes: all its epochs took.
    """

    checkpoint: Path
    metrics: dict[str, float]
    minutes: float


def learn(data: Path, folder: Path, plan: TrainingPlan, say: Callable[[str], None]) -> Learnt:
    """Train, or go on with a training that was stopped after an epoch or more.

    Args:
        data: the data.yaml of its pictures.
        folder: of checkpoints and figures.
        plan: what it is to be.
        say: takes lines of progress.
    """
    _be_quiet()
    best, last = folder / "weights" / "best.pt", folder / "weights" / "last.pt"
    if (over := _epochs_over(last)) == plan.epochs:
        say("the training is over already")
    else:
        if over:
            say(f"going on after epoch {over} of {plan.epochs}")
        trainer = _trainer(data, folder, plan, last if over else None)
        _report(trainer, plan, over, say)
        trainer.train()
    kept = _load(best)
    return Learnt(best, _metrics(kept), seconds_of(kept["train_results"]["time"]) / 60)


def seconds_of(times: Sequence[float]) -> float:
    """How long all epochs took, given when each was over; each resumed stretch begins at 0."""
    total = before = 0.0
    for time_over in times:
        total += time_over - before if time_over > before else time_over
        before = time_over
    return total


def _be_quiet() -> None:
    os.environ.setdefault("YOLO_AUTOINSTALL", "false")
    from ultralytics.utils import LOGGER  # noqa: PLC0415 - slow
    from ultralytics.utils.events import events  # noqa: PLC0415

    # It would tell its makers of every run.
    events.enabled = False
    LOGGER.setLevel(logging.WARNING)


def _epochs_over(last: Path) -> int:
    if not last.exists():
        return 0
    kept = _load(last)
    if kept["epoch"] == _FINISHED:
        return int(kept["train_args"]["epochs"])
    return int(kept["epoch"]) + 1


def _load(checkpoint: Path) -> dict[str, Any]:
    import torch  # noqa: PLC0415 - slow

    # Its own file, written by this command: a pickle, as Ultralytics has it.
    try:
        kept: dict[str, Any] = torch.load(checkpoint, map_location="cpu", weights_only=False)
    except (OSError, RuntimeError, EOFError, UnpicklingError) as error:
        raise ConfigurationError(
            f"{checkpoint} cannot be read: {error}. Remove the folder {checkpoint.parent}; "
            "the training then begins anew on the same pictures"
        ) from None
    return kept


def _trainer(data: Path, folder: Path, plan: TrainingPlan, resume: Path | None) -> Any:  # noqa: ANN401
    from ultralytics.models.yolo.detect import DetectionTrainer  # noqa: PLC0415

    asked = {
        **SETTINGS,
        "model": str(resume) if resume else ARCHITECTURE,
        "data": str(data),
        "epochs": plan.epochs,
        "imgsz": plan.imgsz,
        "seed": plan.seed,
        "save_dir": str(folder),
        "exist_ok": True,
    }
    if resume:
        asked["resume"] = str(resume)
    return DetectionTrainer(overrides=asked)


def _report(trainer: Any, plan: TrainingPlan, over: int, say: Callable[[str], None]) -> None:  # noqa: ANN401
    progress: Progress | None = None

    def begin(_: Any) -> None:  # noqa: ANN401
        import torch  # noqa: PLC0415

        nonlocal progress
        # Ultralytics leaves a core idle: half of a machine with two.
        torch.set_num_threads(os.cpu_count() or 1)
        images = len(trainer.train_loader.dataset)
        say(f"training on {images} pictures at {plan.imgsz} px, {plan.epochs} epochs")
        progress = Progress(plan.epochs, images, done=over, say=say, clock=time.monotonic)

    def batch(_: Any) -> None:  # noqa: ANN401
        if progress is not None:
            progress.batch(trainer.train_loader.batch_size, _sum(trainer.tloss))

    def epoch(_: Any) -> None:  # noqa: ANN401
        # It is called once more at the end, for the best epoch.
        if progress is not None and trainer.epoch < trainer.epochs:
            map50 = float(trainer.metrics.get("metrics/mAP50(B)", 0.0))
            progress.epoch(trainer.epoch + 1, _sum(trainer.tloss), map50)

    trainer.add_callback("on_train_start", begin)
    trainer.add_callback("on_train_batch_end", batch)
    trainer.add_callback("on_fit_epoch_end", epoch)


def _sum(losses: dict[str, Any]) -> float:
    return float(sum(float(part) for part in losses.values()))


def _metrics(kept: Mapping[str, Any]) -> dict[str, float]:
    names = {"metrics/mAP50(B)": "map50", "metrics/mAP50-95(B)": "map50_95"}
    told = kept["train_metrics"]
    return {ours: round(float(told[theirs]), 4) for theirs, ours in names.items()}
