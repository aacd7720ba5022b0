"""A device that runs in a running city: heard at its broker, cut off and commanded from there."""

from __future__ import annotations

from collections.abc import Mapping

from devices_sim.check.bench import BAD_COMMANDS, storm
from devices_sim.check.course import Plan, examine
from devices_sim.check.ear import Ear, listening
from devices_sim.check.transcript import Fault, Transcript
from smartopia.contract.topics import DeviceKey
from smartopia.settings import Settings

_NOT_BETWEEN = "the check stands between the broker and a kind, not before a running device"


class RunningHands:
    """Faults the broker can do to a device, by its system account."""

    impossible: Mapping[Fault, str] = {
        Fault.UNACKNOWLEDGED: _NOT_BETWEEN,
        Fault.SWALLOWED: _NOT_BETWEEN,
        Fault.AWAY: _NOT_BETWEEN,
        Fault.RESTART: "the check does not stop a running device",
    }

    async def inject(self, fault: Fault, ear: Ear, period: float) -> None:  # noqa: ARG002
        """Do it, all of it."""
        if fault in BAD_COMMANDS:
            await ear.command(BAD_COMMANDS[fault])
        elif fault is Fault.STORM:
            await storm(ear, ear.kick)
        else:
            await ear.lost_by(ear.kick)


async def check_running(settings: Settings, key: DeviceKey, plan: Plan) -> Transcript:
    """Put a running device through all of it.

    Raises:
        ConfigurationError: the broker's system user is not known.
        UnavailableError: the broker does not answer.
    """
    async with listening(settings, key) as ear:
        return await examine(ear, RunningHands(), plan)
