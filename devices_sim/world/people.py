"""People: how lively a place is, and what they do when something happens to them."""

from __future__ import annotations

from devices_sim.world.noise import bump

_STIR = 0.08


def activity(hour: float) -> float:
    """How lively the streets are, in [0, 1]."""
    return 0.04 + 0.5 * bump(hour, 13, 4) + 0.3 * bump(hour, 18.5, 1.5)


def motion(hour: float, intruder: float, chance: float) -> bool:
    """Whether somebody moves in a yard that is shut at night; `chance` is drawn every seconds."""
    return intruder > 0 or chance < 0.5 * activity(hour) - _STIR
