"""Says whether a data set is still as it was written, and whether two show the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devices_sim.cameras.scene.formats.folder import DIGESTS, read_json, sha256
from smartopia.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Differences:
    """Names of files or pictures, sorted, out of so many that were to be there."""

    total: int
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


def changes(path: Path) -> Differences:
    """What has changed in a data set since it was written.

    Raises:
        ConfigurationError: it holds no finished data set.
    """
    told = _digests(path)["files"]
    names = {str(file.relative_to(path).as_posix()) for file in path.rglob("*") if file.is_file()}
    there = {name: sha256(path / name) for name in names & told.keys()}
    added = names - told.keys() - {DIGESTS}
    return _compared(told, there, added)


def rendered_otherwise(path: Path, other: Path) -> Differences:
    """Which pictures differ from those of another data set, as they were before JPEG.

    Two sets of one split, seed and rate show the same, whatever their formats and however their
    machines write JPEGs.

    Raises:
        ConfigurationError: one of them holds no finished data set.
    """
    told, there = (_digests(one)["rendered"] for one in (other, path))
    return _compared(told, there, there.keys() - told.keys())


def _compared(
    told: Mapping[str, object], there: Mapping[str, object], added: set[str]
) -> Differences:
    changed = [name for name, digest in told.items() if there.get(name, digest) != digest]
    missing = told.keys() - there.keys()
    return Differences(
        len(told), tuple(sorted(changed)), tuple(sorted(missing)), tuple(sorted(added))
    )


def _digests(path: Path) -> Mapping[str, Mapping[str, object]]:
    file = path / DIGESTS
    if not file.is_file():
        raise ConfigurationError(
            f"{path} holds no finished data set: there is no {DIGESTS}; "
            "`smartopia scenes export` writes one"
        )
    found = read_json(file)
    if not {"files", "rendered"} <= found.keys():
        raise ConfigurationError(f"{file} is not of a data set of rendered scenes")
    return found
