"""What the cameras of a layout see: places in a picture, large enough and not hidden."""

from __future__ import annotations

import numpy as np

from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.layout import (
    SHELTER,
    SHELTER_M,
    BusStop,
    Layout,
)
from devices_sim.cameras.scene.plan.geometry import Vec, cross_at, heading

_MARGIN = 0.03  # of the picture
PERSON_M = 1.7
"""What usually has to be made out."""
_LEAST = 0.04  # of the picture's height what is looked at has to fill


class Sight:
    """The cameras of a layout."""

    def __init__(self, layout: Layout) -> None:
        self._cameras = {pole.name: Camera.of_pole(pole) for pole in layout.cameras}
        self._screens = [
            (edge, building.height)
            for building in layout.buildings
            for edge in _edges(building.footprint, closed=True)
        ]
        self._screens += [
            (edge, barrier.height)
            for barrier in layout.barriers
            if barrier.height > 1.2
            for edge in _edges(barrier.line, closed=False)
        ]
        self._screens += [(edge, SHELTER_M) for stop in layout.bus_stops for edge in _shelter(stop)]

    def seen_by(
        self, x: float, y: float, height: float = 1.0, size: float = PERSON_M
    ) -> tuple[str, ...]:
        """The cameras that see a point `height` metres above the ground; `size`: see `sees`."""
        return tuple(
            name for name, camera in self._cameras.items() if self._sees(camera, x, y, height, size)
        )

    def sees(self, x: float, y: float, height: float = 1.0, size: float = PERSON_M) -> bool:
        """Whether any camera sees a point `height` metres above the ground.

        `size`, in metres, is what has to be large enough in the picture to be made out.
        """
        return any(self._sees(camera, x, y, height, size) for camera in self._cameras.values())

    def _sees(self, camera: Camera, x: float, y: float, height: float, size: float) -> bool:
        pixels, depths = camera.project(np.array([[x, y, 0.1], [x, y, height]]))
        if depths.min() < 1.0 or camera.focal * size / depths.max() < _LEAST * camera.height_px:
            return False
        picture = (camera.width, camera.height_px)
        for pixel in pixels:
            for value, most in zip(pixel, picture, strict=True):
                if not _MARGIN * most < value < (1 - _MARGIN) * most:
                    return False
        return not self._hidden(camera, (x, y), height)

    def _hidden(self, camera: Camera, place: Vec, height: float) -> bool:
        for (a, b), top in self._screens:
            share = cross_at((camera.x, camera.y), place, a, b)
            if share is None or not 0.01 < share < 0.99:
                continue
            if camera.height + (height - camera.height) * share < top:
                return True
        return False


def _shelter(stop: BusStop) -> list[tuple[Vec, Vec]]:
    """The sides of a bus stop's shelter."""
    ux, uy = heading(stop.facing)
    (back, right), (front, left) = SHELTER
    corners = ((back, right), (front, right), (front, left), (back, left))
    outline = tuple(
        (stop.at[0] + x * ux - y * uy, stop.at[1] + x * uy + y * ux) for x, y in corners
    )
    return _edges(outline, closed=True)


def _edges(line: tuple[Vec, ...], *, closed: bool) -> list[tuple[Vec, Vec]]:
    ends = (*line[1:], line[0]) if closed else line[1:]
    return list(zip(line, ends, strict=False))
