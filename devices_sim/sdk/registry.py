"""Finds sensor kinds: the shipped ones, and those other packages bring."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from importlib.metadata import entry_points

import devices_sim.kinds
from devices_sim.sdk.kind import SensorKind
from smartopia.errors import ConfigurationError

ENTRY_POINTS = "smartopia.device_kinds"


def discover_kinds() -> dict[str, SensorKind]:
    """All kinds by name: the `KIND` of each module of `devices_sim.kinds`, and entry points.

    Raises:
        ConfigurationError: a module or entry point holds no `SensorKind`, or a name is taken.
    """
    kinds: dict[str, SensorKind] = {}
    for source, found in (*_shipped(), *_installed()):
        if not isinstance(found, SensorKind):
            raise ConfigurationError(f"{source} is no SensorKind; see docs/how-to/add-a-device.md")
        if found.name in kinds:
            raise ConfigurationError(f"{source}: the kind name {found.name!r} is taken")
        kinds[found.name] = found
    return kinds


def _shipped() -> Iterator[tuple[str, object]]:
    for module in pkgutil.iter_modules(devices_sim.kinds.__path__, "devices_sim.kinds."):
        yield f"KIND of {module.name}", getattr(importlib.import_module(module.name), "KIND", None)


def _installed() -> Iterator[tuple[str, object]]:
    for point in entry_points(group=ENTRY_POINTS):
        yield f"entry point {point.name} = {point.value}", point.load()
