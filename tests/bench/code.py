"""Which code a figure is of: what a benchmark keeps is not used again once that has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

_ROOT = Path(__file__).parents[2]


def code_digest(folders: Iterable[str]) -> str:
    """Of all Python and YAML files in some folders of the repository."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((_ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".yaml"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
