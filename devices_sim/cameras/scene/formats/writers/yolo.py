"""Ultralytics YOLO detection: a text file per picture (https://docs.ultralytics.com/datasets)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from devices_sim.cameras.scene.formats.model import DataSet, Entry, Format, Texts, seen
from devices_sim.cameras.scene.render.boxes import TrueBox
from devices_sim.cameras.scene.shots import LABELS, Shown, asked, taught

_TO_LEARN = ("train", "val")


def _picture(data_set: DataSet, shown: Shown) -> str:
    return f"images/{data_set.split}/{shown.name}.jpg"


def _texts(data_set: DataSet, entries: Sequence[Entry]) -> Texts:
    yield "data.yaml", _data(data_set)
    labelled = taught if data_set.split in _TO_LEARN else asked
    for entry in entries:
        path = PurePosixPath("labels", *PurePosixPath(entry.file).parts[1:])
        yield str(path.with_suffix(".txt")), _labels(entry, labelled)


def _data(data_set: DataSet) -> str:
    # Without `path`, Ultralytics looks beside this file, wherever it is started.
    pictures = f"images/{data_set.split}"
    names = "".join(f"  {number}: {label}\n" for number, label in enumerate(LABELS))
    under = "".join(f"  {name}: {grade}\n" for name, grade in data_set.under)
    told = f"under:\n{under}" if under else ""
    return f"train: {pictures}\nval: {pictures}\n{told}names:\n{names}"


def _labels(entry: Entry, labelled: Callable[[TrueBox], bool]) -> str:
    """Class, middle and size of each object that is labelled, as shares of the picture."""
    lines = []
    for box in entry.boxes:
        found = seen(box, entry)
        if found is None or not labelled(box):
            continue
        left, top, width, height = found
        x, y = (left + width / 2) / entry.width, (top + height / 2) / entry.height
        size = f"{width / entry.width:.6f} {height / entry.height:.6f}"
        lines.append(f"{LABELS.index(box.kind)} {x:.6f} {y:.6f} {size}\n")
    return "".join(lines)


FORMAT = Format(name="yolo", title="Ultralytics YOLO", picture=_picture, texts=_texts)
