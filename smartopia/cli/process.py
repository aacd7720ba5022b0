"""What a part offers to `smartopia up`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """One process of a part: its name on the screen, and its arguments to `smartopia`."""

    name: str
    args: tuple[str, ...]
