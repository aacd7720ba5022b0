"""What a data set is, and what a format says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from devices_sim.cameras.scene.actors import ActorKind
from devices_sim.cameras.scene.render.boxes import Box, TrueBox
from devices_sim.cameras.scene.shots import Shown
from devices_sim.cameras.scene.takes import Graded

LICENCE = "AGPL-3.0-or-later"
LICENCE_URL = "https://www.gnu.org/licenses/agpl-3.0.html"


@dataclass(frozen=True, slots=True)
class DataSet:
    """Which pictures, and how they are written. Equal ones are the same, byte by byte.

    Attributes:
        format: its name.
        split: what the pictures are for.
        frames: how many were asked for.
        seed: of who and what is seen.
        rate: pictures per second of a sequence; None spreads them out.
        under: conditions with their grades put on every picture in addition.
    """

    format: str
    split: str
    frames: int
    seed: int = 1
    rate: float | None = None
    under: Graded = ()

    @property
    def command(self) -> str:
        """What makes it, but for the folder."""
        rate = "" if self.rate is None else f" --rate {self.rate:g}"
        under = "".join(f" --under {name}:{grade}" for name, grade in self.under)
        return (
            f"smartopia scenes export --split {self.split} --format {self.format} "
            f"--frames {self.frames} --seed {self.seed}{rate}{under} --out DIR"
        )

    @property
    def title(self) -> str:
        """What it is of, in a few words."""
        under = ", ".join(f"{name.replace('_', ' ')} {grade}" for name, grade in self.under)
        return f"{self.split}, seed {self.seed}" + (f", under {under}" if under else "")


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture that was written, and all that is known of it.

    Attributes:
        shown: how it was taken.
        boxes: where everything is in it.
        file: its path in the data set.
        width, height: pixels.
        digest: SHA-256 of the file.
        rendered: SHA-256 of its pixels before they became a JPEG.
    """

    shown: Shown
    boxes: tuple[TrueBox, ...]
    file: str
    width: int
    height: int
    digest: str
    rendered: str


Texts = Iterator[tuple[str, str]]
"""Files of a data set besides the pictures: path and content."""


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write pictures and their truth.

    Attributes:
        name: what the command calls it.
        title: who reads it, in a few words.
        picture: the path of a picture in the data set.
        texts: all files besides the pictures, given all entries in their order.
        rate: pictures per second where none is asked for; None spreads them out.
    """

    name: str
    title: str
    picture: Callable[[DataSet, Shown], str]
    texts: Callable[[DataSet, Sequence[Entry]], Texts]
    rate: float | None = None


def seen(box: TrueBox, entry: Entry) -> Box | None:
    """What is seen of an object: left, top, width, height, within the picture. None: nothing."""
    if box.visible is None:
        return None
    left, top, right, bottom = box.visible
    left, top = max(0.0, left), max(0.0, top)
    right, bottom = min(float(entry.width), right), min(float(entry.height), bottom)
    if right <= left or bottom <= top:
        return None
    return left, top, right - left, bottom - top


def outline(box: TrueBox) -> Box:
    """The whole object: left, top, width, height; it may reach out of the picture."""
    left, top, right, bottom = box.whole
    return left, top, right - left, bottom - top


def track(box: TrueBox) -> int:
    """Its id throughout a sequence, from 1. A rider and its machine are one actor, two tracks."""
    return 2 * box.actor + (box.kind is ActorKind.PERSON)
