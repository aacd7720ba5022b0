"""Shapes drawn alone: the light on their points, and what of it the lens gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np

from devices_sim.cameras.scene.actors import Actor
from devices_sim.cameras.scene.render.cast import behind, below
from devices_sim.cameras.scene.render.cutout import cutout
from devices_sim.cameras.scene.render.gbuffer import SCALE
from devices_sim.cameras.scene.render.glow import Surroundings, colours, mirrored
from devices_sim.cameras.scene.render.layer import Drawn, Layer
from devices_sim.cameras.scene.render.mesh import Array, Skin
from devices_sim.cameras.scene.render.raster import FAR, Window, blank, draw
from devices_sim.cameras.scene.render.shapes import shapes, snapped
from devices_sim.cameras.scene.render.sight import Seen, hidden, outside, scales, seen
from devices_sim.cameras.scene.render.static import View


@dataclass(frozen=True, eq=False)
class _Lit:
    """Light on a shape's points (V, 3), and how much of the sky each mirrors (V,), if any."""

    light: Array
    mirror: Array | None


def layers(view: View, actors: Sequence[Actor], around: Surroundings) -> list[Layer]:
    """The shapes that show in the picture or cast a shadow into it, the farthest first.

    Who looks as in the last picture is not drawn again.
    """
    near = [
        (snapped(actor, scale), scale)
        for actor, scale in zip(actors, scales(view.camera, actors), strict=True)
        if scale
    ]
    before = [view.kept.layers.get(actor) for actor, _ in near]
    new = [pair for pair, drawn in zip(near, before, strict=True) if drawn is None]
    made = iter(_made(view, new, around))
    now = [next(made) if drawn is None else drawn for drawn in before]
    view.kept.layers = {actor: drawn for (actor, _), drawn in zip(near, now, strict=True)}
    return sorted((layer for each in now for layer in each), key=lambda layer: -layer.far)


def _made(
    view: View, actors: Sequence[tuple[Actor, float]], around: Surroundings
) -> list[tuple[Layer, ...]]:
    """The layers of actors, drawn; with each, how many pixels a metre takes up there."""
    each = [shapes(actor, scale) for actor, scale in actors]
    found = [shape for parts in each for shape in parts]
    placed = seen(view.camera, found)
    shown = [item for item in placed if item.whole is not None and not hidden(view.depth, item)]
    light = dict(zip(map(id, shown), _lighted(view, around, shown), strict=True))
    sky, sun = below(view, [shape.foot for shape in found]), behind(view, found)
    made: list[Layer] = []
    for item, dim, dark in zip(placed, sky, sun, strict=True):
        drawn = _alone(view, item, light.get(id(item)), around)
        far = float(item.depth.mean())
        shape = item.shape
        made.append(Layer(shape.actor.id, shape.kind, far, dim, dark, drawn))
    layered = iter(made)
    return [tuple(islice(layered, len(parts))) for parts in each]


def _alone(view: View, item: Seen, lit: _Lit | None, around: Surroundings) -> Drawn | None:
    """A shape alone; none outside the picture, and no more than its box if it has no light."""
    if item.whole is None:
        return None
    if lit is None:
        return Drawn(item.whole, 0, None)
    into = _drawn(item, lit, around)
    pixels = _fine_pixels(item, into[1]) + outside(view.camera, item)
    return Drawn(item.whole, pixels, cutout(item.window, *into, *view.flat.shape))


def _fine_pixels(item: Seen, depth: Array) -> int:
    """How many fine pixels a shape covers, from its depth (h, w) in its window."""
    drawn = cv2.countNonZero((depth < FAR - 1).view(np.uint8))
    return int(drawn * (SCALE / item.window.scale) ** 2)


def _lighted(view: View, around: Surroundings, shown: Sequence[Seen]) -> list[_Lit]:
    """Light on all shapes, reckoned at once."""
    if not shown:
        return []
    light = _apart(colours(view, around, Skin.of([item.shape.mesh for item in shown])), shown)
    shiny = [item for item in shown if item.shape.mesh.shine.any()]
    mirror = {}
    if shiny:
        seen = mirrored(view, around, Skin.of([item.shape.mesh for item in shiny]))
        mirror = dict(zip(map(id, shiny), _apart(seen, shiny), strict=True))
    return [_Lit(lit, mirror.get(id(item))) for item, lit in zip(shown, light, strict=True)]


def _apart(values: Array, shown: Sequence[Seen]) -> list[Array]:
    """Values of all points, shape by shape."""
    return np.split(values, np.cumsum([len(item.depth) for item in shown])[:-1])


def _drawn(item: Seen, lit: _Lit, around: Surroundings) -> tuple[Array, Array]:
    """A shape alone in its window: light (h, w, 3) and depth (h, w)."""
    shape, window = item.shape, item.window
    projected, faces = (item.pixels, item.depth), shape.mesh.faces
    lamps = around.lamps if shape.actor.lit else 0.0
    if shape.model is None or lit.mirror is None:
        values = shape.mesh.colours * lit.light
        if lit.mirror is not None:
            values += lit.mirror[:, None] * around.sky
        if lamps > 0:
            values += (shape.mesh.glow * lamps)[:, None] * shape.mesh.colours
        into = blank(window)
        draw(window, projected, faces, values, into)
        return into
    sheet = blank(window)
    draw(window, projected, faces, np.column_stack([shape.model.places, lit.mirror]), sheet)
    lighted = _smooth_light(item, lit.light)
    u, v = np.ascontiguousarray(sheet[0][..., 0]), np.ascontiguousarray(sheet[0][..., 1])
    paint = cv2.remap(shape.model.sheet, u, v, cv2.INTER_LINEAR)
    if lamps > 0:
        glow = cv2.remap(shape.model.glow, u, v, cv2.INTER_LINEAR)
        lighted += (glow * np.float32(lamps))[..., None]
    light = cv2.multiply(cv2.cvtColor(paint, cv2.COLOR_BGRA2BGR), lighted)
    mirrored = paint[..., 3] * sheet[0][..., 2]
    light += mirrored[..., None] * around.sky
    return light, sheet[1]


def _smooth_light(item: Seen, light: Array) -> Array:
    """Light on a shape in its window (h, w, 3); it changes little, so half the size does."""
    whole = item.window
    half = Window(whole.x, whole.y, whole.width, whole.height, whole.scale / 2)
    into = blank(half)
    # Beyond the outline too, that its rim is not mixed with black.
    into[0][:] = light.mean(axis=0)
    draw(half, (item.pixels, item.depth), item.shape.mesh.faces, light, into)
    rows, columns = whole.shape
    return np.asarray(cv2.resize(into[0], (columns, rows), interpolation=cv2.INTER_LINEAR))
