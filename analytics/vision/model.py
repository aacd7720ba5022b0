"""What is seen in a frame: plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Detection:
    """One object in a frame.

    Attributes:
        box: x1, y1, x2, y2 in pixels.
    """

    label: str
    score: float
    box: tuple[float, float, float, float]
