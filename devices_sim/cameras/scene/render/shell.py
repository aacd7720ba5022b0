"""Bodies of vehicles: a shell lofted from rear to front, with painted sheets laid on its sides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from devices_sim.cameras.scene.render.mesh import Array, Mesh, ring_faces, surface

PER_METRE = 56
"""Pixels of a sheet for each metre of the body."""
_FINER = 2
_ABOUT = (9, 9)
"""Pixels of a sheet about a point whose mean colour it gets where it is seen from far."""

Floats = NDArray[np.float64]


class Side(StrEnum):
    """Which side of a body a sheet lies on."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    FRONT = "front"
    REAR = "rear"


@dataclass(frozen=True, eq=False)
class Model:
    """A mesh with a picture laid on it.

    Attributes:
        mesh: whose colours are left out of account where there is a picture.
        places: (V, 2) where each point lies in the picture, pixels.
        sheet: (H, W, 4) linear blue, green, red, and how much it mirrors.
        glow: (H, W) light of its own when lamps are on.
    """

    mesh: Mesh
    places: Array
    sheet: Array
    glow: Array

    @cached_property
    def painted(self) -> Mesh:
        """The mesh in the colours that its picture has about each point."""
        u, v = np.ascontiguousarray(self.places.T)
        sheet, light = cv2.blur(self.sheet, _ABOUT), cv2.blur(self.glow, _ABOUT)
        look = cv2.remap(sheet, u, v, cv2.INTER_LINEAR).reshape(-1, 4)
        glow = cv2.remap(light, u, v, cv2.INTER_LINEAR).reshape(-1)
        shine = look[:, 3] * self.mesh.shine
        return replace(self.mesh, colours=look[:, :3].copy(), shine=shine, glow=glow)


class Canvas:
    """A sheet to paint on, in metres: `x` to the right, `z` up, drawn fine and brought down."""

    def __init__(self, low: tuple[float, float], high: tuple[float, float]) -> None:
        """Args: the corners of the sheet in metres."""
        self.low, self.high = low, high
        self._scale = PER_METRE * _FINER
        width = round((high[0] - low[0]) * PER_METRE) * _FINER
        height = round((high[1] - low[1]) * PER_METRE) * _FINER
        self._colour = np.zeros((height, width, 4), dtype=np.float32)
        self._glow = np.zeros((height, width), dtype=np.float32)

    def _fixed(self, points: ArrayLike) -> NDArray[np.int32]:
        at = np.asarray(points, dtype=np.float64)
        x = (at[:, 0] - self.low[0]) * self._scale
        z = (self.high[1] - at[:, 1]) * self._scale
        return np.round(np.column_stack([x, z]) * 16).astype(np.int32)

    def fill(
        self, points: ArrayLike, colour: ArrayLike, mirror: float = 0.0, glow: float = 0.0
    ) -> None:
        """Paint a polygon (N, 2)."""
        tone = (*(float(c) for c in np.asarray(colour)), mirror)
        fixed = [self._fixed(points)]
        cv2.fillPoly(self._colour, fixed, tone, cv2.LINE_8, 4)
        cv2.fillPoly(self._glow, fixed, (glow,), cv2.LINE_8, 4)

    def rect(
        self,
        low: tuple[float, float],
        high: tuple[float, float],
        colour: ArrayLike,
        mirror: float = 0.0,
        glow: float = 0.0,
    ) -> None:
        """Paint a rectangle between two corners."""
        corners = [low, (high[0], low[1]), high, (low[0], high[1])]
        self.fill(corners, colour, mirror, glow)

    def disc(
        self,
        centre: tuple[float, float],
        radius: float,
        colour: ArrayLike,
        mirror: float = 0.0,
        glow: float = 0.0,
    ) -> None:
        """Paint a disc."""
        angle = np.linspace(0, 2 * np.pi, 33)[:-1]
        ring = np.column_stack([np.cos(angle), np.sin(angle)]) * radius + np.array(centre)
        self.fill(ring, colour, mirror, glow)

    def line(self, points: ArrayLike, colour: ArrayLike, width: float = 0.015) -> None:
        """Paint a thin line through points (N, 2), width in metres."""
        tone = (*(float(c) for c in np.asarray(colour)), 0.2)
        thick = max(1, round(width * self._scale))
        cv2.polylines(self._colour, [self._fixed(points)], False, tone, thick, cv2.LINE_8, 4)

    def shade(self, tone: Callable[[Floats, Floats], Floats]) -> None:
        """Make every colour lighter or darker by a function of its place."""
        rows, columns = self._glow.shape
        x = self.low[0] + (np.arange(columns) + 0.5) / self._scale
        z = self.high[1] - (np.arange(rows) + 0.5) / self._scale
        across, up = np.meshgrid(x, z)
        self._colour[..., :3] *= tone(across, up)[..., None].astype(np.float32)

    def sheet(self) -> tuple[Array, Array]:
        """The finished sheet (H, W, 4), and its glow (H, W)."""
        size = (self._colour.shape[1] // _FINER, self._colour.shape[0] // _FINER)
        colour = cv2.resize(self._colour, size, interpolation=cv2.INTER_AREA)
        return colour, cv2.resize(self._glow, size, interpolation=cv2.INTER_AREA)


def shell(rings: ArrayLike, sides: Mapping[Side, Canvas], top_from: int) -> Model:
    """A closed body with its sheets.

    Args:
        rings: (R, K, 2) the right half of each cross-section, (y, z) from the bottom's middle to
            the top's, with y > 0; and x as a third coordinate, (R, K, 3).
        sides: what is painted on it; LEFT may be left out, then it is RIGHT mirrored.
        top_from: the point of a half ring at which the top begins.
    """
    half = np.asarray(rings, dtype=np.float64)
    mirrored = half[:, -2:0:-1] * np.array([1, -1, 1])
    # y > 0 is the left of a body that faces +x.
    whole = np.concatenate([half, mirrored], axis=1)
    count, around, _ = whole.shape
    closed = surface(whole.reshape(-1, 3), ring_faces(count, around), (0.3, 0.3, 0.3))
    chart = _charts(count, around, half.shape[1], top_from)
    sheets, starts = _stack(sides)
    parts: list[tuple[Array, Array, Array, NDArray[np.int32]]] = []
    quads = ring_faces(count, around, capped=False).reshape(2, -1, 3)
    for side in Side:
        canvas = sides.get(side, sides[Side.RIGHT])
        start = starts.get(side, starts[Side.RIGHT])
        faces = quads[:, chart == list(Side).index(side)].reshape(-1, 3)
        used, corners = np.unique(faces, return_inverse=True)
        at = closed.points[used]
        place = _laid(side, at, canvas) + np.array([0, start], dtype=np.float32)
        parts.append((at, closed.normals[used], place, corners.reshape(-1, 3).astype(np.int32)))
    return Model(*_joined(parts), *sheets)


def _charts(count: int, around: int, half: int, top_from: int) -> NDArray[np.intp]:
    """Which side each quad (rings x around) lies on, as its number in Side."""
    ring, column = np.divmod(np.arange((count - 1) * around), around)
    order = list(Side)
    on_left = column < half - 1
    from_bottom = np.where(on_left, column, around - 1 - column)
    chart = np.where(on_left, order.index(Side.LEFT), order.index(Side.RIGHT))
    chart = np.where(from_bottom >= top_from, order.index(Side.TOP), chart)
    chart = np.where(ring < 2, order.index(Side.REAR), chart)
    return np.where(ring >= count - 3, order.index(Side.FRONT), chart)


def _laid(side: Side, points: Array, canvas: Canvas) -> Array:
    """Where points (N, 3) lie in a side's sheet (N, 2), pixels."""
    x, y, z = points.T
    across = {Side.TOP: x, Side.FRONT: -y, Side.REAR: y}.get(side, x)
    up = y if side is Side.TOP else z
    u = (across - canvas.low[0]) * PER_METRE - 0.5
    v = (canvas.high[1] - up) * PER_METRE - 0.5
    return np.column_stack([u, v]).astype(np.float32)


def _stack(sides: Mapping[Side, Canvas]) -> tuple[tuple[Array, Array], dict[Side, int]]:
    """All sheets below one another, and the row each begins at."""
    done = {side: canvas.sheet() for side, canvas in sides.items()}
    width = max(colour.shape[1] for colour, _ in done.values())
    starts, row = {}, 0
    colours, glows = [], []
    for side, (colour, glow) in done.items():
        starts[side] = row
        row += colour.shape[0]
        rest = ((0, 0), (0, width - colour.shape[1]))
        colours.append(np.pad(colour, (*rest, (0, 0)), mode="edge"))
        glows.append(np.pad(glow, rest))
    return (np.concatenate(colours), np.concatenate(glows)), starts


def _joined(
    parts: Sequence[tuple[Array, Array, Array, NDArray[np.int32]]],
) -> tuple[Mesh, Array]:
    """Parts of (points, normals, places, faces) as one mesh with its places."""
    starts = np.cumsum([0] + [len(part[0]) for part in parts[:-1]])
    points = np.concatenate([part[0] for part in parts])
    faces = [part[3] + np.int32(start) for part, start in zip(parts, starts, strict=True)]
    mesh = Mesh(
        points=points,
        normals=np.concatenate([part[1] for part in parts]),
        colours=np.full_like(points, 0.3),
        shine=np.ones(len(points), dtype=np.float32),
        glow=np.zeros(len(points), dtype=np.float32),
        faces=np.concatenate(faces),
    )
    return mesh, np.concatenate([part[2] for part in parts])


def with_plain(model: Model, mesh: Mesh) -> Model:
    """A model with a mesh of plain colours added; each colour becomes a pixel of the sheet."""
    colours = np.column_stack([mesh.colours, mesh.shine])
    tones, which = np.unique(np.round(colours, 4), axis=0, return_inverse=True)
    height, width = model.sheet.shape[:2]
    block = 4
    columns = max(1, width // block)
    rows = -(-len(tones) // columns)
    strip = np.zeros((rows * block, width, 4), dtype=np.float32)
    light = np.zeros((rows * block, width), dtype=np.float32)
    glow = np.zeros(len(tones), dtype=np.float32)
    np.maximum.at(glow, which.ravel(), mesh.glow)
    for index, tone in enumerate(tones):
        row, column = divmod(index, columns)
        here = np.s_[row * block : (row + 1) * block, column * block : (column + 1) * block]
        strip[here], light[here] = tone, glow[index]
    row, column = np.divmod(which.ravel(), columns)
    places = np.column_stack([column * block + 1.5, height + row * block + 1.5])
    starts = len(model.mesh.points)
    whole = Mesh(
        points=np.concatenate([model.mesh.points, mesh.points]),
        normals=np.concatenate([model.mesh.normals, mesh.normals]),
        colours=np.concatenate([model.mesh.colours, mesh.colours]),
        shine=np.concatenate([model.mesh.shine, mesh.shine]),
        glow=np.concatenate([model.mesh.glow, mesh.glow]),
        faces=np.concatenate([model.mesh.faces, mesh.faces + np.int32(starts)]),
    )
    return Model(
        mesh=whole,
        places=np.concatenate([model.places, places.astype(np.float32)]),
        sheet=np.concatenate([model.sheet, strip]),
        glow=np.concatenate([model.glow, light]),
    )
