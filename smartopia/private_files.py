"""Files with secrets in them, which only their owner may read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from smartopia.errors import ConfigurationError


def write_private(file: Path, content: Mapping[str, Any]) -> None:
    """Write JSON that only its owner may read, all at once."""
    aside = file.with_suffix(".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        json.dump(content, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(file)


def check_private(file: Path) -> None:
    """Refuse a file of secrets that others can read.

    Raises:
        ConfigurationError: says how to close it.
        OSError: it is not there.
    """
    if file.stat().st_mode & 0o077:
        raise ConfigurationError(
            f"{file} can be read by others; run: chmod 600 {file} (and consider what is in it "
            "known)"
        )
