"""Fences, walls, hedges and guardrails."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.layout import Barrier, BarrierStyle
from devices_sim.cameras.scene.render.mesh import Mesh, box, linear, merge, surface

CELL = 1.5
"""Metres; long things are cut into pieces no longer, that the lens may bend them."""


def barrier(item: Barrier, seed: int) -> Mesh:
    """A fence of bars, a wall, a hedge or a guardrail."""
    path = np.array(item.line, dtype=np.float64)
    parts = [
        _stretch(item, start, end, seed)
        for start, end in pairwise(path)
        if np.linalg.norm(end - start) > 0.05
    ]
    return merge(parts)


def _stretch(
    item: Barrier, start: NDArray[np.float64], end: NDArray[np.float64], seed: int
) -> Mesh:
    length = float(np.linalg.norm(end - start))
    turn = math.atan2(end[1] - start[1], end[0] - start[0])
    return _BARRIERS[item.style](length, item.height, seed).moved(turn=turn, to=(*start, 0.0))


def _fence(length: float, height: float, seed: int) -> Mesh:
    tone = [linear(64, 72, 66), linear(70, 70, 74), linear(136, 140, 142)][seed % 3]
    bars = [
        box((at, -0.012, 0.1), (at + 0.025, 0.012, height - 0.05), tone)
        for at in np.arange(0, length, 0.14)
    ]
    posts = [
        box((at - 0.035, -0.035, 0), (at + 0.035, 0.035, height), tone)
        for at in np.arange(0, length + 0.01, 2.4)
    ]
    rails = [
        box((at, -0.02, z), (min(at + CELL, length), 0.02, z + 0.04), tone)
        for at in np.arange(0, length, CELL)
        for z in (0.12, height - 0.1)
    ]
    return merge([*bars, *posts, *rails])


def _low_wall(length: float, height: float, seed: int) -> Mesh:
    tone = [linear(168, 160, 146), linear(150, 100, 82), linear(140, 140, 138)][seed % 3]
    steps = np.arange(0, length, CELL)
    body = [
        box((at, -0.12, 0), (min(at + CELL, length), 0.12, height - 0.08), tone) for at in steps
    ]
    cope = [
        box(
            (at, -0.16, height - 0.08),
            (min(at + CELL, length), 0.16, height),
            linear(178, 174, 166),
        )
        for at in steps
    ]
    return merge([*body, *cope])


def _hedge(length: float, height: float, seed: int) -> Mesh:
    generator = np.random.Generator(np.random.PCG64(500 + seed))
    count = int(length * height * 160)
    at = generator.random((count, 3)) * np.array([length, 0.7, height - 0.1]) + (0, -0.35, 0.05)
    one, other = generator.normal(size=(2, count, 3)) * 0.05
    points = np.stack([at - one, at + one, at + other], axis=1).reshape(-1, 3)
    inner = box((0, -0.3, 0), (length, 0.3, height - 0.08), linear(26, 38, 18))
    leaves = surface(points, np.arange(count * 3).reshape(-1, 3), linear(66, 88, 42))
    outward = np.column_stack([np.zeros(count), at[:, 1] * 3, at[:, 2] / height])
    outward += generator.normal(0, 0.35, (count, 3))
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    leaves.normals[:] = np.repeat(outward, 3, axis=0)
    leaves.colours[:] *= np.repeat(0.6 + 0.8 * generator.random((count, 1)), 3, axis=0)
    return merge([inner, leaves])


def _guardrail(length: float, height: float, seed: int) -> Mesh:
    tone = linear(178, 180, 180 - seed % 2 * 8)
    steps = np.arange(0, length, CELL)
    rails = [
        box((at, -0.03, z), (min(at + CELL, length), 0.03, z + 0.12), tone)
        for at in steps
        for z in (height - 0.14, height - 0.36)
    ]
    posts = [box((at, -0.06, 0), (at + 0.1, 0.06, height), tone) for at in np.arange(0, length, 2)]
    return merge([*rails, *posts])


_BARRIERS = {
    BarrierStyle.FENCE: _fence,
    BarrierStyle.WALL: _low_wall,
    BarrierStyle.HEDGE: _hedge,
    BarrierStyle.GUARDRAIL: _guardrail,
}
