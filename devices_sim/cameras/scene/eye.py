"""The eye of one camera of a scene: it keeps what is costly to make and seldom changes."""

from __future__ import annotations

from concurrent.futures import Executor, Future

from devices_sim.cameras.scene.actors import SceneState
from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.layout import Layout
from devices_sim.cameras.scene.render.frame import Rendered, render
from devices_sim.cameras.scene.render.light import Light
from devices_sim.cameras.scene.render.static import Survey, View, survey, view

_WATER_STEP = 0.25
"""Metres of water between two looks at the empty place."""

Scenery = tuple[Light, float]
"""The light, and how far the water stands above its usual level."""


class Eye:
    """What one camera sees, picture after picture.

    Args:
        layout: the place.
        camera: whence it is seen.
        seed: of the camera's noise.
    """

    def __init__(self, layout: Layout, camera: Camera, seed: int) -> None:
        self.camera = camera
        self._layout, self._seed = layout, seed
        self._survey: tuple[float, Survey] | None = None
        self._shown: tuple[Scenery, View] | None = None
        self._coming: tuple[Scenery, Future[View]] | None = None

    def see(self, state: SceneState, light: Light, seed: int) -> Rendered:
        """The picture of a state in a light. Where the light is new, it takes seconds.

        Args:
            seed: of this picture's noise.
        """
        scenery = light, _stepped(state.water_level)
        if self._shown is None or self._shown[0] != scenery:
            self._shown = scenery, self._take(scenery)
        return render(self._shown[1], state, seed=seed)

    def see_now(self, state: SceneState, light: Light, seed: int, crew: Executor) -> Rendered:
        """As `see`, in the light before while the new one is made by the crew."""
        scenery = light, _stepped(state.water_level)
        if self._shown is None:
            return self.see(state, light, seed)
        if self._shown[0] != scenery and self._coming is None:
            self._coming = scenery, crew.submit(self._take, scenery)
        if self._coming is not None and self._coming[1].done():
            made, future = self._coming
            self._shown, self._coming = (made, future.result()), None
        return render(self._shown[1], state, seed=seed)

    def _take(self, scenery: Scenery) -> View:
        light, water = scenery
        if self._survey is None or self._survey[0] != water:
            self._survey = water, survey(self._layout, self.camera, water_level=water)
        return view(self._survey[1], light, seed=self._seed)


def _stepped(water: float) -> float:
    return round(water / _WATER_STEP) * _WATER_STEP
