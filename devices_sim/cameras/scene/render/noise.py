"""Grain of the world: noise in world coordinates, the same in every picture."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from devices_sim.cameras.scene.render.mesh import Array

_SIDE = 512
_ROW = 1024


@lru_cache(maxsize=4)
def _tile(octaves: int) -> Array:
    """Fractal noise (513, 513) that repeats without a seam, mean 0, deviation 1."""
    generator = np.random.Generator(np.random.PCG64(7))
    total = np.zeros((_SIDE, _SIDE), dtype=np.float32)
    for octave in range(octaves):
        cells = 16 * 2**octave
        coarse = generator.random((cells, cells), dtype=np.float32)
        wide = np.pad(coarse, 2, mode="wrap")
        scale = _SIDE // cells
        fine = cv2.resize(wide, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        edge = 2 * scale
        total += fine[edge : edge + _SIDE, edge : edge + _SIDE] * 0.6**octave
    total = (total - total.mean()) / total.std()
    return np.pad(total, (0, 1), mode="wrap")


def noise(x: Array, y: Array, size: float, *, seed: int = 0, octaves: int = 5) -> Array:
    """Smooth noise at places of a plane, mean 0, deviation 1.

    Args:
        x, y: (N,) metres.
        size: of the largest grains, metres.
        seed: shifts the pattern.
    """
    # OpenCV wants pictures, not long lists.
    shape, count = np.shape(x), int(np.size(x))
    rows = -(-count // _ROW) if count else 1
    scale = _SIDE / 16 / size
    u = (np.asarray(x, dtype=np.float64) * scale + seed * 37.7) % _SIDE
    v = (np.asarray(y, dtype=np.float64) * scale + seed * 91.3) % _SIDE
    places = np.zeros((2, rows * _ROW), dtype=np.float32)
    places[0, :count], places[1, :count] = u.ravel(), v.ravel()
    u_map, v_map = places.reshape(2, rows, _ROW)
    found = cv2.remap(_tile(octaves), u_map, v_map, cv2.INTER_LINEAR)
    return np.asarray(found, dtype=np.float32).ravel()[:count].reshape(shape)


def cell(index: Array, seed: int) -> Array:
    """A number in [0, 1) for each whole number, scattered."""
    mixed = (np.asarray(index).astype(np.int64) * 2654435761 + seed * 40503 + 12345) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    mixed = (mixed * 2246822519) & 0xFFFFFFFF
    mixed ^= mixed >> 13
    return (mixed / 4294967296.0).astype(np.float32)
