"""What people do not walk into: vehicles and buildings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from devices_sim.cameras.scene.plan.geometry import Vec, inside
from devices_sim.cameras.scene.plan.vehicle import Vehicle


@dataclass(frozen=True, slots=True)
class Hull:
    """A vehicle as people on the road see it: where, which way, half its length and width."""

    x: float
    y: float
    ux: float
    uy: float
    long: float
    half: float
    speed: float

    @classmethod
    def of(cls, one: Vehicle) -> Hull:
        """The hull of a vehicle."""
        return cls(*one.pose(), one.length / 2, one.half, one.speed)

    def sees(self, x: float, y: float) -> Vec:
        """How far before its middle a point lies, and how far left."""
        px, py = x - self.x, y - self.y
        return px * self.ux + py * self.uy, self.ux * py - self.uy * px


@dataclass(frozen=True, slots=True)
class Wall:
    """The footprint of a building, and the box round it."""

    footprint: Sequence[Vec]
    west: float
    south: float
    east: float
    north: float

    @classmethod
    def of(cls, footprint: Sequence[Vec]) -> Wall:
        """The wall round a footprint."""
        xs, ys = [p[0] for p in footprint], [p[1] for p in footprint]
        return cls(footprint, min(xs), min(ys), max(xs), max(ys))

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies inside."""
        within = self.west < x < self.east and self.south < y < self.north
        return within and inside((x, y), self.footprint)
