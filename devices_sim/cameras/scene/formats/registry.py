"""Finds formats: the shipped ones, and those other packages bring."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from importlib.metadata import entry_points

from devices_sim.cameras.scene.formats import writers
from devices_sim.cameras.scene.formats.model import Format
from smartopia.errors import ConfigurationError

ENTRY_POINTS = "smartopia.scene_formats"


def discover_formats() -> dict[str, Format]:
    """All formats by name: the `FORMAT` of each module of `formats.writers`, and entry points.

    Raises:
        ConfigurationError: a module or entry point holds no format, or a name is taken.
    """
    known: dict[str, Format] = {}
    for source, found in (*_shipped(), *_installed()):
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


def _shipped() -> Iterator[tuple[str, object]]:
    for module in pkgutil.iter_modules(writers.__path__, f"{writers.__name__}."):
        found = getattr(importlib.import_module(module.name), "FORMAT", None)
        yield f"FORMAT of {module.name}", found


def _installed() -> Iterator[tuple[str, object]]:
    for point in entry_points(group=ENTRY_POINTS):
        yield f"entry point {point.name} = {point.value}", point.load()
