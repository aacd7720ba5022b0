"""Finds kinds of sensors and cameras: the shipped ones, and those other packages bring."""

from __future__ import annotations

import importlib.util
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import devices_sim.kinds
from devices_sim.sdk.camera import CameraKind
from devices_sim.sdk.kind import SensorKind
from smartopia.errors import ConfigurationError
from smartopia.plugins import installed, shipped

ENTRY_POINTS = "smartopia.device_kinds"
_HOW_TO = "docs/how-to/add-a-device.md"


@dataclass(frozen=True, slots=True)
class Kinds:
    """All kinds there are, by name."""

    sensors: dict[str, SensorKind] = field(default_factory=dict)
    cameras: dict[str, CameraKind] = field(default_factory=dict)

    def names(self) -> list[str]:
        """The names of all."""
        return sorted((*self.sensors, *self.cameras))


def discover_kinds(folder: Path | None = None) -> Kinds:
    """All kinds: the `KIND` of each module of `devices_sim.kinds`, entry points, and own files.

    Args:
        folder: of one's own files, each with a `KIND`; they are run.

    Raises:
        ConfigurationError: a file or entry point holds no kind or cannot be loaded, or a name
            is taken; says which.
    """
    kinds = Kinds()
    known = (*shipped(devices_sim.kinds, "KIND"), *installed(ENTRY_POINTS), *_own(folder))
    for source, found in known:
        if not isinstance(found, SensorKind | CameraKind):
            raise ConfigurationError(f"{source} is no SensorKind or CameraKind; see {_HOW_TO}")
        if found.name in kinds.sensors or found.name in kinds.cameras:
            raise ConfigurationError(f"{source}: the kind name {found.name!r} is taken")
        if isinstance(found, SensorKind):
            kinds.sensors[found.name] = found
        else:
            kinds.cameras[found.name] = found
    return kinds


def _own(folder: Path | None) -> Iterator[tuple[str, object]]:
    if folder is None:
        return
    if not folder.is_dir():
        raise ConfigurationError(f"SMARTOPIA_KINDS: {folder} is no folder")
    for file in sorted(folder.glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"smartopia_own_kinds.{file.stem}", file)
        if spec is None or spec.loader is None:
            continue
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            line = _line_in(file, error)
            raise ConfigurationError(f"{file}{line}: {type(error).__name__}: {error}") from error
        yield f"KIND of {file}", getattr(module, "KIND", None)


def _line_in(file: Path, error: Exception) -> str:
    """Where in this file an error arose: `:12`, or nothing if it did not."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return f":{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(file)]
    return f":{lines[-1]}" if lines else ""
