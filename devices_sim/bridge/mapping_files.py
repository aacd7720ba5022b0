"""Reads mappings from YAML, and says exactly what is wrong in one."""

from __future__ import annotations

from pathlib import Path

from devices_sim.bridge.mapping import Mapping
from smartopia.errors import ConfigurationError
from smartopia.yaml_lines import load_yaml

SHIPPED = Path(__file__).parent / "mappings"


def shipped_mappings() -> list[str]:
    """The names of the mappings that come with Smartopia."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def load_mapping(name: str) -> Mapping:
    """A shipped mapping by its name, or one in a file.

    Raises:
        ConfigurationError: names the file, the line, and what is allowed.
    """
    for path in (Path(name), SHIPPED / f"{name}.yaml"):
        if path.is_file():
            return load_yaml(path).validate(Mapping)
    allowed = ", ".join(shipped_mappings())
    raise ConfigurationError(f"no mapping {name!r}: name a YAML file, or one of {allowed}")
