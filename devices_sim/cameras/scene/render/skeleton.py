"""The bones of a body at rest, what hangs on them, and how it follows when they turn.

At rest a person stands upright, faces +x, holds the arms a little out and is 1.75 m tall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.render.mesh import Array, Mesh

REST_HEIGHT = 1.75


class Bone(IntEnum):
    """Bones, parents before their children."""

    PELVIS = 0
    SPINE = 1
    CHEST = 2
    HEAD = 3
    ARM_L = 4
    FOREARM_L = 5
    ARM_R = 6
    FOREARM_R = 7
    THIGH_L = 8
    SHIN_L = 9
    FOOT_L = 10
    THIGH_R = 11
    SHIN_R = 12
    FOOT_R = 13


PARENTS = (-1, 0, 1, 2, 2, 4, 2, 6, 0, 8, 9, 0, 11, 12)

JOINTS = np.array(
    [
        (0.0, 0.0, 0.94),
        (0.0, 0.0, 1.06),
        (-0.01, 0.0, 1.24),
        (-0.005, 0.0, 1.50),
        (-0.01, 0.185, 1.425),
        (-0.015, 0.245, 1.14),
        (-0.01, -0.185, 1.425),
        (-0.015, -0.245, 1.14),
        (0.0, 0.092, 0.90),
        (0.005, 0.098, 0.49),
        (-0.01, 0.10, 0.085),
        (0.0, -0.092, 0.90),
        (0.005, -0.098, 0.49),
        (-0.01, -0.10, 0.085),
    ],
    dtype=np.float64,
)
"""Where each bone turns, (14, 3)."""


@dataclass(frozen=True, eq=False)
class Body:
    """A person at rest, in its clothes.

    Attributes:
        mesh: at REST_HEIGHT.
        bones: (V, 2) the bones a point hangs on.
        share: (V,) how much on the second of them.
        scale: what the mesh is grown by to the person's height.
        head: what its head is grown by on top of that; children have larger ones.
    """

    mesh: Mesh
    bones: NDArray[np.intp]
    share: Array
    scale: float
    head: float


@dataclass(frozen=True, eq=False)
class Part:
    """A piece of a body, and the bones each of its points hangs on, as in `Body`."""

    mesh: Mesh
    bones: NDArray[np.intp]
    share: Array


def hung(mesh: Mesh, low: int, high: int, joint: float, blend: float) -> Part:
    """A part that hangs on `low` below a joint's height and on `high` above it."""
    z = mesh.points[:, 2]
    share = np.clip((z - (joint - blend)) / (2 * blend), 0, 1).astype(np.float32)
    bones = np.tile(np.array([low, high], dtype=np.intp), (len(z), 1))
    return Part(mesh, bones, share)


def on(mesh: Mesh, bone: int) -> Part:
    """A part that hangs on one bone."""
    count = len(mesh.points)
    return Part(mesh, np.full((count, 2), bone, dtype=np.intp), np.zeros(count, np.float32))


def with_cuts(
    profile: Sequence[tuple[float, float, float, float]], cuts: Sequence[float], *, every: int
) -> list[tuple[float, float, float, float]]:
    """A profile with rows added at these heights; of its own only some, and the last."""
    table = np.array(profile)
    kept = [*table[::every, 0], table[-1, 0]]
    heights = sorted({*map(float, kept), *cuts})
    columns = [np.interp(heights, table[:, 0], table[:, i]) for i in (1, 2, 3)]
    return [(z, float(a), float(b), float(c)) for z, a, b, c in zip(heights, *columns, strict=True)]


def skinned(person: Body, turns: NDArray[np.float64], moves: NDArray[np.float64]) -> Mesh:
    """A body in a pose.

    Args:
        turns: (14, 3, 3) each bone's rotation in the world.
        moves: (14, 3) what is added after it.
    """
    turn = turns.astype(np.float32)
    move = moves.astype(np.float32)
    first, second = person.bones.T
    share = person.share[:, None]
    mesh = person.mesh
    points = _carried(turn, move, first, mesh.points)
    # Most points hang on one bone alone.
    both = np.flatnonzero(person.share)
    other = _carried(turn, move, second[both], mesh.points[both])
    points[both] += share[both] * (other - points[both])
    strongest = np.where(person.share > 0.5, second, first)
    normals = np.einsum("vij,vj->vi", turn[strongest], mesh.normals)
    return Mesh(points, normals, mesh.colours, mesh.shine, mesh.glow, mesh.faces)


def _carried(turn: Array, move: Array, bones: NDArray[np.intp], points: Array) -> Array:
    carried: Array = np.einsum("vij,vj->vi", turn[bones], points) + move[bones]
    return carried
