"""What a report was made of and with, so that it can be made again and compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

from smartopia import __version__
from smartopia.reports import Provenance

_SOURCE = frozenset({".py", ".sql", ".yaml", ".html"})
_PACKAGES = ("smartopia", "analytics")
_LIBRARIES = (
    "numpy",
    "scipy",
    "opencv-python",
    "pycocotools",
    "ultralytics",
    "torch",
    "onnxruntime",
)


@lru_cache(maxsize=1)
def code_digest() -> str:
    """SHA-256 of the installed source that scores: each file's path and content, in order."""
    total = hashlib.sha256()
    for package in _PACKAGES:
        folder = Path(str(files(package)))
        for file in sorted(p for p in folder.rglob("*") if p.suffix in _SOURCE):
            total.update(f"{package}/{file.relative_to(folder).as_posix()}\n".encode())
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def provenance(
    command: Iterable[str],
    inputs: Mapping[str, Any],
    *,
    models: Mapping[str, str],
    seeds: Mapping[str, int],
    rules: Mapping[str, str] | None = None,
    cpu_s: Mapping[str, float] | None = None,
) -> Provenance:
    """Where a report comes from."""
    return Provenance(
        command=" ".join(command),
        inputs=dict(inputs),
        version=__version__,
        code=code_digest(),
        models=dict(models),
        rules=dict(rules or {}),
        seeds=dict(seeds),
        cpu_s={name: round(spent, 2) for name, spent in (cpu_s or {}).items()},
        libraries={name: told for name in _LIBRARIES if (told := _version(name))},
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
