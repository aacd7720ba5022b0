"""From light to a picture, as a CCTV camera makes it: exposure, tone, vignette, noise."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.render.mesh import Array, f32

Picture = NDArray[np.uint8]

_TOP = 8.0
_STEPS = 65536
_KEY = 0.235
_MOST = 26.0
_TILES = 4
_COLOURFUL = 0.82
"""How colourful the picture is against the world."""
_LENS = np.array([-0.075, 0.20, 0.75, 0.20, -0.075], dtype=np.float32)
"""Softness of lens and sensor, and the halo of the camera's sharpening."""


def _curve() -> NDArray[np.uint8]:
    """The sensor's answer to light from 0 to _TOP, in equal steps of its root."""
    light = np.linspace(0, 1, _STEPS) ** 2 * _TOP
    white = 2.5
    shoulder = light * (1 + light / white**2) / (1 + light)
    tone = np.clip(shoulder * 1.42, 0, 1) ** (1 / 2.2)
    contrast = tone + 0.05 * np.sin((tone - 0.5) * 2 * np.pi) / np.pi
    return np.rint(np.clip(contrast, 0, 1) * 249 + 6).astype(np.uint8)


_CURVE = _curve()


@dataclass(frozen=True, eq=False)
class Development:
    """How a camera turns light into a picture.

    Attributes:
        exposure: what light is multiplied by.
        gain: (H, W, 3) what light is multiplied by to be a square of a step of the curve: the
            exposure, and less of it towards the corners.
        grain: (T, H + 64, W + 64) tiles of sensor noise, in grey levels.
        specks: (T, H / 2 + 64, W + 64) tiles of noise in the colour alone.
    """

    exposure: float
    gain: Array
    grain: NDArray[np.int16]
    specks: NDArray[np.int16]


def development(whole: Array, seed: int) -> Development:
    """A camera's exposure for a lit place (H, W, 3), and its noise."""
    rows, columns, _ = whole.shape
    grey = whole @ np.array([0.11, 0.59, 0.30], dtype=np.float32)
    middle = float(np.exp(np.mean(np.log(np.clip(grey, 1e-5, 4), dtype=np.float64))))
    # A dark place is left dark, as cameras do.
    dim = float(np.clip(middle / 0.1, 0.04, 1)) ** 0.22
    exposure = min(_MOST, _KEY / max(middle, 1e-5) * dim)
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    vignette = (1 - 0.16 * (x * x + y * y) / 2).astype(np.float32)
    gain = np.repeat((vignette * (exposure / _TOP * (_STEPS - 1) ** 2))[..., None], 3, axis=2)
    strength = 1.2 + 0.12 * max(0.0, exposure - 1.5)
    generator = np.random.Generator(np.random.PCG64(seed))
    grain = _noise(generator, rows, columns, strength)
    return Development(
        exposure, f32(gain), grain, _noise(generator, rows // 2, columns, 0.6 * strength)
    )


def _noise(
    generator: np.random.Generator, rows: int, columns: int, strength: float
) -> NDArray[np.int16]:
    """Noise in grey levels, coarser than a pixel as sensors and encoders leave it."""
    tiles = []
    for _ in range(_TILES):
        # Whole numbers keep the bytes the same on any machine.
        shape = (rows + 64, columns + 64)
        dice = generator.integers(-128, 129, size=shape, dtype=np.int16)
        mixed = dice.astype(np.float32) * np.float32(strength / 74)
        tiles.append(np.rint(cv2.blur(mixed, (2, 2)) * 1.6).astype(np.int16))
    return np.stack(tiles)


def develop(light: Array, made: Development, rows: slice, columns: slice) -> Picture:
    """A part of the picture without noise, from its light (h, w, 3)."""
    steps = cv2.sqrt(cv2.multiply(light, made.gain[rows, columns]))
    # OpenCV rounds and clips as it makes whole numbers of them.
    whole = cv2.add(steps.reshape(len(steps), -1), 0, dtype=cv2.CV_16U)
    return np.asarray(cv2.LUT(whole, _CURVE), dtype=np.uint8).reshape(steps.shape)


def finish(clean: Picture, made: Development, dice: np.random.Generator) -> Picture:
    """The picture as it leaves the camera: soft, sharpened, its colours pale and coarse.

    Done where its encoder does it: in brightness, and in colour at half the size (4:2:0).
    """
    rows, columns, _ = clean.shape
    planes = cv2.cvtColor(clean, cv2.COLOR_BGR2YUV_I420)
    tile = int(dice.integers(_TILES))
    y, x = (int(v) for v in dice.integers(0, 64, size=2))
    grain = made.grain[tile, y : y + rows, x : x + columns]
    specks = made.specks[tile, y : y + rows // 2, x : x + columns]
    grey = cv2.sepFilter2D(planes[:rows], -1, _LENS, _LENS)
    pale = cv2.convertScaleAbs(planes[rows:], alpha=_COLOURFUL, beta=128 * (1 - _COLOURFUL))
    cv2.add(grey, grain, dst=planes[:rows], dtype=cv2.CV_8U)
    cv2.add(pale, specks, dst=planes[rows:], dtype=cv2.CV_8U)
    return np.asarray(cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420), dtype=np.uint8)
