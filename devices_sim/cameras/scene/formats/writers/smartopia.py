"""Our own: all that is known, a JSON object a picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from devices_sim.cameras.scene.formats.model import DataSet, Entry, Format, Texts
from devices_sim.cameras.scene.shots import Shown, asked, taught


def _picture(_data_set: DataSet, shown: Shown) -> str:
    return f"pictures/{shown.name}.jpg"


def _texts(_data_set: DataSet, entries: Sequence[Entry]) -> Texts:
    yield "frames.jsonl", "".join(_line(entry) for entry in entries)


def _line(entry: Entry) -> str:
    told = {
        "file": entry.file,
        "width": entry.width,
        "height": entry.height,
        **asdict(entry.shown),
        "conditions": dict(entry.shown.conditions),
        "objects": [
            {**asdict(box), "asked": asked(box), "taught": taught(box)} for box in entry.boxes
        ],
    }
    return json.dumps(told, separators=(",", ":")) + "\n"


FORMAT = Format(
    name="smartopia",
    title="all that is known, a JSON object a picture",
    picture=_picture,
    texts=_texts,
)
