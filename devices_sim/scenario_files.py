"""Reads scenarios from YAML, with what they include, and says exactly what is wrong in one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from devices_sim.conditions.registry import discover_conditions
from devices_sim.scenario import Scenario
from devices_sim.scene_files import check_turns, open_scenes
from devices_sim.sdk.registry import Kinds
from devices_sim.spans import devices_of
from smartopia.errors import ConfigurationError
from smartopia.yaml_lines import Document, load_yaml

SHIPPED = Path(__file__).parent / "scenarios"
_LISTS = ("devices", "incidents", "conditions", "cameras", "scenes", "replays")
_SETTINGS = ("seed", "pace", "start", "speed", "start_hour", "cycle")


def shipped_scenarios() -> list[str]:
    """The names of the scenarios that come with Smartopia."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def load_scenario(names: Iterable[str], kinds: Kinds) -> Scenario:
    """One scenario of all those named; a file met twice counts once.

    Args:
        names: names of shipped scenarios, or paths of files.
        kinds: the kinds there are.

    Raises:
        ConfigurationError: names the file, the line, and what is allowed.
    """
    return load_played(names, kinds).scenario


@dataclass(slots=True)
class Played:
    """A scenario, and which of its devices come with Smartopia.

    Attributes:
        shipped: names from shipped files. Those devices are tested with Smartopia, so they begin
            in the field; any other begins in the sandbox.
    """

    scenario: Scenario = field(default_factory=Scenario)
    shipped: set[str] = field(default_factory=set)


def load_played(names: Iterable[str], kinds: Kinds) -> Played:
    """As `load_scenario`, with where its devices come from.

    Raises:
        ConfigurationError: names the file, the line, and what is allowed.
    """
    whole = Played()
    seen: set[Path] = set()
    for name in names:
        _load(whole, _find(name, Path.cwd()), kinds, seen)
    return whole


def _find(name: str, beside: Path) -> Path:
    for path in (beside / name, SHIPPED / name, SHIPPED / f"{name}.yaml"):
        if path.is_file():
            return path.resolve()
    allowed = ", ".join(shipped_scenarios())
    raise ConfigurationError(f"no scenario {name!r}: name a YAML file, or one of {allowed}")


def _load(whole: Played, path: Path, kinds: Kinds, seen: set[Path]) -> None:
    if path in seen:
        return
    seen.add(path)
    document = load_yaml(path)
    own = document.validate(Scenario)
    _check_kinds(document, own, kinds)
    for at, name in enumerate(own.include):
        try:
            included = _find(name, path.parent)
        except ConfigurationError as error:
            raise document.error(("include", at), str(error)) from None
        _load(whole, included, kinds, seen)
    own = open_scenes(document, own, whole.scenario.names())
    whole.scenario = _join(whole.scenario, own, document)
    check_turns(document, own, whole.scenario.cycle)
    _check_conditions(document, own, whole.scenario)
    if SHIPPED.resolve() in path.parents:
        whole.shipped.update(own.names())


def _check_kinds(document: Document, scenario: Scenario, kinds: Kinds) -> None:
    for at, sensor in enumerate(scenario.devices):
        if sensor.kind not in kinds.sensors:
            allowed = ", ".join(sorted(kinds.sensors))
            text = f"unknown kind {sensor.kind!r}; allowed are {allowed}"
            raise document.error(("devices", at, "kind"), text)
    for at, camera in enumerate(scenario.cameras):
        if camera.kind is not None and camera.kind not in kinds.cameras:
            allowed = ", ".join(sorted(kinds.cameras))
            text = f"unknown kind of camera {camera.kind!r}; allowed are {allowed}"
            raise document.error(("cameras", at, "kind"), text)


def _check_conditions(document: Document, own: Scenario, whole: Scenario) -> None:
    """Conditions are put on devices of their own file, or of one read before it."""
    if not own.conditions:
        return
    conditions = discover_conditions()
    for at, applied in enumerate(own.conditions):
        try:
            list(devices_of(whole, applied, conditions))
        except ConfigurationError as error:
            raise document.error(("conditions", at), str(error)) from None


def _join(first: Scenario, second: Scenario, document: Document) -> Scenario:
    """Both; where both set something, the second wins."""
    fields: dict[str, object] = {
        key: getattr(one, key)
        for one in (first, second)
        for key in _SETTINGS
        if key in one.model_fields_set
    }
    fields |= {key: getattr(first, key) + getattr(second, key) for key in _LISTS}
    try:
        return Scenario(**fields)
    except ValidationError as error:
        raise document.error((), error.errors()[0]["msg"].removeprefix("Value error, ")) from None
