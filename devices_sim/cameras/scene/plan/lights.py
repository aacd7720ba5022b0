"""What the signals of a layout show: a closed form of the time."""

from __future__ import annotations

from devices_sim.cameras.scene.actors import Light
from devices_sim.cameras.scene.layout import Signal


def light(signal: Signal, now: float) -> Light:
    """What a signal shows, `now` seconds into the run."""
    since = (now - signal.green[0]) % signal.cycle
    if since < signal.green[1]:
        return Light.GREEN
    return Light.AMBER if since < signal.green[1] + signal.amber else Light.RED
