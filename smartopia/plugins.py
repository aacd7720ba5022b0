"""Finds what can be added without a change to Smartopia: a module of a package, an entry point."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from importlib.metadata import entry_points
from types import ModuleType

from smartopia.errors import ConfigurationError


def shipped(package: ModuleType, attribute: str) -> Iterator[tuple[str, object]]:
    """Where it is from and what it is: this attribute of each module of a package.

    None stands for a module that has no such attribute: its caller refuses it by name.
    """
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        found = getattr(importlib.import_module(module.name), attribute, None)
        yield f"{attribute} of {module.name}", found


def installed(group: str) -> Iterator[tuple[str, object]]:
    """Where it is from and what it is: each entry point of a group, loaded.

    Raises:
        ConfigurationError: one cannot be loaded; says which.
    """
    for point in entry_points(group=group):
        source = f"entry point {point.name} = {point.value}"
        try:
            found = point.load()
        except (ImportError, AttributeError) as error:
            raise ConfigurationError(
                f"{source} cannot be loaded: {error}; mend or uninstall its package"
            ) from error
        yield source, found
