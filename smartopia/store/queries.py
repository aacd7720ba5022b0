"""Named SQL statements. Every statement lives in a .sql file:

-- name: open_alerts
-- Alerts not yet resolved, newest first.
SELECT ...
"""

from __future__ import annotations

import re
from importlib.resources import files
from typing import LiteralString, cast

_HEAD = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


def load_queries(package: str, file: str) -> dict[str, LiteralString]:
    """The statements of one .sql file of a package, by name."""
    text = files(package).joinpath(file).read_text(encoding="utf-8")
    pieces = _HEAD.split(text)[1:]
    names, bodies = pieces[::2], pieces[1::2]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"{package}/{file}: named twice: {', '.join(sorted(twice))}")
    # The files ship with the program, so their text is as trusted as a literal.
    return {
        name: cast("LiteralString", body.strip()) for name, body in zip(names, bodies, strict=True)
    }
