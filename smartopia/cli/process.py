"""What a part offers to `smartopia up`."""

from __future__ import annotations

from dataclasses import dataclass

SILENT_S = 3.0
"""A process that tells it is alive hangs after so long without it; a new one starts in 1 to 2 s."""


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """One process of a part: its name on the screen, and its arguments to `smartopia`.

    Attributes:
        tells_alive: whether it gives signs of life (smartopia/alive.py) once it has started.
    """

    name: str
    args: tuple[str, ...]
    tells_alive: bool = False
