"""A training from pictures to the shipped file, step by step; each is left out if it is done."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from analytics.training.card import model_card, training_card, write_yaml
from analytics.training.earlier import (
    EarlierTraining,
    drawn_only,
    earlier_training,
    kept_beginning,
)
from analytics.training.learning import learn, mark_drawn
from analytics.training.packing import pack
from analytics.training.pictures import (
    TrainingPictures,
    describe,
    existing,
    render,
    shape_of,
)
from analytics.training.plan import TrainingPlan, keep_plan, looked_at
from analytics.training.timing import milliseconds
from analytics.training.unpacking import unpack
from analytics.vision.detect.export import DRAWN, LEARNT_FROM
from smartopia.errors import ConfigurationError

_TIMED_PX = 320
"""The size the speed of a model is promised for, besides the one it is used at."""


def train_scenes(
    out: Path,
    plan: TrainingPlan,
    *,
    data: Path | None,
    resume: bool,
    say: Callable[[str], None],
) -> Path:
    """Make the pictures, train on them, and pack what was learnt.

    Args:
        out: folder of all that is made.
        plan: how.
        data: a YOLO data set to train on instead of a rendered one.
        resume: whether to go on with the training that is there.
        say: takes lines of progress.

    Returns:
        The model; training.yaml beside it says what it was made of.

    Raises:
        ConfigurationError: the folder holds something else, or the pictures cannot be had.
    """
    if importlib.util.find_spec("onnx") is None:
        raise ConfigurationError("training needs onnx, too: pip install 'smartopia[training]'")
    keep_plan(out / "plan.yaml", plan, resume=resume)
    pictures = existing(data) if data else render(out, plan)
    earlier = earlier_training(kept_beginning(plan.after, out), pictures.labels)
    describe(pictures, out / "data.yaml", plan)
    begin_with = _begun_with(earlier, pictures, out, plan) if earlier else None
    learnt = learn(out / "data.yaml", out, plan, say, begin_with=begin_with)
    model, shape = out / "model.onnx", shape_of(pictures.learnt_from()[0])
    about = {"trained_with": plan.command}
    if drawn_only(pictures, earlier):
        about |= {"description": "Smartopia: objects in rendered streets", LEARNT_FROM: DRAWN}
        mark_drawn(learnt.checkpoint)
    aside = out / "timed.onnx"
    pack(learnt.checkpoint, looked_at(_TIMED_PX, shape), aside, about)
    pack(learnt.checkpoint, looked_at(plan.imgsz, shape), model, about)
    timed = {f"{h}x{w}": ms for file in (aside, model) for (h, w), ms in [milliseconds(file)]}
    aside.unlink()
    card = training_card(plan, pictures, learnt, timed, earlier=earlier)
    write_yaml(out / "training.yaml", card)
    return model


def _begun_with(
    earlier: EarlierTraining, pictures: TrainingPictures, out: Path, plan: TrainingPlan
) -> Path:
    """The checkpoint of an earlier training, unpacked into `out` if it is a packed one."""
    target = out / "begun-with.pt"
    if not earlier.packed:
        return earlier.weights
    if not target.exists():
        shown = [Path(line) for line in (out / "epoch.txt").read_text().splitlines()]
        size = looked_at(plan.learnt_at, shape_of(pictures.learnt_from()[0]))
        unpack(earlier.weights, pictures.labels, shown, size, target)
    return target


def install_model(model: Path) -> Path:
    """Make a model the one that is used where no other is named; return where it is."""
    folder = Path(str(files("analytics"))) / "models"
    folder.mkdir(exist_ok=True)
    installed = folder / "default.onnx"
    shutil.copyfile(model, installed)
    shutil.copyfile(model.with_name("training.yaml"), folder / "training.yaml")
    write_yaml(folder / "default.yaml", model_card(installed, folder / "training.yaml"))
    return installed
