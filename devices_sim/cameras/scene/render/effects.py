"""Fire and smoke: clouds of soft puffs, each a spot of light or shade before the lens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.actors import Actor, ActorKind
from devices_sim.cameras.scene.render.boxes import Box
from devices_sim.cameras.scene.render.mesh import Array, f32
from devices_sim.cameras.scene.render.noise import noise
from devices_sim.cameras.scene.render.static import View

SHOWS = 0.2
"""How dense fire or smoke must be to count as seen."""

_TONGUES, _PUFFS = 26, 44


@dataclass(frozen=True, eq=False)
class Puffs:
    """Spots of a cloud: middles (N, 3), radii (N,), density (N,), light (N, 3) they give."""

    middle: Array
    radius: Array
    density: Array
    light: Array


@dataclass(frozen=True, eq=False)
class Cloud:
    """A cloud in a part of the picture: rows, columns, density (h, w), light (h, w, 3)."""

    rows: slice
    columns: slice
    density: Array
    light: Array
    depth: float

    def box(self, seen: NDArray[np.bool_]) -> Box | None:
        """The box of where this (h, w) is dense enough to show."""
        down, across = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        if not len(down):
            return None
        left, top = self.columns.start, self.rows.start
        box = (left + across[0], top + down[0], left + across[-1] + 1, top + down[-1] + 1)
        return float(box[0]), float(box[1]), float(box[2]), float(box[3])


def puffs(actor: Actor, view: View) -> Puffs:
    """The spots of a fire or of its smoke at this moment."""
    return _fire(actor) if actor.kind is ActorKind.FIRE else _smoke(actor, view)


def _fire(actor: Actor) -> Puffs:
    """Tongues that rise, narrow and redden."""
    dice = np.random.Generator(np.random.PCG64(abs(actor.look) * 2 + 11))
    start, place = dice.random(_TONGUES), dice.normal(0, 0.2, (_TONGUES, 2))
    # Several tongues pass within one cycle of the phase.
    life = (start + actor.phase * dice.integers(2, 5, _TONGUES)) % 1
    sway = 0.1 * np.sin(2 * np.pi * (life * 1.5 + start))[:, None]
    flat = place * (1 - 0.65 * life[:, None]) + sway * life[:, None]
    up = 0.08 + life * (0.85 + 0.35 * start)
    radius = 0.19 * (1 - life) ** 0.7 + 0.035
    hot = (1 - life)[:, None]
    light = np.array([0.10, 0.55, 1.9]) * (0.35 + hot) + np.array([0.12, 0.8, 0.7]) * hot**2
    return _put(actor, np.column_stack([flat, up]), radius, 0.75 * (1 - life) ** 0.5, light)


def _smoke(actor: Actor, view: View) -> Puffs:
    """Puffs that rise, drift and thin out."""
    dice = np.random.Generator(np.random.PCG64(abs(actor.look) * 2 + 13))
    start, place = dice.random(_PUFFS), dice.normal(0, 1, (_PUFFS, 2))
    life = (start + actor.phase) % 1
    wind = np.array([0.6, 0.25]) * (life**1.4)[:, None]
    flat = place * (0.1 + 0.3 * life[:, None]) + wind
    up = 0.2 + 3.6 * life
    radius = 0.22 + 0.7 * life
    density = 0.8 * (1 - life) ** 0.7 * np.clip(life / 0.08, 0, 1)
    lit = view.light.ambient(np.full(_PUFFS, 0.6, dtype=np.float32)) + 0.3 * view.light.sun
    shade = (0.05 + 0.16 * dice.random(_PUFFS))[:, None]
    return _put(actor, np.column_stack([flat, up]), radius, density, lit * shade)


def _put(actor: Actor, at: Any, radius: Any, density: Any, light: Any) -> Puffs:  # noqa: ANN401
    middle = at * actor.scale + np.array([actor.x, actor.y, 0])
    return Puffs(f32(middle), f32(radius * actor.scale), f32(density), f32(light))


def cloud(view: View, spots: Puffs) -> Cloud | None:
    """A cloud as the lens sees it alone; none outside the picture."""
    camera = view.camera
    pixels, depth = camera.project(spots.middle)
    if depth.min() < 1.0:
        return None
    reach = camera.focal * spots.radius / depth
    rows, columns = view.clean.shape[:2]
    left, top = (int(max(v, 0)) for v in (pixels - 1.6 * reach[:, None]).min(axis=0))
    right, bottom = (int(v) for v in (pixels + 1.6 * reach[:, None]).max(axis=0))
    right, bottom = min(right, columns), min(bottom, rows)
    if left >= right or top >= bottom:
        return None
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    clear, light = np.ones_like(x), np.zeros((*x.shape, 3), dtype=np.float32)
    for (u, v), size, dense, tone in _far_to_near(spots, f32(pixels), f32(depth), f32(reach)):
        # Ragged edges: the noise shifts with the spot.
        grain = noise((x - u) / size, (y - v) / size, 1.1, seed=int(size * 10) % 13, octaves=3)
        away = ((x - u) ** 2 + (y - v) ** 2) / size**2
        alpha = np.clip(dense * (np.exp(-1.6 * away) * (1 + 0.45 * grain) - 0.06), 0, 1)
        light = light * (1 - alpha[..., None]) + tone * alpha[..., None]
        clear *= 1 - alpha
    where = (slice(top, bottom), slice(left, right))
    return Cloud(*where, f32(1 - clear), f32(light), float(np.median(depth)))


def _far_to_near(
    spots: Puffs, pixels: Array, depth: Array, reach: Array
) -> Iterator[tuple[Array, float, float, Array]]:
    for index in np.argsort(-depth, kind="stable"):
        size = max(float(reach[index]), 0.7)
        yield pixels[index], size, float(spots.density[index]), spots.light[index]
