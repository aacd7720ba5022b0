"""What a jam is: vehicles close together, far below the speed at which their lanes flow freely."""

from __future__ import annotations

from collections.abc import Sequence

from devices_sim.cameras.scene.plan.geometry import Vec, distance

LEAST_SHARE = 0.3
"""Of the free speed: at or below it, level of service F (HCM 6th ed., urban streets)."""

WITHIN_M = 25.0


def crawls(speed: float, limit_kmh: float) -> bool:
    """Whether a vehicle goes (m/s) as in level of service F, on a lane of a speed limit."""
    return speed <= LEAST_SHARE * limit_kmh / 3.6


def jam(places: Sequence[Vec]) -> list[int]:
    """Of crawling vehicles, the most that lie round one of them; as places in the sequence."""
    rounds = (
        [i for i, other in enumerate(places) if distance(one, other) <= WITHIN_M] for one in places
    )
    return max(rounds, key=len, default=[])
