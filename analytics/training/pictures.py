"""The pictures of a training: rendered by the installed command, described for Ultralytics."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from analytics.training.balance import repeats
from analytics.training.pieces import labels_of, make_pieces, read_picture
from analytics.training.plan import TrainingPlan, looked_at
from smartopia.errors import ConfigurationError

_SEQUENCE = re.compile(r"^[a-z]+-\d+-(?P<layout>.+)$")


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Pictures with labels.

    Attributes:
        path: folder of the pictures.
        root: folder of the data set they belong to.
    """

    path: Path
    root: Path

    def pictures(self) -> list[Path]:
        """All of them, in order."""
        return sorted(file for file in self.path.rglob("*") if file.suffix in {".jpg", ".png"})


@dataclass(frozen=True, slots=True)
class TrainingPictures:
    """What a model learns from, and what its best epoch is chosen by.

    Attributes:
        train: one set or several.
        labels: by class number.
        rendered: whether we had them rendered, and so know what they show.
    """

    train: tuple[TrainingSet, ...]
    val: TrainingSet
    labels: tuple[str, ...]
    rendered: bool = False

    def learnt_from(self) -> list[Path]:
        """All pictures to learn from, in order."""
        return [picture for one in self.train for picture in one.pictures()]


def render(out: Path, plan: TrainingPlan) -> TrainingPictures:
    """Have the pictures of a plan rendered, as far as they are not there yet.

    Raises:
        ConfigurationError: the command that renders failed.
    """
    wanted = {"train": plan.frames, "rare": plan.rare, "val": plan.val_frames}
    for split, frames in wanted.items():
        if not frames:
            continue
        asked = ["--split", split, "--format", "yolo", "--frames", str(frames)]
        into = ["--seed", str(plan.seed), "--out", str(out / split)]
        command = [sys.executable, "-m", "smartopia", "scenes", "export", *asked, *into]
        if (code := subprocess.run(command, check=False).returncode) != 0:
            raise ConfigurationError(
                f"`smartopia {' '.join(command[3:])}` ended with {code}; mend what it says above, "
                "then --resume"
            )
    there = {split: _described(out / split) for split, frames in wanted.items() if frames}
    train = there["train"].train + (there["rare"].train if plan.rare else ())
    return TrainingPictures(train, there["val"].val, there["train"].labels, rendered=True)


def existing(folder: Path) -> TrainingPictures:
    """Pictures that are there: a YOLO data set whose data.yaml names `train` and `val`.

    Raises:
        ConfigurationError: there is none; says what is expected.
    """
    return _described(folder)


def describe(pictures: TrainingPictures, file: Path, plan: TrainingPlan) -> None:
    """Write the data.yaml Ultralytics reads, and beside it the list of what an epoch shows."""
    files = [picture.resolve() for picture in pictures.learnt_from()]
    if plan.piece < plan.imgsz:
        size = looked_at(plan.piece, shape_of(files[0]))
        folder = file.resolve().parent / "pieces"
        shown = make_pieces(files, folder, size, plan.pieces, seed=plan.seed)
    else:
        often = repeats([frozenset(classes_in(picture)) for picture in files], seed=plan.seed)
        shown = [picture for picture, n in zip(files, often, strict=True) for _ in range(n)]
    epoch = file.with_name("epoch.txt")
    epoch.write_text("".join(f"{picture}\n" for picture in shown))
    content = {
        "train": str(epoch.resolve()),
        "val": str(pictures.val.path.resolve()),
        "names": dict(enumerate(pictures.labels)),
    }
    file.write_text(yaml.safe_dump(content, sort_keys=False))


def shape_of(file: Path) -> tuple[int, int]:
    """(height, width) of a picture."""
    height, width = read_picture(file).shape[:2]
    return height, width


def classes_in(picture: Path) -> list[int]:
    """The class number of each object in a picture of a YOLO data set."""
    return [label[0] for label in labels_of(picture)]


def told(sets: Sequence[TrainingSet], labels: Sequence[str]) -> dict[str, Any]:
    """What the training card says of sets taken together: what is in them, and their digest."""
    files = [file for one in sets for file in one.pictures()]
    objects = Counter(kind for file in files for kind in classes_in(file))
    layouts = Counter(
        found["layout"] for file in files if (found := _SEQUENCE.match(file.parent.name))
    )
    return {
        "pictures": len(files),
        "layouts": dict(sorted(layouts.items())),
        "objects": {label: objects[number] for number, label in enumerate(labels)},
        "sha256": _digest(sets),
    }


def _described(folder: Path) -> TrainingPictures:
    file = folder / "data.yaml"
    try:
        content = yaml.safe_load(file.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}") from None
    if not isinstance(content, Mapping) or not {"train", "val", "names"} <= content.keys():
        raise ConfigurationError(f"{file} must name train, val and names, as YOLO data sets do")
    sets = [TrainingSet(folder / content[key], folder) for key in ("train", "val")]
    for one in sets:
        if not one.pictures():
            raise ConfigurationError(f"{file}: there are no pictures in {one.path}")
    names = content["names"]
    labels = names.values() if isinstance(names, Mapping) else names
    return TrainingPictures((sets[0],), sets[1], tuple(map(str, labels)))


def _digest(sets: Sequence[TrainingSet]) -> str:
    """Of the pixels before they became JPEGs where a set says them, of the files otherwise."""
    total = hashlib.sha256()
    for data in sets:
        digests = data.root / "digests.json"
        if digests.is_file():
            total.update(json.dumps(json.loads(digests.read_bytes())["rendered"]).encode())
        else:
            for file in data.pictures():
                total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
