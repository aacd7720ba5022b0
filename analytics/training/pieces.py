"""Pieces of pictures at full size: what a detector for larger pictures learns from.

A piece of 416 px takes 40 % of the time of a picture of 640, and its objects are as large as where
the model is used. A picture shrunk instead would lose its small ones.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analytics.training.balance import repeats
from smartopia.errors import ConfigurationError

Picture = NDArray[np.uint8]

_WHOLE = 0.2
"""Share of the pieces that are the whole picture, shrunk: what is large must be seen whole."""

_TRIED = 3
_LEAST_SHARE = 0.35
_LARGE_PX = 48.0**2
_QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 95]


@dataclass(frozen=True, slots=True)
class Labelled:
    """An object of a picture: its class number and x1, y1, x2, y2 in pixels."""

    kind: int
    box: tuple[float, float, float, float]


def cut(
    picture: Picture,
    objects: Sequence[Labelled],
    size: tuple[int, int],
    rarity: Mapping[int, float],
    draw: random.Random,
) -> tuple[Picture, list[Labelled]]:
    """A piece, of a few drawn the one with the most, and the rarest, in it.

    Args:
        picture: (H, W, 3), larger than the piece.
        size: (height, width) of the piece.
        rarity: what an object of a class counts.
        draw: where pieces lie.

    Returns:
        The piece, and of the objects those that enough of is in it.
    """
    if draw.random() < _WHOLE:
        return _shrunk(picture, objects, size)
    height, width = size
    corners = [
        (draw.randint(0, picture.shape[1] - width), draw.randint(0, picture.shape[0] - height))
        for _ in range(_TRIED)
    ]
    tried = [(x, y, list(_within(objects, (x, y, x + width, y + height)))) for x, y in corners]
    x, y, found = max(tried, key=lambda one: sum(rarity[had.kind] for had in one[2]))
    return picture[y : y + height, x : x + width], found


def make_pieces(
    pictures: Sequence[Path], folder: Path, size: tuple[int, int], each: int, *, seed: int
) -> list[Path]:
    """Write pieces of the pictures of a YOLO data set, more of those with what is rare.

    A folder that is finished is left as it is.

    Args:
        pictures: theirs.
        folder: gets `images` and `labels`.
        size: (height, width) of a piece.
        each: how many of a picture without anything rare.
        seed: of the draws.

    Returns:
        The pieces, in order.
    """
    finished = folder / "finished"
    if not finished.exists():
        shutil.rmtree(folder, ignore_errors=True)
        for part in ("images", "labels"):
            (folder / part).mkdir(parents=True)
        _write(pictures, folder, size, each, seed)
        finished.touch()
    return sorted((folder / "images").iterdir())


def _write(
    pictures: Sequence[Path], folder: Path, size: tuple[int, int], each: int, seed: int
) -> None:
    draw = random.Random(seed)  # noqa: S311 - no secret
    labels = [labels_of(file) for file in pictures]
    kinds = [frozenset(one[0] for one in there) for there in labels]
    rarity, often_each = rarities(kinds), repeats(kinds, seed=seed)
    for file, there, often in zip(pictures, labels, often_each, strict=True):
        picture = read_picture(file)
        objects = [_in_pixels(one, picture.shape[:2]) for one in there]
        for number in range(often * each):
            piece, found = cut(picture, objects, size, rarity, draw)
            name = f"{file.parent.name}-{file.stem}-{number:02}"
            _keep(folder, name, piece, found)


def rarities(kinds: Sequence[frozenset[int]]) -> dict[int, float]:
    """What an object of a class counts: 1 where every picture has one, more the rarer it is."""
    pictures = Counter(kind for one in kinds for kind in one)
    return {kind: (len(kinds) / n) ** 0.5 for kind, n in pictures.items()}


def labels_of(picture: Path) -> list[tuple[int, float, float, float, float]]:
    """Class number, middle and size, as shares of the picture, of each object in it."""
    # As Ultralytics finds it: the last folder `images` has a sister `labels`.
    before, _, after = str(picture).rpartition("/images/")
    file = Path(before, "labels", after).with_suffix(".txt")
    lines = file.read_text().splitlines() if file.is_file() else []
    rows = [line.split() for line in lines if line.strip()]
    return [(int(kind), float(x), float(y), float(w), float(h)) for kind, x, y, w, h in rows]


def read_picture(file: Path) -> Picture:
    """A picture (H, W, 3).

    Raises:
        ConfigurationError: it is none.
    """
    picture = cv2.imread(str(file))
    if picture is None:
        raise ConfigurationError(f"{file} is no picture; remove it, or render it again")
    read: Picture = picture
    return read


def _in_pixels(label: tuple[int, float, float, float, float], shape: Sequence[int]) -> Labelled:
    kind, x, y, w, h = label
    high, wide = shape
    return Labelled(
        kind, ((x - w / 2) * wide, (y - h / 2) * high, (x + w / 2) * wide, (y + h / 2) * high)
    )


def _shrunk(
    picture: Picture, objects: Sequence[Labelled], size: tuple[int, int]
) -> tuple[Picture, list[Labelled]]:
    sy, sx = size[0] / picture.shape[0], size[1] / picture.shape[1]
    small: Picture = cv2.resize(picture, (size[1], size[0]), interpolation=cv2.INTER_AREA)
    return small, [
        Labelled(one.kind, (b[0] * sx, b[1] * sy, b[2] * sx, b[3] * sy))
        for one in objects
        for b in [one.box]
    ]


def _within(objects: Sequence[Labelled], window: tuple[int, int, int, int]) -> Iterator[Labelled]:
    """What of the objects lies in a window: enough to be known by, or a large part."""
    for one in objects:
        x1, y1 = max(one.box[0], window[0]), max(one.box[1], window[1])
        x2, y2 = min(one.box[2], window[2]), min(one.box[3], window[3])
        if x2 <= x1 or y2 <= y1:
            continue
        whole = (one.box[2] - one.box[0]) * (one.box[3] - one.box[1])
        seen = (x2 - x1) * (y2 - y1)
        if seen >= _LEAST_SHARE * whole or seen >= _LARGE_PX:
            box = (x1 - window[0], y1 - window[1], x2 - window[0], y2 - window[1])
            yield Labelled(one.kind, box)


def _keep(folder: Path, name: str, piece: Picture, objects: Sequence[Labelled]) -> None:
    high, wide = piece.shape[:2]
    lines = [
        f"{one.kind} {(x1 + x2) / 2 / wide:.6f} {(y1 + y2) / 2 / high:.6f} "
        f"{(x2 - x1) / wide:.6f} {(y2 - y1) / high:.6f}\n"
        for one in objects
        for x1, y1, x2, y2 in [one.box]
    ]
    (folder / "labels" / f"{name}.txt").write_text("".join(lines))
    if not cv2.imwrite(str(folder / "images" / f"{name}.jpg"), piece, _QUALITY):
        raise ConfigurationError(f"{folder} cannot be written to")
