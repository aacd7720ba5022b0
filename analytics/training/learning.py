"""Training by Ultralytics: quiet, resumable, and nobody else's matter."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from analytics.training.plan import ARCHITECTURE, SETTINGS, TrainingPlan
from analytics.training.progress import Progress
from analytics.vision.detect.export import DRAWN, LEARNT_FROM
from smartopia.errors import ConfigurationError

_FINISHED = -1
"""The epoch Ultralytics gives a training that is over."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a training made.

    Attributes:
        checkpoint: of the last epoch: the average of the weights on the way there.
        metrics: of it on the validation pictures, at the size it is used at.
        minutes: all its epochs took.
    """

    checkpoint: Path
    metrics: dict[str, float]
    minutes: float


def learn(
    data: Path,
    folder: Path,
    plan: TrainingPlan,
    say: Callable[[str], None],
    *,
    begin_with: Path | None = None,
) -> Learnt:
    """Train, or go on with a training that was stopped after an epoch or more.

    Args:
        data: the data.yaml of its pictures.
        folder: of checkpoints and figures.
        plan: what it is to be.
        say: takes lines of progress.
        begin_with: the checkpoint whose weights it begins with; None for random ones.
    """
    _be_quiet()
    last = folder / "weights" / "last.pt"
    if (over := _epochs_over(last)) == plan.epochs:
        say("the training is over already")
    else:
        if over:
            say(f"going on after epoch {over} of {plan.epochs}")
        trainer = _trainer(data, folder, plan, begin_with, last if over else None)
        _report(trainer, plan, over, say)
        trainer.train()
    say(f"measuring on the validation pictures at {plan.imgsz} px")
    minutes = seconds_of(_load(last)["train_results"]["time"]) / 60
    return Learnt(last, _measured(last, data, plan), minutes)


def mark_drawn(checkpoint: Path) -> None:
    """Write into a checkpoint, too, that it saw drawn pictures alone and finds nobody real."""
    import torch  # noqa: PLC0415 - slow

    torch.save({**_load(checkpoint), LEARNT_FROM: DRAWN}, checkpoint)


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


def _trainer(
    data: Path, folder: Path, plan: TrainingPlan, begin_with: Path | None, resume: Path | None
) -> Any:  # noqa: ANN401
    from ultralytics.models.yolo.detect import DetectionTrainer  # noqa: PLC0415

    asked = {
        **SETTINGS,
        "model": str(resume or ARCHITECTURE),
        "pretrained": str(begin_with) if begin_with else False,
        "data": str(data),
        "epochs": plan.epochs,
        "imgsz": plan.learnt_at,
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
        # A tenth faster on processors.
        trainer.model.to(memory_format=torch.channels_last)
        images = len(trainer.train_loader.dataset)
        say(f"training on {images} pictures at {plan.learnt_at} px, {plan.epochs} epochs")
        progress = Progress(plan.epochs, images, done=over, say=say, clock=time.monotonic)

    def batch(_: Any) -> None:  # noqa: ANN401
        if progress is not None:
            progress.batch(trainer.train_loader.batch_size, _sum(trainer.tloss))

    def epoch(_: Any) -> None:  # noqa: ANN401
        # It is called once more at the end, for the best epoch.
        if progress is not None and trainer.epoch < trainer.epochs:
            progress.epoch(trainer.epoch + 1, _sum(trainer.tloss))

    trainer.add_callback("on_train_start", begin)
    trainer.add_callback("on_train_batch_end", batch)
    trainer.add_callback("on_fit_epoch_end", epoch)


def _sum(losses: dict[str, Any]) -> float:
    return float(sum(float(part) for part in losses.values()))


def _measured(checkpoint: Path, data: Path, plan: TrainingPlan) -> dict[str, float]:
    from ultralytics import YOLO  # type: ignore[attr-defined]  # noqa: PLC0415 - slow

    model: Any = YOLO(str(checkpoint))
    asked = {"data": str(data), "imgsz": plan.imgsz, "rect": True, "device": "cpu", "workers": 0}
    aside = {"plots": False, "verbose": False, "project": str(data.parent), "name": "measured"}
    box = model.val(**asked, **aside, exist_ok=True).box
    return {"map50": round(float(box.map50), 4), "map50_95": round(float(box.map), 4)}
