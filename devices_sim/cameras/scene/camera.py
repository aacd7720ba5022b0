"""A camera on a pole: where it stands, where it looks, and how its lens bends the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.layout import SceneCamera
from smartopia.errors import ConfigurationError

Floats = NDArray[np.float64]
Reals = NDArray[np.floating]

NEAR = 0.3
"""Metres before the lens below which nothing is drawn."""

_FLAT = 1e-9
"""The least distortion that counts as one."""

# field: lowest, highest, unit
_LIMITS = {
    "height": (2.0, 60.0, "m"),
    "tilt": (-10.0, 89.0, "degrees below the horizon"),
    "fov": (8.0, 120.0, "degrees across the picture"),
    "k1": (-0.5, 0.5, "radial distortion"),
    "width": (64, 3840, "pixels"),
    "height_px": (64, 2160, "pixels"),
}


@dataclass(frozen=True)
class Camera:
    """A pinhole with radial distortion (Brown's model, first term).

    Attributes:
        x, y: foot of the pole in the layout's plane, metres.
        height: of the lens above ground, metres.
        pan: degrees counter-clockwise from east (+x).
        tilt: degrees below the horizon.
        fov: degrees across the picture's width, before distortion.
        k1: radial distortion; negative is the barrel of a wide lens.
        width, height_px: the picture's size in pixels.

    Raises:
        ConfigurationError: no such camera can be; names the field and what is allowed.
    """

    x: float
    y: float
    height: float
    pan: float
    tilt: float
    fov: float = 70.0
    k1: float = -0.06
    width: int = 640
    height_px: int = 384

    def __post_init__(self) -> None:
        for field in ("x", "y", "pan", *_LIMITS):
            if not math.isfinite(getattr(self, field)):
                raise ConfigurationError(f"camera: {field} must be a finite number")
        for field, (low, high, unit) in _LIMITS.items():
            value = getattr(self, field)
            if not low <= value <= high:
                raise ConfigurationError(
                    f"camera: {field} is {value:g}; allowed are {low:g} to {high:g} {unit}"
                )
        if self.width % 2 or self.height_px % 2:
            raise ConfigurationError("camera: width and height_px must be even")
        if self._folds():
            raise ConfigurationError(
                f"camera: the lens (k1 {self.k1:g}) folds the picture over at its corners with "
                f"a field of view of {self.fov:g} degrees; bring one of them nearer to 0"
            )

    @classmethod
    def of_pole(cls, pole: SceneCamera) -> Camera:
        """The camera of a layout.

        Raises:
            ConfigurationError: no such camera can be; names the camera and the field.
        """
        try:
            return cls(
                x=pole.at[0],
                y=pole.at[1],
                height=pole.height,
                pan=pole.pan,
                tilt=pole.tilt,
                fov=pole.field_of_view,
                k1=pole.lens,
                width=pole.size[0],
                height_px=pole.size[1],
            )
        except ConfigurationError as error:
            raise ConfigurationError(f"{pole.name}: {error}") from error

    @cached_property
    def focal(self) -> float:
        """The focal length in pixels."""
        return self.width / 2 / math.tan(math.radians(self.fov) / 2)

    @cached_property
    def position(self) -> Floats:
        """The lens in the world, (3,)."""
        return np.array([self.x, self.y, self.height])

    @cached_property
    def axes(self) -> Floats:
        """The camera's right, down and forward in the world, as rows, (3, 3)."""
        pan, tilt = math.radians(self.pan), math.radians(self.tilt)
        forward = np.array(
            [math.cos(pan) * math.cos(tilt), math.sin(pan) * math.cos(tilt), -math.sin(tilt)]
        )
        right = np.array([math.sin(pan), -math.cos(pan), 0.0])
        return np.stack([right, np.cross(forward, right), forward])

    def project(self, points: Reals) -> tuple[Reals, Reals]:
        """Where points of the world (N, 3) lie in the picture.

        Returns:
            Pixels (N, 2), the first pixel's centre at 0.5; depths (N,) along the axis, metres.
            A point nearer than `NEAR` is put at that depth: leave it out by its depth.
        """
        east, north, up = (points[:, i] - float(self.position[i]) for i in range(3))
        x, y, depth = (east * float(a) + north * float(b) + up * float(c) for a, b, c in self.axes)
        near = 1 / np.maximum(depth, NEAR)
        x, y = x * near, y * near
        bent = self._bend(np.sqrt(x * x + y * y)) * self.focal
        pixels = np.empty((len(points), 2), dtype=x.dtype)
        pixels[:, 0] = x * bent + self.width / 2
        pixels[:, 1] = y * bent + self.height_px / 2
        return pixels, depth

    def rays(self, pixels: NDArray[np.floating]) -> Floats:
        """Directions (N, 3) in the world through pixels (N, 2); along the axis each is 1 long."""
        bent = (np.asarray(pixels) - (self.width / 2, self.height_px / 2)) / self.focal
        radius = np.hypot(*bent.T)
        straight = radius.copy()
        for _ in range(6 if self.k1 else 0):
            slope = 1 + 3 * self.k1 * straight**2
            straight -= (straight * (1 + self.k1 * straight**2) - radius) / slope
        scale = np.divide(straight, radius, out=np.ones_like(radius), where=radius > 0)
        plane = bent * scale[:, None]
        return _rotated(np.column_stack([plane, np.ones(len(plane))]), self.axes.T)

    def on_ground(self, pixel: tuple[float, float]) -> tuple[float, float] | None:
        """The place on the ground seen at a pixel; none above the horizon."""
        ray = self.rays(np.array([pixel]))[0]
        if ray[2] >= -1e-6:
            return None
        reach = -self.height / ray[2]
        return self.x + reach * ray[0], self.y + reach * ray[1]

    def _bend(self, radius: Reals) -> Reals:
        """How much farther out the lens puts a point at this radius (tangent of its angle)."""
        if self.k1 > -_FLAT:
            return 1 + self.k1 * np.minimum(radius, 4.0) ** 2
        # Beyond this radius the polynomial turns back; points out there stay out there.
        turn = math.sqrt(-1 / (3 * self.k1))
        inner = np.minimum(radius, turn)
        bent = inner * (1 + self.k1 * inner * inner) + np.maximum(radius - turn, 0.0)
        return np.asarray(
            np.where(radius > 0, bent / np.maximum(radius, 1e-9), 1), dtype=radius.dtype
        )

    def _folds(self) -> bool:
        """Whether a corner of the picture lies beyond what the lens can reach."""
        if self.k1 > -_FLAT:
            return False
        turn = math.sqrt(-1 / (3 * self.k1))
        corner = math.hypot(self.width, self.height_px) / 2 / self.focal
        return corner > 0.97 * turn * (1 + self.k1 * turn**2)


def _rotated(points: Floats, rotation: Floats) -> Floats:
    """Points (N, 3) times the rows of a matrix; written out, to round alike on any machine."""
    return np.asarray(sum(points[:, i : i + 1] * rotation[:, i] for i in range(3)))
