"""MOTChallenge: a folder per sequence (https://motchallenge.net/instructions, arXiv 1603.00831)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType

from devices_sim.cameras.scene.actors import ActorKind
from devices_sim.cameras.scene.formats.model import DataSet, Entry, Format, Texts, outline, track
from devices_sim.cameras.scene.render.boxes import TrueBox
from devices_sim.cameras.scene.shots import Shown, asked

_ON_VEHICLE = 2
_CLASSES: Mapping[ActorKind, int] = MappingProxyType(
    {
        ActorKind.PERSON: 1,
        ActorKind.CAR: 3,
        ActorKind.BUS: 3,
        ActorKind.TRUCK: 3,
        ActorKind.BICYCLE: 4,
        ActorKind.MOTORCYCLE: 5,
        # Occluders: they neither count nor excuse a false alarm.
        ActorKind.SMOKE: 9,
        ActorKind.BAG: 10,
        ActorKind.FIRE: 10,
    }
)
_RIDDEN = (ActorKind.BICYCLE, ActorKind.MOTORCYCLE)


def _picture(_data_set: DataSet, shown: Shown) -> str:
    return f"{_folder(shown.sequence)}/img1/{_frame(shown):06}.jpg"


def _texts(_data_set: DataSet, entries: Sequence[Entry]) -> Texts:
    names = []
    for sequence, film in groupby(entries, key=lambda entry: entry.shown.sequence):
        name, shown = _folder(sequence), list(film)
        names.append(name)
        yield f"{name}/gt/gt.txt", "".join(_lines(shown))
        yield f"{name}/seqinfo.ini", _info(name, shown)
    yield "seqmap.txt", "\n".join(("name", *names)) + "\n"


def _folder(sequence: str) -> str:
    return sequence.replace("/", "-")


def _frame(shown: Shown) -> int:
    return shown.number + 1


def _lines(film: Sequence[Entry]) -> Iterator[str]:
    """Frame, id, left, top, width, height, whether it counts, class, visible share."""
    riders = {box.actor for entry in film for box in entry.boxes if box.kind in _RIDDEN}
    for entry in film:
        for box in sorted(entry.boxes, key=track):
            left, top, width, height = outline(box)
            # The first pixel is 1, 1.
            place = f"{left + 1:.2f},{top + 1:.2f},{width:.2f},{height:.2f}"
            number = _class(box, riders)
            told = f"{place},{int(asked(box))},{number},{box.share:.4f}"
            yield f"{_frame(entry.shown)},{track(box)},{told}\n"


def _class(box: TrueBox, riders: set[int]) -> int:
    if box.kind is ActorKind.PERSON and box.actor in riders:
        return _ON_VEHICLE
    return _CLASSES[box.kind]


def _info(name: str, film: Sequence[Entry]) -> str:
    last = film[-1]
    told = {
        "name": name,
        "imDir": "img1",
        "frameRate": f"{last.shown.rate:g}",
        "seqLength": _frame(last.shown),
        "imWidth": last.width,
        "imHeight": last.height,
        "imExt": ".jpg",
    }
    return "[Sequence]\n" + "".join(f"{key}={value}\n" for key, value in told.items())


FORMAT = Format(
    name="mot",
    title="MOTChallenge: TrackEval, py-motmetrics",
    picture=_picture,
    texts=_texts,
    rate=5.0,
)
