"""Trees: a trunk, boughs and leaves in clumps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.layout import Tree
from devices_sim.cameras.scene.render.mesh import Mesh, linear, merge, surface, tube

_CLEAR = 6.0
"""Metres about a camera in which trees are pruned."""
_GREENS = [
    ((58, 84, 34), (104, 120, 52)),
    ((48, 76, 40), (84, 112, 58)),
    ((70, 86, 36), (120, 124, 60)),
]


def tree(item: Tree, seed: int, lenses: NDArray[np.float64]) -> Mesh:
    """A trunk, boughs, and a crown of leaves in clumps.

    Args:
        lenses: (N, 3) cameras, which are kept free of twigs.
    """
    generator = np.random.Generator(np.random.PCG64(1000 + seed))
    x, y = item.at
    crown_height = min(item.height * 0.72, item.crown * 2.4)
    middle = item.height - crown_height / 2
    girth = 0.05 + 0.022 * item.height
    bark = linear(92, 78, 64)
    lean = generator.normal(0, 0.06, 2)
    trunk = tube(
        [(x, y, -0.1), (x + lean[0], y + lean[1], middle * 0.6), (x, y, middle)],
        [girth * 1.25, girth * 0.9, girth * 0.4],
        bark,
        8,
    )
    clumps = max(9, int(item.crown * 11))
    ways = generator.normal(size=(clumps, 3))
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    reach = generator.random((clumps, 1)) ** 0.45
    half = np.array([item.crown, item.crown, crown_height / 2])
    centres = np.array([x, y, middle]) + ways * reach * half * 0.8
    for lens in lenses:
        centres = centres[np.linalg.norm(centres - lens, axis=1) > _CLEAR + item.crown * 0.3]
    boughs = [
        tube([(x, y, middle * 0.75), tuple(centre)], [girth * 0.4, 0.02], bark, 4)
        for centre in centres[:7]
    ]
    if not len(centres):
        return trunk
    return merge([trunk, *boughs, _leaves(generator, centres, item, half)])


def _leaves(
    generator: np.random.Generator,
    centres: NDArray[np.float64],
    item: Tree,
    half: NDArray[np.float64],
) -> Mesh:
    """Small leaves about the centres of clumps (C, 3)."""
    each = 200
    count = len(centres) * each
    spread = item.crown * 0.36
    offsets = generator.normal(size=(count, 3)) * spread * np.array([0.5, 0.5, 0.4])
    at = np.repeat(centres, each, axis=0) + offsets
    size = 0.035 + 0.014 * item.crown
    one, other = generator.normal(size=(2, count, 3))
    one *= size / np.linalg.norm(one, axis=1, keepdims=True)
    other *= size / np.linalg.norm(other, axis=1, keepdims=True)
    points = np.stack([at - one - other, at + one - other * 0.3, at + one * 0.3 + other], axis=1)
    middle = np.array([*item.at, item.height - half[2]])
    outward = (at - middle) / half
    deep = np.clip(np.linalg.norm(outward, axis=1), 0, 1.1)
    normals = outward + offsets / spread * 0.8 + np.array([0, 0, 0.35])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    hue = generator.random(count)[:, None]
    dark, bright = _GREENS[int(generator.integers(3))]
    tone = np.array(linear(*dark)) * (1 - hue) + np.array(linear(*bright)) * hue
    # Inside the crown less of the sky is seen.
    tone = tone * (0.35 + 0.65 * deep[:, None])
    mesh = surface(points.reshape(-1, 3), np.arange(count * 3).reshape(-1, 3), 0.1)
    return Mesh(
        points=mesh.points,
        normals=np.repeat(normals, 3, axis=0).astype(np.float32),
        colours=np.repeat(tone, 3, axis=0).astype(np.float32),
        shine=mesh.shine,
        glow=mesh.glow,
        faces=mesh.faces,
    )
