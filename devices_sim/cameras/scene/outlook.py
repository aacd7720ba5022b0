"""What fills a camera's picture: ground of the place, or a wall close before the lens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.camera import Camera, Floats
from devices_sim.cameras.scene.layout import BarrierStyle, Layout, Point

CLOSE = 3.0
"""Metres before the lens within which a wall leaves nothing to see behind it."""

_COLUMNS, _ROWS = 24, 15
_SEEN_THROUGH = {BarrierStyle.FENCE, BarrierStyle.GUARDRAIL}


@dataclass(frozen=True, slots=True)
class Outlook:
    """Shares of a picture, in [0, 1].

    Attributes:
        ground: of the place's ground.
        close: of what stands less than `CLOSE` before the lens.
        closest: what takes the most of `close`, such as `buildings[2]`; empty where nothing does.
    """

    ground: float
    close: float
    closest: str


def outlook(camera: Camera, layout: Layout) -> Outlook:
    """What a camera of a layout looks at, from a grid of rays through its picture."""
    x, y = np.meshgrid(
        (np.arange(_COLUMNS) + 0.5) * camera.width / _COLUMNS,
        (np.arange(_ROWS) + 0.5) * camera.height_px / _ROWS,
    )
    rays = camera.rays(np.column_stack([x.ravel(), y.ravel()]))
    down = -rays[:, 2]
    ground = np.divide(camera.height, down, out=np.full(len(rays), np.inf), where=down > 1e-6)
    nearest, hit = np.full(len(rays), np.inf), np.full(len(rays), -1)
    names: list[str] = []
    for name, outline, height in _walls(layout):
        reach = np.min([_reach(camera, rays, *edge, height) for edge in outline], axis=0)
        hit = np.where(reach < nearest, len(names), hit)
        nearest = np.minimum(reach, nearest)
        names.append(name)
    close = nearest * np.hypot(rays[:, 0], rays[:, 1]) < CLOSE
    most = np.bincount(hit[close], minlength=1)
    return Outlook(
        ground=float(np.mean((ground < nearest) & _on_place(camera, rays, ground, layout))),
        close=float(close.mean()),
        closest=names[int(most.argmax())] if close.any() else "",
    )


def _walls(layout: Layout) -> Iterator[tuple[str, list[tuple[Point, Point]], float]]:
    """What one cannot see through: its name, its edges and its height, m."""
    for i, building in enumerate(layout.buildings):
        corners = building.footprint
        edges = list(zip(corners, (*corners[1:], corners[0]), strict=True))
        yield f"buildings[{i}]", edges, building.height
    for i, barrier in enumerate(layout.barriers):
        if barrier.style not in _SEEN_THROUGH:
            edges = list(zip(barrier.line, barrier.line[1:], strict=False))
            yield f"barriers[{i}]", edges, barrier.height


def _reach(camera: Camera, rays: Floats, a: Point, b: Point, height: float) -> Floats:
    """How many times its length each ray (N, 3) goes to an upright wall; inf if past it."""
    ex, ey, ax, ay = b[0] - a[0], b[1] - a[1], a[0] - camera.x, a[1] - camera.y
    turn = rays[:, 0] * ey - rays[:, 1] * ex
    turn = np.where(np.abs(turn) < 1e-9, np.nan, turn)
    reach = (ax * ey - ay * ex) / turn
    along = (ax * rays[:, 1] - ay * rays[:, 0]) / turn
    up = camera.height + reach * rays[:, 2]
    met = (reach > 0) & (along >= 0) & (along <= 1) & (up >= 0) & (up <= height)
    return np.asarray(np.where(met, reach, np.inf))


def _on_place(camera: Camera, rays: Floats, reach: Floats, layout: Layout) -> NDArray[np.bool_]:
    """Whether each ray (N, 3) meets the ground inside the extent."""
    (west, south), (east, north) = layout.extent
    reach = np.where(np.isfinite(reach), reach, 0.0)
    x, y = camera.x + reach * rays[:, 0], camera.y + reach * rays[:, 1]
    inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return np.asarray((reach > 0) & inside)
