"""What an operator would draw on the picture of a scene's camera, from the scene's layout.

By the camera as it is meant to hang: one that the wind has turned still proposes this.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from pydantic import TypeAdapter, ValidationError

from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.layout import Lane, Layout, SceneCamera, WalkKind
from devices_sim.cameras.scene.plan.geometry import Path, Vec
from smartopia.siteview import Area, AreaUse, Drawing, Ground, Pole, Polygon, Way, Wire

LEAST_PX = 12.0
"""A person who stands farther away than where they are this high is too small to judge."""

PERSON_M = 1.7
_BESIDE_M = 0.5  # people walk a little beside a crossing, too
_NEAR_M = 1.0
_DECIMALS = 4
_MOST_POINTS = 60
_MOST_NAME = 61
_POLYGON: TypeAdapter[tuple[Vec, ...]] = TypeAdapter(Polygon)


def drawing_of(layout: Layout, pole: SceneCamera) -> Drawing:
    """What is drawn on the picture of a layout's camera: what of it lies in the picture.

    Zones and crossings become areas, tripwires wires, lanes ways, and the pole says where the
    ground is. Lanes need no area of their own: on a way, one is on the road.
    """
    camera, named = Camera.of_pole(pole), _Names()
    return Drawing(
        areas=tuple(_areas(camera, layout, named)),
        wires=tuple(_wires(camera, layout, named)),
        ways=tuple(_ways(camera, layout, named)),
        ground=Ground(
            pole=Pole(height_m=pole.height, tilt=pole.tilt, fov=pole.field_of_view, k1=pole.lens)
        ),
    )


class _Names:
    """Names of a layout's parts, which may be alike for parts of two kinds."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def own(self, name: str) -> str:
        """The name of a part: its own, or where that is taken, with a number after it."""
        own, count = name[:_MOST_NAME], 1
        while own in self._taken:
            count += 1
            own = f"{name[: _MOST_NAME - 4]}-{count}"
        self._taken.add(own)
        return own


def _areas(camera: Camera, layout: Layout, named: _Names) -> Iterator[Area]:
    shapes: list[tuple[str, AreaUse, Sequence[Vec]]] = [
        (zone.name, AreaUse(zone.use.value), zone.polygon) for zone in layout.zones
    ]
    shapes += [
        (walk.name, AreaUse.CROSSING, _strip(walk.line[0], walk.line[-1], walk.width / 2))
        for walk in layout.walks
        if walk.kind is WalkKind.CROSSING
    ]
    for name, use, polygon in shapes:
        outline = _outline(camera, polygon)
        if _drawable(outline):
            yield Area(name=named.own(name), use=use, outline=outline)


def _drawable(outline: tuple[Vec, ...]) -> bool:
    """Whether what is left of it in the picture is enough."""
    try:
        _POLYGON.validate_python(outline)
    except ValidationError:
        return False
    return True


def _wires(camera: Camera, layout: Layout, named: _Names) -> Iterator[Wire]:
    for wire in layout.tripwires:
        line = _visible(camera, wire.line, step=0.1)
        if len(line) > 1 and math.dist(line[0], line[-1]) > 0.02:
            yield Wire(name=named.own(wire.name), line=(line[0], line[-1]))


def _ways(camera: Camera, layout: Layout, named: _Names) -> Iterator[Way]:
    for lane in layout.lanes:
        line = _visible(camera, lane.line, step=2.0)
        if len(line) < 3:
            continue
        if len(line) > _MOST_POINTS:
            last = _MOST_POINTS - 1
            line = [line[round(i * (len(line) - 1) / last)] for i in range(_MOST_POINTS)]
        yield Way(
            name=named.own(lane.name),
            line=tuple(line),
            width_m=lane.width,
            speed_kmh=lane.speed,
            stop=next(_stops(camera, lane), None),
        )


def _stops(camera: Camera, lane: Lane) -> Iterator[Vec]:
    """Where vehicles of a lane wait for a signal. Crossings are areas, and tell that themselves."""
    for halt in lane.halts:
        spot = _share(camera, halt.at)
        if spot is not None:
            yield spot


def _strip(a: Vec, b: Vec, half: float) -> list[Vec]:
    gap, half = math.dist(a, b), half + _BESIDE_M
    nx, ny = -(b[1] - a[1]) / gap * half, (b[0] - a[0]) / gap * half
    return [
        (a[0] + nx, a[1] + ny),
        (b[0] + nx, b[1] + ny),
        (b[0] - nx, b[1] - ny),
        (a[0] - nx, a[1] - ny),
    ]


def _share(camera: Camera, at: Vec) -> Vec | None:
    """Where a place is in the picture; None where it is not, or too far away."""
    pixels, depths = camera.project(np.array([[at[0], at[1], 0.0]]))
    if depths[0] < _NEAR_M or camera.focal * PERSON_M / depths[0] < LEAST_PX:
        return None
    x, y = _shares(camera, pixels[0])
    return (x, y) if 0 <= x <= 1 and 0 <= y <= 1 else None


def _visible(camera: Camera, line: Sequence[Vec], step: float) -> list[Vec]:
    """The longest run of a line that is in the picture."""
    path = Path(line)
    count = max(1, math.ceil(path.length / step))
    runs: list[list[Vec]] = [[]]
    for i in range(count + 1):
        spot = _share(camera, path.at(path.length * i / count)[:2])
        if spot is None:
            runs.append([])
        elif not runs[-1] or spot != runs[-1][-1]:
            runs[-1].append(spot)
    return max(runs, key=len)


def _outline(camera: Camera, polygon: Sequence[Vec]) -> tuple[Vec, ...]:
    """A polygon of the ground as it is in the picture, cut off at its rim; may be empty."""
    ahead = camera.axes[2]

    def depth(place: Vec) -> float:
        return float((np.array([*place, 0.0]) - camera.position) @ ahead) - _NEAR_M

    shape = _clipped(polygon, depth)
    if not shape:
        return ()
    # A wide lens bends straight sides.
    parts = max(1, min(4, _MOST_POINTS // 2 // len(shape)))
    dense = [
        (a[0] + (b[0] - a[0]) * i / parts, a[1] + (b[1] - a[1]) * i / parts)
        for a, b in zip(shape, (*shape[1:], shape[0]), strict=True)
        for i in range(parts)
    ]
    pixels, _ = camera.project(np.array([(x, y, 0.0) for x, y in dense]))
    flat: list[Vec] = [_shares(camera, pixel) for pixel in pixels]
    for rule in (_left, _right, _top, _bottom):
        flat = _clipped(flat, rule)
    # Clipping rounds, too.
    return tuple((min(1.0, max(0.0, x)), min(1.0, max(0.0, y))) for x, y in map(_rounded, flat))


def _left(spot: Vec) -> float:
    return spot[0]


def _right(spot: Vec) -> float:
    return 1 - spot[0]


def _top(spot: Vec) -> float:
    return spot[1]


def _bottom(spot: Vec) -> float:
    return 1 - spot[1]


def _clipped(shape: Sequence[Vec], rule: Callable[[Vec], float]) -> list[Vec]:
    """The part of a polygon where a linear rule is not below 0 (Sutherland, Hodgman)."""
    out: list[Vec] = []
    for a, b in zip(shape, (*shape[1:], shape[0]) if shape else (), strict=True):
        at_a, at_b = rule(a), rule(b)
        if at_a >= 0:
            out.append(a)
        if (at_a >= 0) != (at_b >= 0):
            share = at_a / (at_a - at_b)
            out.append((a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])))
    return out


def _shares(camera: Camera, pixel: Sequence[float] | np.ndarray) -> Vec:
    return _rounded((float(pixel[0]) / camera.width, float(pixel[1]) / camera.height_px))


def _rounded(spot: Vec) -> Vec:
    return round(spot[0], _DECIMALS), round(spot[1], _DECIMALS)
