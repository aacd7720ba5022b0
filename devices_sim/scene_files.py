"""Opens the scenes of a scenario: finds their layouts, and says what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from devices_sim.cameras.scene.layout import Layout
from devices_sim.cameras.scene.layout_files import check_events, load_layout
from devices_sim.cameras.scene.layout_variant import variant
from devices_sim.cameras.scene.section import Scene, opened
from devices_sim.scenario import Scenario
from smartopia.errors import ConfigurationError
from smartopia.yaml_lines import Document


def open_scenes(document: Document, scenario: Scenario, taken: Iterable[str]) -> Scenario:
    """The scenario with its scenes opened.

    Args:
        document: the file it is from.
        scenario: that file's own, without what it includes.
        taken: names of devices of other files.

    Raises:
        ConfigurationError: no such layout or pole, a name given twice, or an event that has no
            place in the layout or that no camera sees; names the file and the line.
    """
    if not scenario.scenes:
        return scenario
    scenes = tuple(_opened(document, at, scene) for at, scene in enumerate(scenario.scenes))
    whole = scenario.model_copy(update={"scenes": scenes})
    _check_names(document, whole, taken)
    return whole


def check_turns(document: Document, scenario: Scenario, cycle: float | None) -> None:
    """Refuses events that are not over when the scenario's cycle begins anew.

    Raises:
        ConfigurationError: names the file and the line.
    """
    for at, scene in enumerate(scenario.scenes):
        for number, event in enumerate(scene.events):
            if cycle is not None and event.at + event.duration > cycle:
                raise document.error(
                    ("scenes", at, "events", number),
                    f"{event.kind} lasts to {event.at + event.duration:g} s, but all begins anew "
                    f"after the cycle of {cycle:g} s; let it begin earlier, or be shorter",
                )


def _opened(document: Document, at: int, scene: Scene) -> Scene:
    layout = _layout(document, at, scene)
    poles = [pole.name for pole in layout.cameras]
    for number, lens in enumerate(scene.cameras):
        if lens.of not in poles:
            raise document.error(
                ("scenes", at, "cameras", number, "of"),
                f"{layout.name} has no pole {lens.of!r}; allowed are {', '.join(poles)}",
            )
    ready = opened(scene, layout)
    check_events(document, ("scenes", at, "events"), ready.ground, ready.events)
    return ready


def _layout(document: Document, at: int, scene: Scene) -> Layout:
    if isinstance(scene.layout, Layout):
        return scene.layout
    try:
        layout = load_layout(scene.layout, Path(document.name).parent)
    except ConfigurationError as error:
        raise document.error(("scenes", at, "layout"), str(error)) from None
    try:
        return variant(layout, scene.variant)
    except ConfigurationError as error:
        raise document.error(("scenes", at, "variant"), str(error)) from None


def _check_names(document: Document, scenario: Scenario, taken: Iterable[str]) -> None:
    seen = {*taken, *scenario.model_copy(update={"scenes": ()}).names()}
    for at, scene in enumerate(scenario.scenes):
        for number, lens in enumerate(scene.cameras):
            if lens.name in seen:
                raise document.error(
                    ("scenes", at, "cameras", number, "name"),
                    f"another device is named {lens.name!r}; name each camera under `cameras:`",
                )
            seen.add(lens.name)
