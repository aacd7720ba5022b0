"""What stands in a place and never moves: buildings, trees, lamps, fences, benches, poles."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.layout import (
    SHELTER,
    SHELTER_M,
    Bench,
    Building,
    BuildingStyle,
    BusStop,
    Ground,
    Lamp,
    Layout,
    Rack,
    Signal,
)
from devices_sim.cameras.scene.render.barriers import barrier
from devices_sim.cameras.scene.render.facade import Wall
from devices_sim.cameras.scene.render.mesh import (
    Array,
    Mesh,
    ball,
    box,
    linear,
    loft,
    merge,
    surface,
    tube,
)
from devices_sim.cameras.scene.render.tree import tree

_STEEL = linear(120, 124, 126)
_CORNERS = ((-1, -1), (1, -1), (1, 1), (-1, 1))
_CELL = 1.5
"""Metres; walls are cut into cells no larger, that the lens may bend them."""


@dataclass(frozen=True, eq=False)
class Solid:
    """All that stands, as one mesh.

    Attributes:
        mesh: its triangles.
        plan: (V, 3): metres along a wall, metres up, and the wall's number from 1; 0 where
            the mesh's own colour holds.
        walls: the walls by number, from 1.
    """

    mesh: Mesh
    plan: Array
    walls: tuple[Wall, ...]


@lru_cache(maxsize=4)
def solid(layout: Layout) -> Solid:
    """Build what stands in a layout, and a skyline round it."""
    walls: list[Wall] = []
    meshes: list[Mesh] = []
    plans: list[Array] = []
    for index, building in enumerate([*layout.buildings, *_skyline(layout)]):
        for wall, mesh, plan in _walls(building, index):
            walls.append(wall)
            plan[:, 2] = len(walls)
            meshes.append(mesh)
            plans.append(plan)
        meshes.append(_roof(building, index))
        plans.append(_unplanned(meshes[-1]))
    for mesh in _furniture(layout):
        meshes.append(mesh)
        plans.append(_unplanned(mesh))
    if not meshes:
        meshes, plans = [box((0, 0, -2), (0.1, 0.1, -1.9), 0.1)], [np.zeros((24, 3), np.float32)]
    return Solid(merge(meshes), np.concatenate(plans), tuple(walls))


def _unplanned(mesh: Mesh) -> Array:
    return np.zeros((len(mesh.points), 3), dtype=np.float32)


def _furniture(layout: Layout) -> Iterator[Mesh]:
    lenses = np.array([(*pole.at, pole.height) for pole in layout.cameras])
    yield from (tree(item, index, lenses) for index, item in enumerate(layout.trees))
    yield from (lamp(item) for item in layout.lamps)
    yield from (barrier(item, index) for index, item in enumerate(layout.barriers))
    yield from (_bench(item) for item in layout.benches)
    yield from (hoop for item in layout.racks for hoop in _hoops(item))
    yield from (_bus_stop(item) for item in layout.bus_stops)
    yield from (_signal(item) for item in layout.signals)
    yield from (_quay(item) for item in layout.ground if item.level < -0.3)


def counter_clockwise(outline: NDArray[np.float64]) -> NDArray[np.float64]:
    """An outline (N, 2) in the order that has its inside on the left."""
    x, y = outline.T
    area = np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)
    return outline if area > 0 else outline[::-1]


def _walls(building: Building, seed: int) -> Iterator[tuple[Wall, Mesh, Array]]:
    outline = counter_clockwise(np.array(building.footprint, dtype=np.float64))
    for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        length = float(np.linalg.norm(end - start))
        if length < 0.05:
            continue
        mesh, plan = panel(start, end, building.height)
        yield Wall(length, building.height, building.style, seed), mesh, plan


def panel(
    start: NDArray[np.float64], end: NDArray[np.float64], height: float, foot: float = 0.0
) -> tuple[Mesh, Array]:
    """An upright sheet from start to end (2,), seen from its right; with its plan (V, 3)."""
    length = float(np.linalg.norm(end - start))
    columns = max(2, math.ceil(length / _CELL) + 1)
    rows = max(2, math.ceil((height - foot) / (2 * _CELL)) + 1)
    along, up = np.meshgrid(np.linspace(0, length, columns), np.linspace(foot, height, rows))
    flat = start + (end - start) * (along.reshape(-1, 1) / length)
    points = np.column_stack([flat, up.ravel()])
    i = np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)
    faces = np.concatenate(
        [
            np.stack([i, i + 1, i + columns + 1], axis=-1).reshape(-1, 3),
            np.stack([i, i + columns + 1, i + columns], axis=-1).reshape(-1, 3),
        ]
    )
    plan = np.column_stack([along.ravel(), up.ravel(), np.zeros(along.size)])
    return surface(points, faces, (0.4, 0.4, 0.4)), plan.astype(np.float32)


def _roof(building: Building, seed: int) -> Mesh:
    """Tiles on a villa's hip; elsewhere a flat top with a parapet's edge."""
    outline = counter_clockwise(np.array(building.footprint, dtype=np.float64))
    middle = outline.mean(axis=0)
    hipped = building.style is BuildingStyle.VILLA
    outer = middle + (outline - middle) * (1.07 if hipped else 1.0)
    inner = middle + (outline - middle) * (0.3 if hipped else 0.97)
    tones = [(132, 66, 48), (96, 84, 78), (120, 76, 56)] if hipped else [(120, 118, 114)]
    top = building.height + (1.9 if hipped else -0.3)
    rings = np.stack(
        [
            np.column_stack([ring, np.full(len(ring), level)])
            for ring, level in ((outer, building.height - 0.05), (inner, top))
        ]
    )
    return loft(rings, linear(*tones[seed % len(tones)]))


def _skyline(layout: Layout) -> list[Building]:
    """Buildings far outside the place, that the street has an end."""
    (west, south), (east, north) = layout.extent
    middle = ((west + east) / 2, (south + north) / 2)
    reach = math.hypot(east - west, north - south) / 2
    generator = np.random.Generator(np.random.PCG64(len(layout.ground) * 7 + 11))
    found = []
    styles = [BuildingStyle.APARTMENT, BuildingStyle.OFFICE, BuildingStyle.SHOP]
    for step in range(44):
        angle = step / 44 * 2 * math.pi
        far = reach + 28 + 55 * float(generator.random())
        width = 9 + 10 * float(generator.random())
        x, y = middle[0] + far * math.cos(angle), middle[1] + far * math.sin(angle)
        corners = tuple((x + i * width, y + j * width) for i, j in _CORNERS)
        height = 6 + 16 * float(generator.random()) ** 2
        style = styles[int(generator.integers(3))]
        found.append(Building(style=style, footprint=corners, height=height))
    return found


def lamp_head(item: Lamp) -> Array:
    """Where a lamp's light comes from, (3,)."""
    facing = math.radians(item.facing)
    reach = 1.3
    return np.array(
        [
            item.at[0] + reach * math.cos(facing),
            item.at[1] + reach * math.sin(facing),
            item.height,
        ]
    )


def lamp(item: Lamp) -> Mesh:
    """A street lamp: pole, arm and head."""
    x, y = item.at
    head = lamp_head(item)
    pole = tube([(x, y, 0), (x, y, item.height * 0.96)], [0.085, 0.05], _STEEL, 8)
    arm = tube([(x, y, item.height * 0.94), (*head[:2], item.height + 0.08)], 0.035, _STEEL, 6)
    shade = ball(head + np.array([0, 0, 0.1]), (0.26, 0.26, 0.08), linear(90, 92, 94), 6, 10)
    bulb = ball(head + np.array([0, 0, 0.02]), (0.2, 0.2, 0.05), linear(235, 235, 225), 6, 10)
    bulb.glow[:] = 14.0
    foot = tube([(x, y, 0), (x, y, 0.5)], 0.12, _STEEL, 8)
    return merge([pole, arm, shade, bulb, foot])


def _bench(item: Bench) -> Mesh:
    wood = linear(132, 96, 62)
    slats = [
        box((-0.25 + i * 0.13, -0.9, 0.43), (-0.14 + i * 0.13, 0.9, 0.46), wood) for i in range(4)
    ]
    back = [box((-0.32, -0.9, z), (-0.28, 0.9, z + 0.1), wood) for z in (0.58, 0.72)]
    legs = [box((-0.3, y - 0.03, 0), (0.24, y + 0.03, 0.43), _STEEL) for y in (-0.7, 0.7)]
    mesh = merge([*slats, *back, *legs])
    return mesh.moved(turn=math.radians(item.facing), to=(*item.at, 0.0))


def _hoops(item: Rack) -> Iterator[Mesh]:
    """The bars of a rack, one beside each stand."""
    (ax, ay), (bx, by) = item.line
    along = np.array([bx - ax, by - ay]) / math.hypot(bx - ax, by - ay)
    rail = tube([(-0.3, 0, 0), (-0.3, 0, 0.7), (0.3, 0, 0.7), (0.3, 0, 0)], 0.025, _STEEL, 6)
    for stand in item.stands():
        x, y = np.array(stand) + along * item.gap / 2
        yield rail.moved(turn=math.radians(item.facing), to=(float(x), float(y), 0.0))


def _bus_stop(item: BusStop) -> Mesh:
    glass = box((-0.75, -1.9, 0.2), (-0.71, 1.9, 2.2), linear(120, 136, 138), shine=0.6)
    (back, right), (front, left) = SHELTER
    roof = box((back, right, SHELTER_M - 0.11), (front, left, SHELTER_M), linear(84, 90, 94))
    posts = [box((-0.78, y - 0.04, 0), (-0.7, y + 0.04, 2.35), _STEEL) for y in (-1.9, 0, 1.9)]
    poster = box((-0.7, 1.95, 0.4), (0.5, 2.03, 2.1), linear(180, 150, 120))
    seat = box((-0.65, -1.4, 0.42), (-0.3, 1.4, 0.48), linear(110, 90, 70))
    mesh = merge([glass, roof, *posts, poster, seat])
    return mesh.moved(turn=math.radians(item.facing), to=(*item.at, 0.0))


def signal_height(item: Signal) -> float:
    """How high a signal's lowest lens sits, m."""
    return 2.5 if item.serves == "vehicles" else 2.1


def _signal(item: Signal) -> Mesh:
    """The pole and the black box; its lenses are drawn with each frame."""
    foot = signal_height(item)
    black = linear(34, 36, 36)
    pole = tube([(0, 0, 0), (0, 0, foot + 0.9)], [0.06, 0.05], _STEEL, 8)
    head = box((0.06, -0.15, foot - 0.12), (0.26, 0.15, foot + 0.82), black)
    mesh = merge([pole, head])
    return mesh.moved(turn=math.radians(item.facing), to=(*item.at, 0.0))


def _quay(item: Ground) -> Mesh:
    """The walls down to a bed, seen from within it."""
    outline = counter_clockwise(np.array(item.polygon, dtype=np.float64))
    tone = np.array(linear(128, 124, 114), dtype=np.float32)
    sheets = []
    for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if np.linalg.norm(end - start) > 0.05:
            mesh, _ = panel(end, start, 0.0, item.level)
            mesh.colours[:] = tone
            sheets.append(mesh)
    return merge(sheets)
