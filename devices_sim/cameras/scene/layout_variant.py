"""Variants of a layout: another place of the same kind, from a seed.

Places for training, validation, lab and field differ by this as well as by layout.
"""

from __future__ import annotations

import math
from typing import Any

from devices_sim.cameras.scene.layout import Layout
from devices_sim.cameras.scene.layout_check import problems
from devices_sim.world.noise import Draw
from smartopia.errors import ConfigurationError

_STRETCH = (0.97, 1.14)
_HEIGHT = (0.75, 1.3)
_ROW_STYLES = ("shop", "villa", "office")
_SPLIT, _RESTYLE, _NO_TREE = 0.3, 0.4, 0.15
_LEAST_FRONT = 9.0  # m of a building that may be split
_NUDGES = {"height": 0.7, "pan": 4.0, "tilt": 2.0, "field_of_view": 4.0}
_POINTS = ("line", "polygon", "footprint", "extent")
_TRIES = 20


def variant(layout: Layout, seed: int) -> Layout:
    """The layout as a seed has it: stretched, perhaps mirrored, with other buildings and trees.

    Cameras hang a little higher or lower and look a little elsewhere. Seed 0 changes nothing.

    Raises:
        ConfigurationError: no sound variant was found; the layout leaves too little room.
    """
    if seed == 0:
        return layout
    for turn in range(_TRIES):
        changed = _changed(layout, seed, turn)
        if not any(True for _ in problems(changed)):
            return changed
    raise ConfigurationError(f"{layout.name} has no sound variant for seed {seed}; try another")


def _changed(layout: Layout, seed: int, turn: int) -> Layout:
    draw = Draw("variant", layout.name, seed, turn)
    told = layout.model_dump(mode="json")
    told["buildings"] = [
        part for i, one in enumerate(told["buildings"]) for part in _buildings(one, draw, i)
    ]
    told["trees"] = [
        one for i, one in enumerate(told["trees"]) if draw.chance("tree", i) > _NO_TREE
    ]
    for i, tree in enumerate(told["trees"]):
        size = draw.between(0.8, 1.25, "tree size", i)
        tree["height"], tree["crown"] = tree["height"] * size, tree["crown"] * size
    for i, camera in enumerate(told["cameras"]):
        for field, most in _NUDGES.items():
            camera[field] += draw.between(-most, most, field, i)
        camera["height"] = min(12.0, max(3.0, camera["height"]))
        camera["tilt"] = max(0.0, camera["tilt"])
    sx, sy = (draw.between(*_STRETCH, axis) for axis in "xy")
    if layout.mirror and draw.chance("mirror") < 0.5:
        sx = -sx
    changed: dict[str, Any] = {
        key: value if key == "place" else _stretched(value, sx, sy, key)
        for key, value in told.items()
    }
    return Layout.model_validate(changed)


def _buildings(one: dict[str, Any], draw: Draw, number: int) -> list[dict[str, Any]]:
    """A building with another height, perhaps of another style, perhaps two in its place."""
    parts = [one]
    if one["style"] in _ROW_STYLES and draw.chance("split", number) < _SPLIT:
        parts = _split(one, draw.between(0.35, 0.65, "where", number))
    for i, part in enumerate(parts):
        part["height"] *= draw.between(*_HEIGHT, "height", number, i)
        part["height"] = max(3.0, part["height"])
        if part["style"] in _ROW_STYLES and draw.chance("restyle", number, i) < _RESTYLE:
            at = int(draw.chance("style", number, i) * len(_ROW_STYLES))
            part["style"] = _ROW_STYLES[at]
    return parts


def _split(one: dict[str, Any], share: float) -> list[dict[str, Any]]:
    """Two buildings in the place of one whose sides run along the axes."""
    corners = one["footprint"]
    xs, ys = sorted({p[0] for p in corners}), sorted({p[1] for p in corners})
    if len(corners) != 4 or len(xs) != 2 or len(ys) != 2 or xs[1] - xs[0] < _LEAST_FRONT:
        return [one]
    cut = xs[0] + share * (xs[1] - xs[0])
    return [
        one | {"footprint": [[a, ys[0]], [b, ys[0]], [b, ys[1]], [a, ys[1]]]}
        for a, b in ((xs[0], cut - 0.3), (cut + 0.3, xs[1]))
    ]


def _stretched(value: Any, sx: float, sy: float, key: str) -> Any:  # noqa: ANN401
    """A part of a layout with its points moved and its directions turned."""
    if isinstance(value, dict):
        return {inner: _stretched(one, sx, sy, inner) for inner, one in value.items()}
    if key in {"facing", "pan"}:
        angle = math.radians(value)
        turned = math.atan2(sy * math.sin(angle), sx * math.cos(angle))
        return round(math.degrees(turned), 4)
    if key == "at":
        return _moved(value, sx, sy)
    if key in _POINTS:
        points = [_moved(point, sx, sy) for point in value]
        return (
            [list(p) for p in zip(*map(sorted, zip(*points, strict=True)), strict=True)]
            if key == "extent"
            else points
        )
    if isinstance(value, list):
        return [_stretched(one, sx, sy, "") for one in value]
    return value


def _moved(point: list[float], sx: float, sy: float) -> list[float]:
    return [round(point[0] * sx, 4), round(point[1] * sy, 4)]
