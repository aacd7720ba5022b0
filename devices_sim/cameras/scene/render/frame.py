"""One picture: the empty place with everyone in it, and the truth about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.actors import Actor, ActorKind, SceneState
from devices_sim.cameras.scene.render.beams import (
    lenses,
    pool_faces,
    pool_light,
    pools,
)
from devices_sim.cameras.scene.render.boxes import TrueBox, visible_box
from devices_sim.cameras.scene.render.canvas import Canvas
from devices_sim.cameras.scene.render.cast import cast, part_of
from devices_sim.cameras.scene.render.effects import cloud, puffs
from devices_sim.cameras.scene.render.gbuffer import SCALE
from devices_sim.cameras.scene.render.glow import Surroundings, colours, mirrored
from devices_sim.cameras.scene.render.mesh import Array, merge
from devices_sim.cameras.scene.render.picture import Picture, finish
from devices_sim.cameras.scene.render.raster import Window, blank, draw, extent
from devices_sim.cameras.scene.render.sight import Seen, in_sight, outside
from devices_sim.cameras.scene.render.static import View

_CLOUDS = {ActorKind.FIRE, ActorKind.SMOKE}


@dataclass(frozen=True, eq=False)
class Rendered:
    """A picture (H, W, 3) uint8, its depth (H, W) in metres along the axis, and its truth."""

    picture: Picture
    depth: Array
    boxes: tuple[TrueBox, ...]


@dataclass(frozen=True, eq=False)
class _Lit:
    """Light on a shape's points (V, 3), and how much of the sky each mirrors (V,), if any."""

    light: Array
    mirror: Array | None


def render(view: View, state: SceneState, *, seed: int = 0) -> Rendered:
    """Take a picture.

    Args:
        view: the empty place, as `view` makes it, at the state's level of water.
        seed: of this frame's noise.
    """
    solid = [actor for actor in state.actors if actor.kind not in _CLOUDS]
    seen = in_sight(view.camera, solid)
    canvas = Canvas.of(view)
    for part in cast(view, [item.shape for item in seen], canvas.light):
        canvas.touch(part)
    around = Surroundings.of(view)
    if around.lamps > 0:
        _headlights(view, solid, canvas)
    _signals(view, state, canvas)
    shown = [item for item in seen if item.whole is not None]
    numbered = list(enumerate(zip(shown, _lighted(view, around, shown), strict=True), 1))
    whole = [
        canvas.lay(item.window, *_drawn(item, lit, around), number) + outside(view.camera, item)
        for number, (item, lit) in numbered
    ]
    boxes = [
        _truth(item, number, pixels, canvas.marks)
        for (number, (item, _)), pixels in zip(numbered, whole, strict=True)
    ]
    boxes += _clouds(view, state.actors, canvas)
    dice = np.random.Generator(np.random.PCG64(seed))
    picture = finish(canvas.developed(view), view.made, dice)
    depth = np.ascontiguousarray(canvas.depth[::SCALE, ::SCALE])
    return Rendered(picture, depth, tuple(box for box in boxes if box is not None))


def _headlights(view: View, actors: Sequence[Actor], canvas: Canvas) -> None:
    """Light the road ahead of vehicles."""
    level = pool_light(view.light.lamps)
    for points, bright in pools(actors):
        projected = view.camera.project(points)
        where = part_of(view, *projected)
        if where is None:
            continue
        rows, columns = where
        size = (columns.stop - columns.start, rows.stop - rows.start)
        window = Window(columns.start, rows.start, *size)
        into = blank(window)
        draw(window, projected, pool_faces(), bright[:, None] * level, into)
        cv2.multiply(into[0], view.albedo[where], dst=into[0])
        into[0][view.flat[where] == 0] = 0
        canvas.light[where] += into[0]
        canvas.touch(where)


def _signals(view: View, state: SceneState, canvas: Canvas) -> None:
    """Light one lens of each signal."""
    for mesh in lenses(view.layout, state.lights):
        pixels, depth = view.camera.project(mesh.points)
        left, top, right, bottom = extent(pixels)
        rows, columns = view.clean.shape[:2]
        outside = right < 0 or bottom < 0 or left >= columns or top >= rows
        if depth.min() < 0.5 or outside:
            continue
        x, y = int(left) - 1, int(top) - 1
        window = Window(x, y, int(right) + 2 - x, int(bottom) + 2 - y, SCALE)
        into = blank(window)
        draw(window, (pixels, depth), mesh.faces, mesh.colours, into)
        canvas.lay(window, *into, 0)


def _lighted(view: View, around: Surroundings, shown: Sequence[Seen]) -> list[_Lit]:
    """Light on all shapes, reckoned at once."""
    if not shown:
        return []
    light = _apart(colours(view, around, merge([item.shape.mesh for item in shown])), shown)
    shiny = [item for item in shown if item.shape.mesh.shine.any()]
    mirror = {}
    if shiny:
        seen = mirrored(view, around, merge([item.shape.mesh for item in shiny]))
        mirror = dict(zip(map(id, shiny), _apart(seen, shiny), strict=True))
    return [_Lit(lit, mirror.get(id(item))) for item, lit in zip(shown, light, strict=True)]


def _apart(values: Array, shown: Sequence[Seen]) -> list[Array]:
    """Values of all points, shape by shape."""
    return np.split(values, np.cumsum([len(item.depth) for item in shown])[:-1])


def _drawn(item: Seen, lit: _Lit, around: Surroundings) -> tuple[Array, Array]:
    """A shape alone in its window: light (h, w, 3) and depth (h, w)."""
    shape, window = item.shape, item.window
    projected, faces = (item.pixels, item.depth), shape.mesh.faces
    if shape.model is None or lit.mirror is None:
        values = shape.mesh.colours * lit.light
        if lit.mirror is not None:
            values += lit.mirror[:, None] * around.sky
        if around.lamps > 0:
            values += (shape.mesh.glow * around.lamps)[:, None] * shape.mesh.colours
        into = blank(window)
        draw(window, projected, faces, values, into)
        return into
    sheet = blank(window)
    draw(window, projected, faces, np.column_stack([shape.model.places, lit.mirror]), sheet)
    lighted = _smooth_light(item, lit.light)
    u, v = np.ascontiguousarray(sheet[0][..., 0]), np.ascontiguousarray(sheet[0][..., 1])
    paint = cv2.remap(shape.model.sheet, u, v, cv2.INTER_LINEAR)
    if around.lamps > 0:
        glow = cv2.remap(shape.model.glow, u, v, cv2.INTER_LINEAR)
        lighted += (glow * np.float32(around.lamps))[..., None]
    light = cv2.multiply(cv2.cvtColor(paint, cv2.COLOR_BGRA2BGR), lighted)
    mirrored = paint[..., 3] * sheet[0][..., 2]
    light += mirrored[..., None] * around.sky
    return light, sheet[1]


def _smooth_light(item: Seen, light: Array) -> Array:
    """Light on a shape in its window (h, w, 3); it changes little, so half the size does."""
    half = replace(item.window, scale=item.window.scale / 2)
    into = blank(half)
    # Beyond the outline too, that its rim is not mixed with black.
    into[0][:] = light.mean(axis=0)
    draw(half, (item.pixels, item.depth), item.shape.mesh.faces, light, into)
    rows, columns = item.window.shape
    return np.asarray(cv2.resize(into[0], (columns, rows), interpolation=cv2.INTER_LINEAR))


def _truth(item: Seen, number: int, pixels: int, marks: NDArray[np.uint16]) -> TrueBox | None:
    if item.whole is None:
        return None
    visible, count = visible_box(marks, number, item.whole)
    share = min(1.0, count / pixels) if pixels else 0.0
    return TrueBox(item.shape.actor.id, item.shape.kind, item.whole, visible, share)


def _clouds(view: View, actors: Sequence[Actor], canvas: Canvas) -> list[TrueBox | None]:
    """Draw fire and smoke over all else, the farthest first; their truth."""
    clouds = [
        (actor, found)
        for actor in actors
        if actor.kind in _CLOUDS and (found := cloud(view, puffs(actor, view))) is not None
    ]
    boxes: list[TrueBox | None] = []
    for actor, found in sorted(clouds, key=lambda pair: -pair[1].depth):
        dense, seen = canvas.veil(found)
        whole, count = found.box(dense), int(np.count_nonzero(dense))
        if whole is not None:
            share = float(np.count_nonzero(seen)) / count
            boxes.append(TrueBox(actor.id, actor.kind, whole, found.box(seen), share))
    return boxes
