"""One picture: the empty place with everyone in it, and the truth about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.actors import Actor, ActorKind, SceneState
from devices_sim.cameras.scene.render.beams import (
    lens,
    pool_faces,
    pool_light,
    pools,
)
from devices_sim.cameras.scene.render.boxes import TrueBox, visible_box
from devices_sim.cameras.scene.render.canvas import Canvas
from devices_sim.cameras.scene.render.cast import cast, part_of
from devices_sim.cameras.scene.render.cutout import Cutout, cutout
from devices_sim.cameras.scene.render.effects import cloud, puffs
from devices_sim.cameras.scene.render.gbuffer import SCALE
from devices_sim.cameras.scene.render.glow import Surroundings
from devices_sim.cameras.scene.render.layer import Drawn, Layer
from devices_sim.cameras.scene.render.mesh import Array, Mesh
from devices_sim.cameras.scene.render.paint import layers
from devices_sim.cameras.scene.render.picture import Picture, finish
from devices_sim.cameras.scene.render.raster import Window, blank, draw, extent
from devices_sim.cameras.scene.render.static import View

_CLOUDS = {ActorKind.FIRE, ActorKind.SMOKE}


@dataclass(frozen=True, eq=False)
class Rendered:
    """A picture (H, W, 3) uint8, its depth (H, W) in metres along the axis, and its truth."""

    picture: Picture
    depth: Array
    boxes: tuple[TrueBox, ...]


def render(view: View, state: SceneState, *, seed: int = 0) -> Rendered:
    """Take a picture.

    Args:
        view: the empty place, as `view` makes it, at the state's level of water.
        seed: of this frame's noise.
    """
    solid = [actor for actor in state.actors if actor.kind not in _CLOUDS]
    around = Surroundings.of(view)
    found = layers(view, solid, around)
    canvas = Canvas(view)
    for part in cast(view, found, canvas.light):
        canvas.touch(part)
    if around.lamps > 0:
        _headlights(view, solid, canvas)
    _signals(view, state, canvas)
    shown = [(layer, layer.drawn) for layer in found if layer.drawn is not None]
    for number, (_, drawn) in enumerate(shown, 1):
        if drawn.cutout is not None:
            canvas.lay(drawn.cutout, number)
    boxes = [
        _truth(layer, drawn, canvas.marks, number) for number, (layer, drawn) in enumerate(shown, 1)
    ]
    boxes += _clouds(view, state.actors, canvas)
    dice = np.random.Generator(np.random.PCG64(seed))
    picture = finish(canvas.developed(), view.made, dice)
    depth = canvas.depth[::SCALE, ::SCALE].copy()
    canvas.done()
    return Rendered(picture, depth, tuple(boxes))


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
        cv2.add(canvas.light[where], into[0], dst=canvas.light[where])
        canvas.touch(where)


def _signals(view: View, state: SceneState, canvas: Canvas) -> None:
    """Light one lens of each signal."""
    kept = view.kept.lenses
    for signal in view.layout.signals:
        light = state.lights.get(signal.name)
        if light is None:
            continue
        key = (signal.name, light)
        if key not in kept:
            kept[key] = _lit_lens(view, lens(signal, light))
        shown = kept[key]
        if shown is not None:
            canvas.lay(shown, 0)


def _lit_lens(view: View, mesh: Mesh) -> Cutout | None:
    """A lit lens as it is in the picture; none outside of it."""
    pixels, depth = view.camera.project(mesh.points)
    left, top, right, bottom = extent(pixels)
    rows, columns = view.flat.shape
    outside = right < 0 or bottom < 0 or left >= columns or top >= rows
    if depth.min() < 0.5 or outside:
        return None
    x, y = int(left) - 1, int(top) - 1
    window = Window(x, y, int(right) + 2 - x, int(bottom) + 2 - y, SCALE)
    into = blank(window)
    draw(window, (pixels, depth), mesh.faces, mesh.colours, into)
    return cutout(window, *into, rows, columns)


def _truth(layer: Layer, drawn: Drawn, marks: NDArray[np.uint16], number: int) -> TrueBox:
    if drawn.cutout is None:
        return TrueBox(layer.actor, layer.kind, drawn.whole, None, 0.0)
    visible, count = visible_box(marks, number, drawn.whole)
    share = min(1.0, count / drawn.pixels) if drawn.pixels else 0.0
    return TrueBox(layer.actor, layer.kind, drawn.whole, visible, share)


def _clouds(view: View, actors: Sequence[Actor], canvas: Canvas) -> list[TrueBox]:
    """Draw fire and smoke over all else, the farthest first; their truth."""
    clouds = [
        (actor, found)
        for actor in actors
        if actor.kind in _CLOUDS and (found := cloud(view, puffs(actor, view))) is not None
    ]
    boxes: list[TrueBox] = []
    for actor, found in sorted(clouds, key=lambda pair: -pair[1].depth):
        dense, seen = canvas.veil(found)
        whole, count = found.box(dense), int(np.count_nonzero(dense))
        if whole is not None:
            share = float(np.count_nonzero(seen)) / count
            boxes.append(TrueBox(actor.id, actor.kind, whole, found.box(seen), share))
    return boxes
