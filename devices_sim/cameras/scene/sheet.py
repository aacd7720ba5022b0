"""Contact sheets: every place by day and by night, and every condition in each of its grades."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.daylight import light_of
from devices_sim.cameras.scene.exposure import expose, posed
from devices_sim.cameras.scene.eye import Eye
from devices_sim.cameras.scene.layout_files import load_layout, shipped_layouts
from devices_sim.cameras.scene.plan import Plan
from devices_sim.cameras.scene.render.frame import Rendered
from devices_sim.conditions.model import MAX_GRADE, MIN_GRADE, Picture, Span
from devices_sim.conditions.registry import Conditions, discover_conditions
from devices_sim.world.place import Place
from devices_sim.world.world import World

# In December it is dark at six, when the streets are full.
_DAY = World(11, 1.0, 14.0)
_NIGHT = World(11, 1.0, 18.3, day_of_year=350.0)
_AT_S = 30.0
_SEED = 11
_BY_DAY, _BY_NIGHT = "day", "night"
_STREAM_ONLY = frozenset({"frame_loss", "frozen"})
"""Conditions a single picture does not show."""

_SHOWN_IN = ("crossing", "crossing-sw")
_WIDE, _SMALL = (480, 288), (320, 192)
_BAND = 18


def scenes_sheet() -> Picture:
    """Two cameras of every layout, by day and by night, (H, W, 3)."""
    rows = []
    for name in shipped_layouts():
        layout = load_layout(name)
        for pole in (layout.cameras[0], layout.cameras[-1]):
            taken = [
                (f"{pole.name}, {when}", _seen(name, pole.name, world).picture)
                for when, world in ((_BY_DAY, _DAY), (_BY_NIGHT, _NIGHT))
            ]
            rows.append([_labelled(label, picture, _WIDE) for label, picture in taken])
    return _tiled([a + b for a, b in zip(rows[::2], rows[1::2], strict=True)])


def conditions_sheet() -> Picture:
    """One view in every camera condition and grade; a row for each condition, (H, W, 3)."""
    conditions = discover_conditions()
    seen = _seen(*_SHOWN_IN, _DAY)
    rows = []
    for name in sorted(conditions.cameras.keys() - _STREAM_ONLY):
        grades = range(MIN_GRADE, MAX_GRADE + 1)
        told = conditions.cameras[name].grades
        pictures = [
            (f"{name} {g}: {told[g - 1]}", _under(name, g, seen, conditions)) for g in grades
        ]
        rows.append([_labelled(label, picture, _SMALL) for label, picture in pictures])
    return _tiled(rows)


def _under(name: str, grade: int, seen: Rendered, conditions: Conditions) -> Picture:
    spans = [Span(_SHOWN_IN[1], name, grade)]
    if name == "turned":
        seen = _seen(*_SHOWN_IN, _DAY, spans)
    picture, _ = expose(seen, spans, _AT_S, conditions=conditions, seed=_SEED)
    return seen.picture if picture is None else picture


def _seen(name: str, camera: str, world: World, spans: Iterable[Span] = ()) -> Rendered:
    """What a camera of a layout sees half a minute into a world."""
    layout = load_layout(name)
    pole = next(pole for pole in layout.cameras if pole.name == camera)
    eye = Eye(layout, posed(Camera.of_pole(pole), spans, _AT_S, _SEED), _SEED)
    state = Plan(layout, world, _SEED).at(_AT_S)
    return eye.see(state, light_of(world.view(Place(*layout.place), _AT_S)), _SEED)


def _labelled(label: str, picture: Picture, size: tuple[int, int]) -> Picture:
    """A picture of this (width, height) with a line of text above."""
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    band = np.full((_BAND, size[0], 3), 245, np.uint8)
    place, font = (4, _BAND - 5), cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(band, label, place, font, 0.38, (40, 40, 40), 1, cv2.LINE_AA)
    return np.vstack([band, small]).astype(np.uint8)


def _tiled(rows: Sequence[Sequence[Picture]]) -> Picture:
    return np.vstack([np.hstack(row) for row in rows]).astype(np.uint8)
