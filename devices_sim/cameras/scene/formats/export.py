"""Writes a data set: picture by picture, and its truth once all are there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import cv2

from devices_sim.cameras.scene.formats.card import data_card, made_with
from devices_sim.cameras.scene.formats.folder import SetFolder
from devices_sim.cameras.scene.formats.model import DataSet, Entry, Format
from devices_sim.cameras.scene.shots import Shot
from smartopia.errors import ConfigurationError

JPEG_QUALITY = 90

Shots = Callable[[int], Iterable[Shot]]
"""The pictures of a data set, sequence by sequence, without so many of the first sequences."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What is in the folder.

    Attributes:
        pictures: how many.
        before: how many of them were there before.
        finished: whether the set was finished before.
    """

    pictures: int
    before: int = 0
    finished: bool = False


def export(
    data_set: DataSet,
    form: Format,
    path: Path,
    shots: Shots,
    *,
    length: int,
    progress: Callable[[int, int], None] = lambda _done, _before: None,
) -> Exported:
    """Write a data set, or go on with one that was stopped.

    Args:
        data_set: what it is to be.
        form: its format.
        path: the folder.
        shots: where the pictures come from.
        length: of a sequence, in pictures; one may be shorter.
        progress: told how many pictures are there, and how many of them were there before.

    Raises:
        ConfigurationError: the folder holds something else or cannot be written.
        AlreadyRunningError: another export is writing to it.
    """
    folder = SetFolder(path, data_set, made_with())
    if folder.finished:
        there = folder.pictures()
        return Exported(there, there, finished=True)
    with folder.claimed():
        films = folder.noted()
        before = sum(map(len, films))
        progress(before, before)
        written = (_write(folder, data_set, form, shot) for shot in shots(len(films)))
        for film in _films(_counted(written, before, progress), length):
            folder.note(len(films), film)
            films.append(tuple(film))
        entries = list(chain.from_iterable(films))
        if not entries:
            raise ConfigurationError(f"{data_set.command} makes no picture; ask for more --frames")
        folder.finish(_texts(data_set, form, entries), entries)
    return Exported(len(entries), before)


def _counted(
    entries: Iterable[Entry], before: int, progress: Callable[[int, int], None]
) -> Iterator[Entry]:
    for done, entry in enumerate(entries, before + 1):
        progress(done, before)
        yield entry


def _films(entries: Iterable[Entry], length: int) -> Iterator[list[Entry]]:
    """Sequence by sequence, each as soon as it is whole: the next one may take minutes."""
    film: list[Entry] = []
    for entry in entries:
        if film and film[0].shown.sequence != entry.shown.sequence:
            yield film
            film = []
        film.append(entry)
        if len(film) == length:
            yield film
            film = []
    if film:
        yield film


def _write(folder: SetFolder, data_set: DataSet, form: Format, shot: Shot) -> Entry:
    made, jpeg = cv2.imencode(".jpg", shot.picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not made:
        raise ConfigurationError(f"OpenCV cannot encode {shot.shown.name} as JPEG")
    content, file = jpeg.tobytes(), form.picture(data_set, shot.shown)
    folder.write(file, content)
    height, width = shot.picture.shape[:2]
    return Entry(
        shown=shot.shown,
        boxes=shot.boxes,
        file=file,
        width=width,
        height=height,
        digest=hashlib.sha256(content).hexdigest(),
        rendered=hashlib.sha256(shot.picture.tobytes()).hexdigest(),
    )


def _texts(data_set: DataSet, form: Format, entries: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    yield from form.texts(data_set, entries)
    yield "datacard.md", data_card(data_set, entries)
