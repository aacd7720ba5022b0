"""From pixels to metres on the ground, and back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from smartopia.errors import ConfigurationError
from smartopia.geometry import Vec
from smartopia.siteview import Ground, Marks, Pole

FARTHEST_M = 200.0
"""Beyond this a pixel covers too much ground to say where on it something is."""


_ASKED = 4096
_TURNS = 3  # of Newton's method; leaves less than a thousandth of a pixel
_MOST_BENT = -0.14  # no straight line of sight is bent further
_STEP_PX = 1.0


@dataclass(frozen=True, slots=True)
class Local:
    """The ground about a pixel: its place, and how far one goes by a pixel right or down, m."""

    place: Vec
    right: Vec
    down: Vec

    def moved(self, x: float, y: float) -> Vec:
        """Metres along the ground's axes of so many pixels right and down."""
        return x * self.right[0] + y * self.down[0], x * self.right[1] + y * self.down[1]


class Plane(Protocol):
    """The ground in a picture of a certain size. Its axes lie as they like; metres are metres."""

    def metres(self, pixel: Vec) -> Vec | None:
        """The place on the ground seen at a pixel; None where that is sky or too far."""
        ...

    def local(self, pixel: Vec) -> Local | None:
        """The ground about a pixel; None where that is sky or too far."""
        ...

    def pixel(self, place: Vec, height: float = 0.0) -> Vec | None:
        """Where a point `height` metres above a place is seen; None where it cannot be said."""
        ...


@lru_cache(maxsize=256)
def plane_of(ground: Ground, size: tuple[int, int]) -> Plane:
    """The ground in a picture of this size.

    Raises:
        ConfigurationError: the four marks belong to no view of a plane.
    """
    if ground.pole is not None:
        return PolePlane(ground.pole, size)
    if ground.marks is not None:
        return MarksPlane(ground.marks, size)
    raise ValueError("a ground is given by pole or marks")


class PolePlane:
    """The ground as a camera on a pole sees it: x to its right, y ahead, the pole at (0, 0)."""

    def __init__(self, pole: Pole, size: tuple[int, int]) -> None:
        self._height, self._k1 = pole.height_m, pole.k1
        self._middle = (size[0] / 2, size[1] / 2)
        self._focal = size[0] / 2 / math.tan(math.radians(pole.fov) / 2)
        tilt = math.radians(pole.tilt)
        self._cos, self._sin = math.cos(tilt), math.sin(tilt)
        self._asked = lru_cache(_ASKED)(self._metres)

    def metres(self, pixel: Vec) -> Vec | None:
        """See `Plane`."""
        return self._asked(pixel)  # many situations ask for the same few feet

    def local(self, pixel: Vec) -> Local | None:
        """See `Plane`."""
        place = self.metres(pixel)
        if place is None:
            return None
        u = (pixel[0] - self._middle[0]) / self._focal
        v = (pixel[1] - self._middle[1]) / self._focal
        out, slope = self._straight(u, v)
        bent = u * u + v * v
        turn = (slope - out) / bent if bent else 0.0
        uu, uv, vv = out + turn * u * u, turn * u * v, out + turn * v * v
        fall = v * out * self._cos + self._sin
        # A step to the right only goes to the right; one down goes along the line of sight.
        right = self._height / fall / self._focal
        sight = right / fall
        tilt = u * out * self._cos
        return Local(
            place,
            (right * uu - sight * tilt * uv, -sight * uv),
            (right * uv - sight * tilt * vv, -sight * vv),
        )

    def _metres(self, pixel: Vec) -> Vec | None:
        u = (pixel[0] - self._middle[0]) / self._focal
        v = (pixel[1] - self._middle[1]) / self._focal
        out, _ = self._straight(u, v)
        fall = v * out * self._cos + self._sin
        if fall <= 1e-6:
            return None
        reach = self._height / fall
        x, y = reach * u * out, reach * (self._cos - v * out * self._sin)
        return (x, y) if x * x + y * y <= FARTHEST_M**2 else None

    def pixel(self, place: Vec, height: float = 0.0) -> Vec | None:
        """See `Plane`."""
        x, y = place
        below = self._height - height
        depth = y * self._cos + below * self._sin
        if depth < 0.3:
            return None
        u, v = x / depth, (below * self._cos - y * self._sin) / depth
        bent = 1 + self._k1 * (u * u + v * v)
        return self._middle[0] + u * bent * self._focal, self._middle[1] + v * bent * self._focal

    def _straight(self, u: float, v: float) -> tuple[float, float]:
        """What the lens bent, straight: by how much out from the middle, and a step beyond."""
        k1, bent = self._k1, u * u + v * v
        if not k1 or not bent:
            return 1.0, 1.0
        # With q the straight radius over the bent one: q + k1 * bent * q**3 = 1.
        k, q = max(k1 * bent, _MOST_BENT), 1.0
        for _ in range(_TURNS):
            q = (1 + 2 * k * q**3) / (1 + 3 * k * q * q)
        return q, 1 / (1 + 3 * k * q * q)


class MarksPlane:
    """The ground by four marks. It knows nothing of heights."""

    def __init__(self, marks: Marks, size: tuple[int, int]) -> None:
        pixels = [(x * size[0], y * size[1]) for x, y in marks.picture]
        rows, right = [], []
        for (u, v), (x, y) in zip(pixels, marks.metres, strict=True):
            rows.append([u, v, 1, 0, 0, 0, -u * x, -v * x])
            rows.append([0, 0, 0, u, v, 1, -u * y, -v * y])
            right += [x, y]
        try:
            solved = np.linalg.solve(np.array(rows, dtype=float), np.array(right, dtype=float))
            there = np.append(solved, 1.0).reshape(3, 3)
            back = np.linalg.inv(there)
        except np.linalg.LinAlgError as error:
            raise ConfigurationError(
                "ground: the four marks belong to no view of a plane; set them again"
            ) from error
        self._there = [float(value) for value in there.flat]
        self._back = [float(value) for value in back.flat]
        u, v = (sum(p[i] for p in pixels) / 4 for i in (0, 1))
        self._sign = math.copysign(1.0, self._weight(u, v))

    def metres(self, pixel: Vec) -> Vec | None:
        """See `Plane`."""
        if self._weight(*pixel) * self._sign <= 1e-9:
            return None
        x, y = _mapped(self._there, pixel)
        return (x, y) if math.hypot(x, y) <= FARTHEST_M else None

    def local(self, pixel: Vec) -> Local | None:
        """See `Plane`."""
        here = self.metres(pixel)
        beside = self.metres((pixel[0] + _STEP_PX, pixel[1]))
        below = self.metres((pixel[0], pixel[1] + _STEP_PX))
        if here is None or beside is None or below is None:
            return None
        right = ((beside[0] - here[0]) / _STEP_PX, (beside[1] - here[1]) / _STEP_PX)
        return Local(
            here, right, ((below[0] - here[0]) / _STEP_PX, (below[1] - here[1]) / _STEP_PX)
        )

    def pixel(self, place: Vec, height: float = 0.0) -> Vec | None:
        """See `Plane`."""
        if (
            height
            or abs(self._back[6] * place[0] + self._back[7] * place[1] + self._back[8]) < 1e-9
        ):
            return None
        return _mapped(self._back, place)

    def _weight(self, u: float, v: float) -> float:
        return self._there[6] * u + self._there[7] * v + self._there[8]


def _mapped(matrix: list[float], point: Vec) -> Vec:
    u, v = point
    weight = matrix[6] * u + matrix[7] * v + matrix[8]
    return (
        (matrix[0] * u + matrix[1] * v + matrix[2]) / weight,
        (matrix[3] * u + matrix[4] * v + matrix[5]) / weight,
    )
