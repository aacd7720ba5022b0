"""The scenes of a scenario: which place is rendered, who films it, and what happens there."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from devices_sim.cameras.scene.layout import Layout, SceneCamera
from devices_sim.cameras.scene.plan.events import SceneEvent
from devices_sim.fields import At, DeviceName, Title
from smartopia.yaml_lines import Section

KIND = "scene_camera"
RATE = 2.0


def _layout(told: Any) -> Any:  # noqa: ANN401
    if isinstance(told, str | Layout):
        return told
    raise ValueError("give the name of a shipped layout, or the path of a file")


Rate = Annotated[float, Field(gt=0, le=30)]


class Lens(Section):
    """A camera of a scene: `of` a pole of its layout; `rate`: frames/s, if not the scene's."""

    name: DeviceName
    of: DeviceName
    title: Title | None = None
    rate: Rate | None = None


class Scene(Section):
    """A rendered place. Its cameras see the same people, vehicles and events.

    Attributes:
        layout: a shipped one's name, or the path of a file beside the scenario's; the layout
            itself, once the scene is opened.
        variant: another place of the same kind; 0 is the layout itself.
        seed: of who comes and goes; drawn from the scenario's, if not given.
        place: where it lies, if not where the layout does.
        rate: frames/s of its cameras.
        cameras: if none is given, each pole of the layout carries one of the pole's name.
        events: `at` counts from the start of the run, or of each turn of its cycle.
    """

    name: DeviceName
    layout: Annotated[str | Layout, BeforeValidator(_layout)]
    variant: Annotated[int, Field(ge=0, lt=2**31)] = 0
    seed: Annotated[int, Field(gt=-(2**53), lt=2**53)] | None = None
    place: At | None = None
    rate: Rate = RATE
    cameras: tuple[Lens, ...] = ()
    events: tuple[SceneEvent, ...] = ()

    @property
    def ground(self) -> Layout:
        """The layout of an opened scene."""
        if isinstance(self.layout, str):
            raise TypeError(f"the scene {self.name} is not opened yet")
        return self.layout

    def rate_of(self, lens: Lens) -> float:
        """Frames/s of one of its cameras."""
        return self.rate if lens.rate is None else lens.rate

    def pole(self, lens: Lens) -> SceneCamera:
        """The pole that carries one of its cameras."""
        return next(pole for pole in self.ground.cameras if pole.name == lens.of)

    def lenses_of(self, poles: tuple[str, ...]) -> tuple[str, ...]:
        """The names of the cameras on these poles."""
        return tuple(lens.name for lens in self.cameras if lens.of in poles)


def opened(scene: Scene, layout: Layout) -> Scene:
    """The scene with its layout, of which only the poles with a camera are kept.

    So an event finds a place where one of the cameras that are really there sees it.
    """
    lenses = scene.cameras or tuple(Lens(name=one.name, of=one.name) for one in layout.cameras)
    used = {lens.of for lens in lenses}
    poles = tuple(pole for pole in layout.cameras if pole.name in used)
    ground = layout.model_copy(update={"cameras": poles, "place": scene.place or layout.place})
    return scene.model_copy(update={"layout": ground, "cameras": lenses})
