"""Steadies one coordinate of a box: a Kalman filter of place and speed, in pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

_FIRST_SPEED = 2.0  # m/s, standard deviation of a newcomer's


@dataclass(frozen=True, slots=True)
class Axis:
    """A coordinate and its speed, with their covariance; pixels and seconds."""

    at: float
    speed: float
    vaa: float
    vas: float
    vss: float

    @classmethod
    def first(cls, seen: float, noise: float, per_metre: float) -> Axis:
        """A coordinate seen once."""
        return cls(seen, 0.0, noise**2, 0.0, (_FIRST_SPEED * per_metre) ** 2)

    @property
    def unsure(self) -> float:
        """Standard deviation of the coordinate."""
        return math.sqrt(self.vaa)

    def after(self, dt: float, push: float) -> Axis:
        """What is to be expected `dt` later; `push`: its acceleration, standard deviation."""
        q = push * push
        return Axis(
            self.at + self.speed * dt,
            self.speed,
            self.vaa + 2 * dt * self.vas + dt * dt * self.vss + q * dt**4 / 4,
            self.vas + dt * self.vss + q * dt**3 / 2,
            self.vss + q * dt * dt,
        )

    def met(self, seen: float, noise: float) -> Axis:
        """What is believed after it was seen at a place."""
        total = self.vaa + noise * noise
        a, s = self.vaa / total, self.vas / total
        miss = seen - self.at
        return Axis(
            self.at + a * miss,
            self.speed + s * miss,
            (1 - a) * self.vaa,
            (1 - a) * self.vas,
            self.vss - s * self.vas,
        )
