"""Holds back devices that flood or use a sequence again, and names them on the screen."""

from __future__ import annotations

import time
from collections.abc import Mapping

from smartopia.bus.health import Reporter
from smartopia.bus.log import LogEntry
from smartopia.containment import FLOOD_RATE, Sequences, flood_gate
from smartopia.contract.observations import NO_BOOT
from smartopia.contract.topics import DeviceKey
from smartopia.errors import Reason, RefusedMessageError

_CALM_S = 30.0


class Containment:
    """What ingest holds against devices; see `smartopia.containment`."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._sequences = Sequences()
        self._floods: dict[DeviceKey, float] = {}
        self.restart()

    def restart(self) -> None:
        """Entries may come again that were counted before a rollback."""
        self._gate = flood_gate()

    def admit(self, device: DeviceKey, entry: LogEntry) -> bool:
        """Whether the device may still send; false while it floods."""
        return self._gate.take(device, entry.arrived)

    def check_sequence(self, device: DeviceKey, boot: str, seq: int, payload: bytes) -> None:
        """Refuse a seq that came before with other content.

        Raises:
            RefusedMessageError: says which, and what to do.
        """
        if boot != NO_BOOT and self._sequences.reused((device, boot), seq, payload):
            raise RefusedMessageError(
                Reason.REUSED_SEQUENCE,
                f"boot {boot}, seq {seq} came before with other content; count seq up with every "
                "message, and draw a new boot at each start",
            )

    def name(self, floods: Mapping[DeviceKey, tuple[LogEntry, int]]) -> None:
        """Show who floods until it has been calm for a while."""
        now = time.monotonic()
        for device in floods:
            self._floods[device] = now
            self._reporter.degraded(f"flooding {device}", flood_words(device))
        for device, since in list(self._floods.items()):
            if now - since > _CALM_S:
                del self._floods[device]
                self._reporter.recovered(f"flooding {device}")


def flood_words(device: DeviceKey) -> str:
    """What is said of a device that floods."""
    return (
        f"{device} floods: it keeps sending more than {FLOOD_RATE:.0f} messages a second, and what "
        f"is over that is refused; mend it, or end it: smartopia device remove {device.device}"
    )
