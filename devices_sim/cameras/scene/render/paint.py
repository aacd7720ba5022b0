"""Shapes drawn alone: the light on their points, and what of it the lens gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from devices_sim.cameras.scene.actors import Actor
from devices_sim.cameras.scene.render.cast import behind, below
from devices_sim.cameras.scene.render.cutout import cutout
from devices_sim.cameras.scene.render.gbuffer import SCALE
from devices_sim.cameras.scene.render.glow import Surroundings, colours, mirrored
from devices_sim.cameras.scene.render.layer import Drawn, Layer
from devices_sim.cameras.scene.render.mesh import Array, merge
from devices_sim.cameras.scene.render.raster import FAR, blank, draw
from devices_sim.cameras.scene.render.shapes import shapes, snapped
from devices_sim.cameras.scene.render.sight import Seen, outside, scales, seen
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
    near = {
        snapped(actor, scale): scale
        for actor, scale in zip(actors, scales(view.camera, actors), strict=True)
        if scale
    }
    before = view.kept.layers
    new = {actor: scale for actor, scale in near.items() if actor not in before}
    made = _made(view, new, around)
    now = {actor: made[actor] if actor in made else before[actor] for actor in near}
    view.kept.layers = now
    found = [layer for each in now.values() for layer in each]
    return sorted(found, key=lambda layer: -layer.far)


def _made(
    view: View, actors: Mapping[Actor, float], around: Surroundings
) -> dict[Actor, tuple[Layer, ...]]:
    """The layers of actors, drawn; where pixels a metre takes up at each."""
    each = {actor: shapes(actor, scale) for actor, scale in actors.items()}
    found = [shape for parts in each.values() for shape in parts]
    placed = seen(view.camera, found)
    shown = [item for item in placed if item.whole is not None]
    light = dict(zip(map(id, shown), _lighted(view, around, shown), strict=True))
    sky, sun = below(view, [shape.foot for shape in found]), behind(view, found)
    made: dict[Actor, list[Layer]] = {actor: [] for actor in actors}
    for item, dim, dark in zip(placed, sky, sun, strict=True):
        drawn = None
        if item.whole is not None:
            into = _drawn(item, light[id(item)], around)
            pixels = _fine_pixels(item, into[1]) + outside(view.camera, item)
            drawn = Drawn(item.whole, pixels, cutout(item.window, *into, *view.flat.shape))
        far = float(item.depth.mean())
        shape = item.shape
        made[shape.actor].append(Layer(shape.actor.id, shape.kind, far, dim, dark, drawn))
    return {actor: tuple(parts) for actor, parts in made.items()}


def _fine_pixels(item: Seen, depth: Array) -> int:
    """How many fine pixels a shape covers, from its depth (h, w) in its window."""
    return int(np.count_nonzero(depth < FAR - 1) * (SCALE / item.window.scale) ** 2)


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
    half = replace(item.window, scale=item.window.scale / 2)
    into = blank(half)
    # Beyond the outline too, that its rim is not mixed with black.
    into[0][:] = light.mean(axis=0)
    draw(half, (item.pixels, item.depth), item.shape.mesh.faces, light, into)
    rows, columns = item.window.shape
    return np.asarray(cv2.resize(into[0], (columns, rows), interpolation=cv2.INTER_LINEAR))
