"""Labelled pictures, as COCO or YOLO data sets have them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import cv2
import yaml

from smartopia.errors import ConfigurationError

Box = tuple[float, float, float, float]

PICTURES = frozenset({".jpg", ".jpeg", ".png"})
"""How names of pictures end."""

_ROUNDING = 1.0  # pixels by which a box may reach out of its picture unremarked


@dataclass(frozen=True, slots=True)
class TrueObject:
    """Something that is in a picture.

    Attributes:
        box: x1, y1, x2, y2 in pixels.
        asked: whether a detector is asked to find it; finding another counts neither way.
    """

    label: str
    box: Box
    asked: bool = True


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """A picture and what is in it.

    Attributes:
        camera: whose pictures are alike: the camera, or the picture itself where none is known.
        layout: of the place, if it is a rendered one.
        conditions: under which it was taken, with grades 1 to 5.
    """

    file: Path
    objects: tuple[TrueObject, ...]
    camera: str
    layout: str = ""
    conditions: tuple[tuple[str, int], ...] = ()


class DoubtKind(StrEnum):
    """What can be wrong with labels that can be read."""

    OUTSIDE = "boxes outside"
    EMPTY = "boxes without area"
    NO_LABELS = "pictures without labels"
    NO_PICTURE = "labels without a picture"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something wrong with a label. `where`: file and line, or number of the annotation."""

    kind: DoubtKind
    where: str


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Pictures that are scored together.

    A box that reaches out of its picture is cut at the edge, one without area left out; both
    are among the doubts.

    Attributes:
        labels: all classes they are labelled with.
        under: conditions that were put on all of them, where that is what the set is for.
    """

    labels: tuple[str, ...]
    pictures: tuple[LabelledPicture, ...]
    doubts: tuple[Doubt, ...] = ()
    under: tuple[tuple[str, int], ...] = ()


def read_labelled(folder: Path) -> LabelledSet:
    """A COCO or YOLO data set, whichever the folder holds.

    Raises:
        ConfigurationError: it holds neither, or cannot be read; says what and where.
    """
    for name, read in (("annotations.json", read_coco), ("data.yaml", read_yolo)):
        if (folder / name).is_file():
            return read(folder)
    raise ConfigurationError(
        f"{folder} is no labelled set: it has neither annotations.json (COCO) nor data.yaml (YOLO)"
    )


def read_coco(folder: Path) -> LabelledSet:
    """A COCO data set: annotations.json beside images/.

    What `smartopia scenes export` says besides is used: camera, layout, conditions, and those
    put on the whole set.

    Raises:
        ConfigurationError: it cannot be read; says what and where.
    """
    file = folder / "annotations.json"
    try:
        content = json.loads(file.read_bytes())
        labels = {c["id"]: str(c["name"]) for c in content["categories"]}
        images = {image["id"]: image for image in content["images"]}
        objects: dict[Any, list[TrueObject]] = defaultdict(list)
        doubts: list[Doubt] = []
        for number, told in enumerate(content["annotations"]):
            where = f"{file}: annotation {told.get('id', number)}"
            image = images.get(told["image_id"])
            if image is None:
                doubts.append(Doubt(DoubtKind.NO_PICTURE, where))
                continue
            size = image.get("width"), image.get("height")
            objects[image["id"]] += _kept(_coco_object(told, labels), size, where, doubts)
        pictures = tuple(
            _coco_picture(folder, image, tuple(objects[image["id"]])) for image in images.values()
        )
        under = _graded(content.get("info", {}).get("under", {}))
    except OSError as error:
        raise ConfigurationError(
            f"{file} cannot be read: {error.strerror}; "
            "`smartopia scenes export --format coco` writes one"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(f"{file} is not of a COCO data set: {error!r}") from None
    return _whole(file, LabelledSet(tuple(labels.values()), pictures, tuple(doubts), under))


def read_yolo(folder: Path) -> LabelledSet:
    """A YOLO data set: data.yaml, images/ and labels/. A picture without labels shows nothing.

    Raises:
        ConfigurationError: it cannot be read; says what and where.
    """
    file = folder / "data.yaml"
    try:
        names = yaml.safe_load(file.read_text())["names"]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ConfigurationError(f"{file} is not of a YOLO data set: {error!r}") from None
    labels = dict(names) if isinstance(names, Mapping) else dict(enumerate(names))
    found = sorted(p for p in (folder / "images").rglob("*") if p.suffix in PICTURES)
    doubts: list[Doubt] = []
    pictures = tuple(_yolo_picture(folder, picture, labels, doubts) for picture in found)
    return _whole(file, LabelledSet(tuple(labels.values()), pictures, tuple(doubts)))


def _whole(file: Path, read: LabelledSet) -> LabelledSet:
    if not read.pictures:
        raise ConfigurationError(f"{file} names no pictures")
    missing = [picture.file for picture in read.pictures if not picture.file.is_file()]
    if missing:
        raise ConfigurationError(
            f"{file}: {len(missing)} of {len(read.pictures)} pictures are missing, "
            f"the first is {missing[0]}"
        )
    return read


def _kept(
    told: TrueObject,
    size: tuple[float | None, float | None],
    where: str,
    doubts: list[Doubt],
) -> list[TrueObject]:
    """The object, cut at the picture's edges where its size is known; adds what is doubtful."""
    x1, y1, x2, y2 = told.box
    width, height = size
    if width and height:
        x1, x2 = (min(max(x, 0.0), width) for x in (x1, x2))
        y1, y2 = (min(max(y, 0.0), height) for y in (y1, y2))
    box = (x1, y1, x2, y2)
    if any(abs(new - old) > _ROUNDING for new, old in zip(box, told.box, strict=True)):
        doubts.append(Doubt(DoubtKind.OUTSIDE, where))
    elif box != told.box:
        box = told.box  # a label that was rounded is left as it is
    if x2 <= x1 or y2 <= y1:
        doubts.append(Doubt(DoubtKind.EMPTY, where))
        return []
    return [replace(told, box=box)]


def _coco_object(told: Mapping[str, Any], labels: Mapping[int, str]) -> TrueObject:
    left, top, width, height = map(float, told["bbox"])
    box = (left, top, left + width, top + height)
    return TrueObject(labels[told["category_id"]], box, asked=not told.get("iscrowd", 0))


def _coco_picture(
    folder: Path, image: Mapping[str, Any], objects: tuple[TrueObject, ...]
) -> LabelledPicture:
    places = [str(image[key]) for key in ("layout", "variant", "camera") if key in image]
    return LabelledPicture(
        file=folder / "images" / image["file_name"],
        objects=objects,
        camera="/".join(places) or str(image["file_name"]),
        layout=str(image.get("layout", "")),
        conditions=_graded(image.get("conditions", {})),
    )


def _graded(told: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((str(name), int(grade)) for name, grade in told.items()))


def _yolo_picture(
    folder: Path, file: Path, labels: Mapping[int, str], doubts: list[Doubt]
) -> LabelledPicture:
    picture = cv2.imread(str(file))
    if picture is None:
        raise ConfigurationError(f"{file} is no picture")
    text = folder / "labels" / file.relative_to(folder / "images").with_suffix(".txt")
    if not text.is_file():
        doubts.append(Doubt(DoubtKind.NO_LABELS, str(file)))
    lines = text.read_text().splitlines() if text.is_file() else []
    objects: list[TrueObject] = []
    height, width = picture.shape[:2]
    for number, line in enumerate(lines, 1):
        try:
            told = _yolo_object(line.split(), labels, picture.shape)
            objects += _kept(told, (width, height), f"{text}:{number}", doubts)
        except (ValueError, KeyError) as error:
            raise ConfigurationError(
                f"{text}:{number}: expected a known class and four numbers, not {line!r} ({error})"
            ) from None
    return LabelledPicture(file, tuple(objects), str(file.relative_to(folder / "images")))


def _yolo_object(
    words: Sequence[str], labels: Mapping[int, str], shape: Sequence[int]
) -> TrueObject:
    kind, x, y, width, height = words
    across, down = float(width) * shape[1] / 2, float(height) * shape[0] / 2
    middle = float(x) * shape[1], float(y) * shape[0]
    box = (middle[0] - across, middle[1] - down, middle[0] + across, middle[1] + down)
    return TrueObject(labels[int(kind)], box)
