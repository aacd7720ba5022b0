"""What the devices of one run share."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from devices_sim.clock import RunClock
from devices_sim.conditions.registry import Conditions
from devices_sim.notes import NoNotes, Notes
from devices_sim.world.world import World
from smartopia.contract.announce import DeviceClock


@dataclass(frozen=True)
class Run:
    """What the devices of one run share.

    Attributes:
        world: what they measure.
        clock: so that they agree.
        data: the folder of real data, if there is one.
        conditions: the field conditions there are.
        notes: told what is put on devices and what they send.
    """

    world: World
    clock: RunClock
    data: Path | None = None
    conditions: Conditions = field(default_factory=lambda: Conditions({}, {}))
    notes: Notes = field(default_factory=NoNotes)

    @property
    def device_clock(self) -> DeviceClock:
        """Whose time the devices tell."""
        return DeviceClock.REPLAY if self.clock.own_time else DeviceClock.LIVE
