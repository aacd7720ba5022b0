"""Finds formats: the shipped ones, and those other packages bring."""

from __future__ import annotations

from devices_sim.cameras.scene.formats import writers
from devices_sim.cameras.scene.formats.model import Format
from smartopia.errors import ConfigurationError
from smartopia.plugins import installed, shipped

ENTRY_POINTS = "smartopia.scene_formats"


def discover_formats() -> dict[str, Format]:
    """All formats by name: the `FORMAT` of each module of `formats.writers`, and entry points.

    Raises:
        ConfigurationError: a module or entry point holds no format, or a name is taken.
    """
    known: dict[str, Format] = {}
    for source, found in (*shipped(writers, "FORMAT"), *installed(ENTRY_POINTS)):
        if not isinstance(found, Format):
            raise ConfigurationError(f"{source} is no Format; see docs/how-to/export-scenes.md")
        if found.name in known:
            raise ConfigurationError(f"{source}: the format name {found.name!r} is taken")
        known[found.name] = found
    return known


def find_format(name: str) -> Format:
    """The format of this name.

    Raises:
        ConfigurationError: there is none; says which there are.
    """
    known = discover_formats()
    if name not in known:
        allowed = ", ".join(sorted(known))
        raise ConfigurationError(f"unknown format {name!r}; allowed are {allowed}")
    return known[name]
