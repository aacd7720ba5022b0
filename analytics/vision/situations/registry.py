"""Finds situations: the shipped ones, and those other packages bring."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from analytics.vision.situations import kinds
from analytics.vision.situations.situation import AnySituation, Situation
from smartopia.errors import ConfigurationError
from smartopia.plugins import installed, shipped

ENTRY_POINTS = "smartopia.situations"


@cache
def discover_situations() -> Mapping[str, AnySituation]:
    """All situations by name: the `SITUATION` of each module of `kinds`, and entry points.

    Raises:
        ConfigurationError: a module or entry point holds none or cannot be loaded, or a name is
            taken; says which.
    """
    found: dict[str, AnySituation] = {}
    for source, one in (*shipped(kinds, "SITUATION"), *installed(ENTRY_POINTS)):
        if not isinstance(one, Situation):
            raise ConfigurationError(f"{source} is no Situation; see docs/situations/README.md")
        if one.name in found:
            raise ConfigurationError(f"{source}: the situation name {one.name!r} is taken")
        found[one.name] = one
    return MappingProxyType(found)
