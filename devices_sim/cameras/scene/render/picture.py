"""From light to a picture, as a CCTV camera makes it: exposure, tone, vignette, noise."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.render.mesh import Array

Picture = NDArray[np.uint8]

_TOP = 8.0
_STEPS = 4096
_KEY = 0.21
_MOST = 26.0
_TILES = 4


def _curve() -> NDArray[np.float32]:
    """The sensor's answer to light from 0 to _TOP, in equal steps of its root."""
    light = np.linspace(0, 1, _STEPS) ** 2 * _TOP
    white = 3.2
    shoulder = light * (1 + light / white**2) / (1 + light)
    tone = np.clip(shoulder * 1.42, 0, 1) ** (1 / 2.2)
    contrast = tone + 0.05 * np.sin((tone - 0.5) * 2 * np.pi) / np.pi
    return (np.clip(contrast, 0, 1) * 250 + 3).astype(np.float32)


_CURVE = _curve()


@dataclass(frozen=True, eq=False)
class Development:
    """How a camera turns light into a picture.

    Attributes:
        exposure: what light is multiplied by.
        vignette: (H, W) the share of light that reaches each pixel.
        grain: (T, H + 64, W + 64, 3) tiles of sensor noise, in grey levels.
    """

    exposure: float
    vignette: Array
    grain: NDArray[np.int16]


def development(whole: Array, seed: int) -> Development:
    """A camera's exposure for a lit place (H, W, 3), and its noise."""
    rows, columns, _ = whole.shape
    grey = whole @ np.array([0.11, 0.59, 0.30], dtype=np.float32)
    middle = float(np.exp(np.mean(np.log(np.clip(grey, 1e-5, 4)))))
    # A dark place is left dark, as cameras do.
    dim = float(np.clip(middle / 0.1, 0.04, 1)) ** 0.22
    exposure = min(_MOST, _KEY / max(middle, 1e-5) * dim)
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    vignette = (1 - 0.16 * (x * x + y * y) / 2).astype(np.float32)
    strength = 1.2 + 0.12 * max(0.0, exposure - 1.5)
    return Development(exposure, vignette, _noise(rows, columns, strength, seed))


def _noise(rows: int, columns: int, strength: float, seed: int) -> NDArray[np.int16]:
    """Noise in grey levels, coarser than a pixel as sensors and encoders leave it."""
    generator = np.random.Generator(np.random.PCG64(seed))
    tiles = []
    for _ in range(_TILES):
        # Whole numbers keep the bytes the same on any machine.
        shape = (rows + 64, columns + 64)
        dice = generator.integers(-128, 129, size=(*shape, 3), dtype=np.int16)
        grey = generator.integers(-128, 129, size=(*shape, 1), dtype=np.int16)
        mixed = (dice + 2 * grey).astype(np.float32) * np.float32(strength / 165)
        tiles.append(np.rint(cv2.blur(mixed, (2, 2)) * 1.6).astype(np.int16))
    return np.stack(tiles)


def tone(light: Array) -> NDArray[np.float32]:
    """Grey levels 0 to 255 of exposed light, of any shape."""
    steps = np.sqrt(np.clip(light, 0, _TOP * 0.999) * np.float32(1 / _TOP)) * (_STEPS - 1)
    toned: NDArray[np.float32] = _CURVE[steps.astype(np.intp)]
    return toned


def develop(light: Array, made: Development, rows: slice, columns: slice) -> Picture:
    """A part of the picture without noise, from its light (h, w, 3)."""
    shares = made.vignette[rows, columns, None] * np.float32(made.exposure)
    return np.rint(tone(light * shares)).astype(np.uint8)


def finish(clean: Picture, made: Development, dice: np.random.Generator) -> Picture:
    """The picture as it leaves the camera: a little soft, with this frame's noise."""
    rows, columns, _ = clean.shape
    tile = made.grain[int(dice.integers(_TILES))]
    y, x = (int(v) for v in dice.integers(0, 64, size=2))
    grain = tile[y : y + rows, x : x + columns]
    soft = cv2.GaussianBlur(clean, (3, 3), 0.55)
    return np.asarray(cv2.add(soft, grain, dtype=cv2.CV_8U), dtype=np.uint8)
