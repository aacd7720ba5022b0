"""What a training is to be: equal plans on equal pictures make equal models, but for rounding."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from smartopia.errors import ConfigurationError

ARCHITECTURE = "yolo11n.yaml"
"""Ultralytics' description of the layers; the weights begin at random."""

STRIDE = 32
"""Pixels of a cell of the coarsest grid: sides of what the model looks at are multiples."""

SETTINGS: dict[str, Any] = {
    # All pictures have one shape. Rectangles of it cost 60 % of squares, and are what is used.
    "rect": True,
    "batch": 6,
    # A step each batch: short trainings need every one.
    "nbs": 6,
    "optimizer": "AdamW",
    "lr0": 0.001,
    "lrf": 0.02,
    "cos_lr": True,
    "momentum": 0.9,
    "weight_decay": 0.0005,
    "warmup_epochs": 0.3,
    "warmup_bias_lr": 0.0,
    # Persons are few pixels tall: shrunk by half they would be none.
    "scale": 0.2,
    "translate": 0.1,
    "close_mosaic": 0,
    "patience": 0,
    # An epoch's end is the best there is of it; the last one is kept, and measured.
    "val": False,
    "cache": "ram",
    "workers": 0,
    "deterministic": True,
    "amp": False,
    "device": "cpu",
    "plots": False,
}
"""For Ultralytics, besides what a plan says; the rest is its default."""


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """How a model is trained.

    Attributes:
        frames, val_frames: pictures to learn from, and to measure on.
        epochs: how often each piece is seen.
        imgsz: pixels of the longer side of what the model looks at.
        piece: pixels of the longer side of the pieces it learns from; whole pictures are learnt
            from where that is no less than imgsz.
        pieces: how many of a picture without anything rare.
        seed: of the pictures, the first weights and the order.
        rare: pictures to learn from besides, in which what is rare in a street is frequent.
        after: folder of the finished training whose weights this one begins with, or the ONNX file
            it was packed as; empty: random.
    """

    frames: int = 1920
    val_frames: int = 192
    epochs: int = 6
    imgsz: int = 640
    piece: int = 416
    pieces: int = 2
    seed: int = 1
    rare: int = 1920
    after: str = ""

    @property
    def learnt_at(self) -> int:
        """Pixels of the longer side of what is learnt from."""
        return min(self.piece, self.imgsz)

    @property
    def command(self) -> str:
        """What trains by this plan."""
        command = (
            f"smartopia train scenes --frames {self.frames} --rare {self.rare} "
            f"--val-frames {self.val_frames} --epochs {self.epochs} --imgsz {self.imgsz} "
            f"--piece {self.piece} --pieces {self.pieces} --seed {self.seed}"
        )
        return f"{command} --after DIR" if self.after else command


def looked_at(imgsz: int, picture: tuple[int, int]) -> tuple[int, int]:
    """(height, width) of what a model looks at, for pictures of this (height, width)."""
    longer = max(picture)
    height, width = (-(-round(side * imgsz / longer) // STRIDE) * STRIDE for side in picture)
    return height, width


def keep_plan(file: Path, plan: TrainingPlan, *, resume: bool) -> None:
    """Write down the plan of a new training, or see that a resumed one has the same.

    Raises:
        ConfigurationError: another training is there, or none to go on with.
    """
    folder = file.parent
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(asdict(plan), sort_keys=False))
        return
    there = yaml.safe_load(file.read_text())
    if not resume:
        raise ConfigurationError(
            f"{folder} holds a training; go on with it by --resume, or name another --out"
        )
    differs = [f"{k} {there.get(k)}, not {v}" for k, v in asdict(plan).items() if there.get(k) != v]
    if differs:
        raise ConfigurationError(
            f"{folder} holds another training ({', '.join(differs)}); "
            "give the same options, or name another --out"
        )
