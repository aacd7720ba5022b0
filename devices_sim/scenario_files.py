"""Reads scenarios from YAML, with what they include, and says exactly what is wrong in one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from devices_sim.scenario import Scenario
from smartopia.errors import ConfigurationError

SHIPPED = Path(__file__).parent / "scenarios"
_LISTS = ("devices", "incidents", "cameras", "replays")
_SETTINGS = ("seed", "pace", "start_hour", "cycle")


def shipped_scenarios() -> list[str]:
    """The names of the scenarios that come with Smartopia."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def load_scenario(names: Iterable[str], kinds: Collection[str]) -> Scenario:
    """One scenario of all those named; a file met twice counts once.

    Args:
        names: names of shipped scenarios, or paths of files.
        kinds: the sensor kinds there are.

    Raises:
        ConfigurationError: names the file, the place inside it, and what is allowed.
    """
    whole = Scenario()
    seen: set[Path] = set()
    for name in names:
        whole = _join(whole, _load(_find(name, Path.cwd()), kinds, seen), name)
    return whole


def _find(name: str, beside: Path) -> Path:
    for path in (beside / name, SHIPPED / name, SHIPPED / f"{name}.yaml"):
        if path.is_file():
            return path.resolve()
    allowed = ", ".join(shipped_scenarios())
    raise ConfigurationError(f"no scenario {name!r}: name a YAML file, or one of {allowed}")


def _load(path: Path, kinds: Collection[str], seen: set[Path]) -> Scenario:
    if path in seen:
        return Scenario()
    seen.add(path)
    own = _validate(path, _parse(path))
    for at, sensor in enumerate(own.devices):
        if sensor.kind not in kinds:
            allowed = ", ".join(sorted(kinds))
            raise ConfigurationError(
                f"{path}: devices[{at}].kind: unknown kind {sensor.kind!r}; allowed are {allowed}"
            )
    whole = Scenario()
    for name in own.include:
        whole = _join(whole, _load(_find(name, path.parent), kinds, seen), str(path))
    return _join(whole, own, str(path))


def _parse(path: Path) -> Any:  # noqa: ANN401
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ConfigurationError(f"{path}:{line}: {error.problem or error.context}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{path}: {error}") from None


def _validate(path: Path, data: object) -> Scenario:
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        problems = "; ".join(
            f"{_where(problem['loc'])}: {problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors(include_url=False, include_context=False)[:4]
        )
        raise ConfigurationError(f"{path}: {problems}") from None


def _where(steps: tuple[int | str, ...]) -> str:
    """A place inside a scenario as one would write it: `devices[3].kind`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return text.removeprefix(".") or "the scenario"


def _join(first: Scenario, second: Scenario, name: str) -> Scenario:
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
        raise ConfigurationError(f"{name}: {error.errors()[0]['msg']}") from None
