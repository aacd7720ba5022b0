"""Reads layouts and events from YAML, and says exactly what is wrong in one."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from devices_sim.cameras.scene.layout import Layout
from devices_sim.cameras.scene.layout_check import problems
from devices_sim.cameras.scene.plan.events import SceneEvent
from devices_sim.cameras.scene.plan.placing import place
from devices_sim.cameras.scene.plan.sight import Sight
from smartopia.errors import ConfigurationError
from smartopia.yaml_lines import Document, Step, load_yaml

SHIPPED = Path(__file__).parent / "layouts"


def shipped_layouts() -> list[str]:
    """The names of the layouts that come with Smartopia."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def load_layout(name: str, beside: Path | None = None) -> Layout:
    """A layout by the name of a shipped one, or by the path of its file.

    Args:
        name: such as `street`, or a path; a relative one is looked for in `beside` first.
        beside: a folder; the present one, if not given.

    Raises:
        ConfigurationError: names the file, the line, the part, and what is allowed.
    """
    document = load_yaml(_find(name, beside or Path.cwd()))
    layout = document.validate(Layout)
    for loc, text in problems(layout):
        raise document.error(loc, text)
    return layout


def check_events(
    document: Document, loc: tuple[Step, ...], layout: Layout, events: tuple[SceneEvent, ...]
) -> None:
    """Refuses events that have no place in a layout, or that no camera of it sees.

    Args:
        document: the file the events are from.
        loc: where in it their list stands, such as `("cameras", 2, "events")`.

    Raises:
        ConfigurationError: names the file, the line and the reason.
    """
    sight = Sight(layout)
    for i, event in enumerate(events):
        try:
            place(event, layout, sight, seed=1)
        except ConfigurationError as error:
            raise document.error((*loc, i), str(error)) from None


def load_events(path: Path, layout: Layout) -> tuple[SceneEvent, ...]:
    """The events in the list `events` of a YAML file, checked against a layout.

    Raises:
        ConfigurationError: names the file, the line and the reason.
    """
    document = load_yaml(path)
    told = document.data.get("events") if isinstance(document.data, dict) else None
    if not isinstance(told, list):
        raise document.error(("events",), "give a list of events under `events:`")
    events = []
    for i, one in enumerate(told):
        try:
            events.append(SceneEvent.model_validate(one))
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            raise document.error(("events", i, *problem["loc"]), problem["msg"]) from None
    check_events(document, ("events",), layout, tuple(events))
    return tuple(events)


def _find(name: str, beside: Path) -> Path:
    for path in (beside / name, SHIPPED / f"{name}.yaml"):
        if path.is_file():
            return path
    allowed = ", ".join(shipped_layouts())
    raise ConfigurationError(f"no layout {name!r}: name a YAML file, or one of {allowed}")
