"""Triangle meshes as arrays, and the few ways shapes are made: lofts, boxes, tubes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float32]
Faces = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles. The front of a face is where its corners run counter-clockwise.

    Attributes:
        points: (V, 3) metres.
        normals: (V, 3) of length 1.
        colours: (V, 3) linear reflectance, blue green red.
        shine: (V,) how much a point mirrors its surroundings, 0 to 1.
        glow: (V,) light of its own, in units of reflected daylight.
        faces: (F, 3) indices of points.
    """

    points: Array
    normals: Array
    colours: Array
    shine: Array
    glow: Array
    faces: Faces

    @cached_property
    def footprint(self) -> tuple[float, float, float, float]:
        """The rectangle on the ground, west, south, east and north, under what is below 0.9 m."""
        x, y = self.points[self.points[:, 2] < 0.9, :2].T
        return float(x.min()), float(y.min()), float(x.max()), float(y.max())

    def moved(self, *, turn: float = 0.0, to: ArrayLike = (0.0, 0.0, 0.0)) -> Mesh:
        """The mesh turned about the z axis (radians), then moved."""
        shift = np.asarray(to, dtype=np.float32)
        if not turn:
            return self._at(self.points + shift, self.normals)
        points = _turned(self.points, turn)
        points += shift
        return self._at(points, _turned(self.normals, turn))

    def scaled(self, factor: float) -> Mesh:
        """The mesh grown about the origin."""
        return self._at(self.points * np.float32(factor), self.normals)

    def _at(self, points: Array, normals: Array) -> Mesh:
        """The mesh at other places; written out, since `replace` takes longer."""
        return Mesh(points, normals, self.colours, self.shine, self.glow, self.faces)


def f32(values: ArrayLike) -> Array:
    """Anything as an array of float32."""
    return np.asarray(values, dtype=np.float32)


def decay(away: ArrayLike) -> Array:
    """exp(-away) as float32; reckoned in float64, since float32's differs between machines."""
    return f32(np.exp(-np.asarray(away, dtype=np.float64)))


def rotated(points: Array, rotation: Array) -> Array:
    """Points (N, 3) times the rows of a matrix (3, 3).

    Written out: a BLAS may round otherwise on another machine, and starts threads for nothing.
    """
    x, y, z = np.ascontiguousarray(points.T)
    turned = np.empty_like(points)
    for axis, (a, b, c) in enumerate(rotation):
        turned[:, axis] = x * a + y * b + z * c
    return turned


def _turned(points: Array, turn: float) -> Array:
    """Points (N, 3) turned about the z axis."""
    c, s = np.float32(math.cos(turn)), np.float32(math.sin(turn))
    x, y = np.ascontiguousarray(points[:, :2].T)
    turned = points.copy()
    turned[:, 0] = x * c - y * s
    turned[:, 1] = x * s + y * c
    return turned


def along(ways: Array, way: Array) -> Array:
    """The products of vectors (N, 3) with one (3,), (N,)."""
    product: Array = ways[:, 0] * way[0] + ways[:, 1] * way[1] + ways[:, 2] * way[2]
    return product


def surface(
    points: ArrayLike,
    faces: ArrayLike,
    colour: ArrayLike,
    *,
    shine: float = 0.0,
    glow: float = 0.0,
) -> Mesh:
    """A mesh of points and faces, smooth across shared points.

    Args:
        colour: (3,) or one for each point (V, 3), linear blue green red.
    """
    at = np.asarray(points, dtype=np.float32)
    corners = np.asarray(faces, dtype=np.int32)
    count = len(at)
    return Mesh(
        points=at,
        normals=smooth_normals(at, corners),
        colours=np.broadcast_to(np.asarray(colour, dtype=np.float32), (count, 3)).copy(),
        shine=np.full(count, shine, dtype=np.float32),
        glow=np.full(count, glow, dtype=np.float32),
        faces=corners,
    )


def smooth_normals(points: Array, faces: Faces) -> Array:
    """The mean direction of the faces round each point, by their area, (V, 3)."""
    a, b, c = (points[faces[:, i]].astype(np.float64) for i in range(3))
    across = np.cross(b - a, c - a)
    total = np.zeros((len(points), 3))
    for corner in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(
                faces[:, corner], weights=across[:, axis], minlength=len(points)
            )
    length = np.linalg.norm(total, axis=1, keepdims=True)
    normals: Array = (total / np.maximum(length, 1e-12)).astype(np.float32)
    return normals


@dataclass(frozen=True, eq=False)
class Skin:
    """The points of several meshes, for light to fall on; as of `Mesh`."""

    points: Array
    normals: Array
    shine: Array

    @classmethod
    def of(cls, meshes: Sequence[Mesh]) -> Skin:
        """All points of meshes, in their order."""
        return cls(
            np.concatenate([mesh.points for mesh in meshes]),
            np.concatenate([mesh.normals for mesh in meshes]),
            np.concatenate([mesh.shine for mesh in meshes]),
        )


def merge(meshes: Sequence[Mesh]) -> Mesh:
    """Several meshes as one."""
    starts = np.cumsum([0] + [len(mesh.points) for mesh in meshes[:-1]])
    return Mesh(
        points=np.concatenate([mesh.points for mesh in meshes]),
        normals=np.concatenate([mesh.normals for mesh in meshes]),
        colours=np.concatenate([mesh.colours for mesh in meshes]),
        shine=np.concatenate([mesh.shine for mesh in meshes]),
        glow=np.concatenate([mesh.glow for mesh in meshes]),
        faces=np.concatenate(
            [mesh.faces + np.int32(start) for mesh, start in zip(meshes, starts, strict=True)]
        ),
    )


def ring_faces(rings: int, around: int, *, capped: bool = True) -> Faces:
    """Faces of a loft of `rings` rings, each `around` points, counter-clockwise about its way.

    The ends are closed by fans from their first points when `capped`.
    """
    i = np.arange(rings - 1)[:, None] * around
    j = np.arange(around)[None, :]
    k = (j + 1) % around
    sides = [
        np.stack([i + j, i + k, i + around + k], axis=-1).reshape(-1, 3),
        np.stack([i + j, i + around + k, i + around + j], axis=-1).reshape(-1, 3),
    ]
    if capped:
        fan = np.arange(1, around - 1)
        last = (rings - 1) * around
        sides.append(np.stack([np.zeros_like(fan), fan + 1, fan], axis=-1))
        sides.append(np.stack([np.full_like(fan, last), last + fan, last + fan + 1], axis=-1))
    return np.concatenate(sides).astype(np.int32)


def loft(rings: ArrayLike, colour: ArrayLike, *, shine: float = 0.0, capped: bool = True) -> Mesh:
    """A skin over rings (R, A, 3), each counter-clockwise when looked at against its way.

    Args:
        colour: (3,), or one for each ring (R, 3), or for each point (R, A, 3).
    """
    at = np.asarray(rings, dtype=np.float32)
    count, around, _ = at.shape
    colours = np.asarray(colour, dtype=np.float32)
    if colours.ndim == 2:
        colours = colours[:, None, :]
    colours = np.broadcast_to(colours, at.shape).reshape(-1, 3)
    faces = ring_faces(count, around, capped=capped)
    return surface(at.reshape(-1, 3), faces, colours, shine=shine)


def ellipse(centre: ArrayLike, half: tuple[float, float], around: int, power: float = 2.0) -> Array:
    """A level ring (A, 3) about a centre: half its length in x and in y, squarer with `power`."""
    angle = np.arange(around) * (2 * np.pi / around)
    c, s = np.cos(angle), np.sin(angle)
    x = np.sign(c) * np.abs(c) ** (2 / power) * half[0]
    y = np.sign(s) * np.abs(s) ** (2 / power) * half[1]
    ring = np.column_stack([x, y, np.zeros(around)]) + np.asarray(centre, dtype=np.float64)
    return ring.astype(np.float32)


def ball(
    centre: ArrayLike, radii: ArrayLike, colour: ArrayLike, rings: int = 8, around: int = 12
) -> Mesh:
    """An ellipsoid."""
    up = np.linspace(-np.pi / 2 + 0.05, np.pi / 2 - 0.05, rings)
    unit = [
        ellipse((0.0, 0.0, np.sin(angle)), (np.cos(angle), np.cos(angle)), around) for angle in up
    ]
    at = np.stack(unit) * np.asarray(radii, dtype=np.float32)
    return loft(at + np.asarray(centre, dtype=np.float32), colour)


def box(low: ArrayLike, high: ArrayLike, colour: ArrayLike, *, shine: float = 0.0) -> Mesh:
    """An upright box with sharp edges, between two corners."""
    lo, hi = np.asarray(low, dtype=np.float32), np.asarray(high, dtype=np.float32)
    corners = np.array(np.meshgrid([0, 1], [0, 1], [0, 1], indexing="ij")).reshape(3, -1).T
    at = lo + corners.astype(np.float32) * (hi - lo)
    sides = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    points = np.concatenate([at[side] for side in sides])
    halves = np.array([[[0, 1, 2], [0, 2, 3]]])
    faces = (np.arange(6)[:, None, None] * 4 + halves).reshape(-1, 3)
    return surface(points, faces, colour, shine=shine)


def tube(
    path: ArrayLike, radius: ArrayLike, colour: ArrayLike, around: int = 6, *, shine: float = 0.0
) -> Mesh:
    """A round tube along a path (N, 3), of one radius or one for each point."""
    at = np.asarray(path, dtype=np.float64)
    ways = np.gradient(at, axis=0)
    ways /= np.maximum(np.linalg.norm(ways, axis=1, keepdims=True), 1e-9)
    helper = np.where(np.abs(ways[:, 2:3]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])
    side = np.cross(helper, ways)
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    other = np.cross(ways, side)
    angle = np.arange(around) * (2 * np.pi / around)
    reach = np.broadcast_to(np.asarray(radius, dtype=np.float64), (len(at),))[:, None, None]
    circle = np.cos(angle)[:, None] * side[:, None, :] + np.sin(angle)[:, None] * other[:, None, :]
    return loft(at[:, None, :] + reach * circle, colour, shine=shine)


def linear(red: float, green: float, blue: float) -> tuple[float, float, float]:
    """A colour as painters name it (sRGB, 0 to 255) as linear blue, green, red."""

    def straighten(value: float) -> float:
        return float((value / 255) ** 2.2)

    return straighten(blue), straighten(green), straighten(red)
