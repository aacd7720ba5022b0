"""The data card: what a data set is and holds, for people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from devices_sim.cameras.scene.formats.model import LICENCE, DataSet, Entry, seen
from devices_sim.cameras.scene.shots import ASKED_SIDE, LABELS, Shown, asked
from smartopia import __version__

_JPEG = re.compile(r"^ *JPEG: +(.+)$", re.MULTILINE)


def made_with() -> dict[str, str]:
    """The versions that pixels and JPEG bytes depend on."""
    jpeg = _JPEG.search(cv2.getBuildInformation())
    return {
        "smartopia": __version__,
        "opencv": cv2.__version__,
        "numpy": np.__version__,
        "jpeg": jpeg[1].strip() if jpeg else "unknown",
    }


def data_card(data_set: DataSet, entries: Sequence[Entry]) -> str:
    """The card as Markdown."""
    shown = [entry.shown for entry in entries]
    sections = (
        _head(data_set, entries),
        _table("Objects", ("class", "asked for", "seen", "pictures"), _objects(entries)),
        _table("Layouts", ("layout", "variants", "pictures"), _layouts(shown)),
        _table("Hours", ("from", "pictures"), _hours(shown)),
        _table("Conditions", ("condition", "grade", "pictures"), _conditions(shown)),
        _table("Events", ("true in", "pictures"), _events(shown)),
    )
    return "\n".join(sections)


def _head(data_set: DataSet, entries: Sequence[Entry]) -> str:
    sequences = len({entry.shown.sequence for entry in entries})
    night = sum(entry.shown.sun_elevation < 0 for entry in entries)
    versions = ", ".join(f"{name} {version}" for name, version in made_with().items())
    rate = "spread out" if data_set.rate is None else f"{data_set.rate:g} pictures per second"
    return f"""# Rendered street scenes: {data_set.title}

Pictures of places that do not exist, drawn by Smartopia as cameras on poles would see them, with
exact truth. The people in them are drawn; no photograph, recording or model of anybody else is
in them. Licence: {LICENCE}.

- format: {data_set.format}; split: {data_set.split}; seed: {data_set.seed}; {rate}
{_put_on(data_set)}- {len(entries)} pictures in {sequences} sequences, {night} of them after sunset
- an object is asked for where a fifth of it or a large piece is seen, {ASKED_SIDE:g} pixels or
  more on its longer side
- made with {versions}
- made by `{data_set.command}`

The same command makes the same pictures again. Their files depend on the JPEG library, too:
`digests.json` has the SHA-256 of each file, and of each picture before it became a JPEG.
"""


def _put_on(data_set: DataSet) -> str:
    if not data_set.under:
        return ""
    told = ", ".join(f"{name} of grade {grade}" for name, grade in data_set.under)
    return (
        f"- {told}: put on every picture in addition; without, the same command makes the same\n"
        "  pictures as they are\n"
    )


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    lines = [" | ".join(map(str, row)) for row in (columns, ["---"] * len(columns), *rows)]
    return f"## {title}\n\n" + "".join(f"| {line} |\n" for line in lines)


def _objects(entries: Sequence[Entry]) -> list[tuple[str | int, ...]]:
    wanted: Counter[str] = Counter()
    visible: Counter[str] = Counter()
    pictures: Counter[str] = Counter()
    for entry in entries:
        boxes = [box for box in entry.boxes if seen(box, entry) is not None]
        visible.update(box.kind for box in boxes)
        wanted.update(box.kind for box in boxes if asked(box))
        pictures.update({box.kind for box in boxes if asked(box)})
    return [(label, wanted[label], visible[label], pictures[label]) for label in LABELS]


def _layouts(shown: Sequence[Shown]) -> list[tuple[str | int, ...]]:
    pictures = Counter(one.layout for one in shown)
    variants = Counter(layout for layout, _ in {(one.layout, one.variant) for one in shown})
    return [(layout, variants[layout], n) for layout, n in sorted(pictures.items())]


def _hours(shown: Sequence[Shown]) -> list[tuple[str | int, ...]]:
    hours = Counter(int(one.hour) for one in shown)
    return [(f"{hour:02}:00", n) for hour, n in sorted(hours.items())]


def _conditions(shown: Sequence[Shown]) -> list[tuple[str | int, ...]]:
    graded = Counter(condition for one in shown for condition in one.conditions)
    none = sum(not one.conditions for one in shown)
    return [("none", "", none), *((*key, n) for key, n in sorted(graded.items()))]


def _events(shown: Sequence[Shown]) -> list[tuple[str | int, ...]]:
    kinds = Counter(str(kind) for one in shown for kind in one.events)
    none = sum(not one.events for one in shown)
    return [("none", none), *sorted(kinds.items())]
