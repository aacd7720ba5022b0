"""Light that the lens scatters round very bright spots."""

from __future__ import annotations

import cv2
import numpy as np

from devices_sim.cameras.scene.render.mesh import Array, f32

GLARE_CELL = 4
"""Pixels of the picture, along a side, to one value of its glare."""


def glare(light: Array, exposure: float) -> Array:
    """What the lens adds to light (H, W, 3), in cells: (H / 4, W / 4, 3)."""
    size = (light.shape[1] // GLARE_CELL, light.shape[0] // GLARE_CELL)
    small = cv2.resize(light, size, interpolation=cv2.INTER_AREA)
    over = np.clip(small - np.float32(1.2 / exposure), 0, np.float32(14 / exposure))
    near, far = (cv2.GaussianBlur(over, (0, 0), sigma) for sigma in (1.6, 6.0))
    return f32((near + far) * np.float32(0.5))
