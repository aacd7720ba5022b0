"""Finds situations: the shipped ones, and those other packages bring."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType

import analytics.vision.situations.kinds as shipped
from analytics.vision.situations.situation import AnySituation, Situation
from smartopia.errors import ConfigurationError

ENTRY_POINTS = "smartopia.situations"


@cache
def discover_situations() -> Mapping[str, AnySituation]:
    """All situations by name: the `SITUATION` of each module of `kinds`, and entry points.

    Raises:
        ConfigurationError: a module or entry point holds none or cannot be loaded, or a name is
            taken; says which.
    """
    found: dict[str, AnySituation] = {}
    for source, one in (*_shipped(), *_installed()):
        if not isinstance(one, Situation):
            raise ConfigurationError(f"{source} is no Situation; see docs/situations/README.md")
        if one.name in found:
            raise ConfigurationError(f"{source}: the situation name {one.name!r} is taken")
        found[one.name] = one
    return MappingProxyType(found)


def _shipped() -> Iterator[tuple[str, object]]:
    for module in pkgutil.iter_modules(shipped.__path__, f"{shipped.__name__}."):
        one = getattr(importlib.import_module(module.name), "SITUATION", None)
        yield f"SITUATION of {module.name}", one


def _installed() -> Iterator[tuple[str, object]]:
    for point in entry_points(group=ENTRY_POINTS):
        source = f"entry point {point.name} = {point.value}"
        try:
            yield source, point.load()
        except (ImportError, AttributeError) as error:
            raise ConfigurationError(
                f"{source} cannot be loaded: {error}; mend or uninstall its package"
            ) from error
