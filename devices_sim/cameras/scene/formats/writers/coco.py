"""COCO detection: one `annotations.json` (https://cocodataset.org/#format-data)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from devices_sim.cameras.scene.formats.model import (
    LICENCE,
    LICENCE_URL,
    DataSet,
    Entry,
    Format,
    Texts,
    outline,
    seen,
    track,
)
from devices_sim.cameras.scene.render.boxes import TrueBox
from devices_sim.cameras.scene.shots import LABELS, Shown, asked
from smartopia import __version__

_PICTURES = "images"


def _picture(_data_set: DataSet, shown: Shown) -> str:
    return f"{_PICTURES}/{shown.name}.jpg"


def _texts(data_set: DataSet, entries: Sequence[Entry]) -> Texts:
    content = {
        "info": {
            "description": f"Rendered street scenes: {data_set.title}",
            "version": __version__,
            "contributor": "The Smartopia engineers",
            **({"under": dict(data_set.under)} if data_set.under else {}),
        },
        "licenses": [{"id": 1, "name": LICENCE, "url": LICENCE_URL}],
        "categories": [
            {"id": number, "name": label, "supercategory": "street"}
            for number, label in enumerate(LABELS, 1)
        ],
        "images": [_image(number, entry) for number, entry in enumerate(entries, 1)],
        "annotations": [
            {"id": number, **told} for number, told in enumerate(_annotations(entries), 1)
        ],
    }
    yield "annotations.json", json.dumps(content, separators=(",", ":")) + "\n"


def _image(number: int, entry: Entry) -> dict[str, Any]:
    shown = entry.shown
    return {
        "id": number,
        "width": entry.width,
        "height": entry.height,
        "file_name": str(PurePosixPath(entry.file).relative_to(_PICTURES)),
        "license": 1,
        "sequence": shown.sequence,
        "frame": shown.number,
        "time": round(shown.time, 3),
        "camera": shown.camera,
        "layout": shown.layout,
        "variant": shown.variant,
        "hour": round(shown.hour, 3),
        "sun_elevation": shown.sun_elevation,
        "conditions": dict(shown.conditions),
        "events": list(shown.events),
    }


def _annotations(entries: Sequence[Entry]) -> Iterator[dict[str, Any]]:
    for number, entry in enumerate(entries, 1):
        for box in entry.boxes:
            told = _annotation(box, entry)
            if told is not None:
                yield {"image_id": number, **told}


def _annotation(box: TrueBox, entry: Entry) -> dict[str, Any] | None:
    """An object in its picture; None if nothing is seen of it."""
    found = seen(box, entry)
    if found is None:
        return None
    return {
        "category_id": LABELS.index(box.kind) + 1,
        "bbox": [round(v, 2) for v in found],
        "area": round(found[2] * found[3], 2),
        "segmentation": [],
        # Scorers count neither finding nor missing a crowd.
        "iscrowd": 0 if asked(box) else 1,
        "track_id": track(box),
        "actor": box.actor,
        "whole": [round(v, 2) for v in outline(box)],
        "visible_share": round(box.share, 4),
    }


FORMAT = Format(
    name="coco",
    title="COCO detection: pycocotools, torchvision, Detectron2, FiftyOne",
    picture=_picture,
    texts=_texts,
)
