"""What a check heard of a device and did to it: plain data, judged afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from smartopia.contract.topics import Channel, DeviceKey


class Fault(StrEnum):
    """What is done to a device, in this order."""

    CUT = "cut"
    STORM = "storm"
    UNACKNOWLEDGED = "unacknowledged"
    SWALLOWED = "swallowed"
    AWAY = "away"
    UNKNOWN_COMMAND = "unknown_command"
    MALFORMED_COMMAND = "malformed_command"
    HUGE_COMMAND = "huge_command"
    RESTART = "restart"


TITLES = {
    Fault.CUT: "its connection is cut",
    Fault.STORM: "its connection is cut three times, each time as soon as it is back",
    Fault.UNACKNOWLEDGED: "the broker acknowledges nothing, then the connection is cut",
    Fault.SWALLOWED: "what it sends is lost on the way, then the connection is cut",
    Fault.AWAY: "the broker is away",
    Fault.UNKNOWN_COMMAND: "it is sent a command it does not know",
    Fault.MALFORMED_COMMAND: "it is sent a command that is no JSON",
    Fault.HUGE_COMMAND: "it is sent a command of 900 kB",
    Fault.RESTART: "it is stopped and started again",
}

CUTS = (Fault.CUT, Fault.STORM, Fault.UNACKNOWLEDGED, Fault.SWALLOWED, Fault.AWAY)
COMMANDS = (Fault.UNKNOWN_COMMAND, Fault.MALFORMED_COMMAND, Fault.HUGE_COMMAND)


class LinkState(StrEnum):
    """`refused`: the device tried while the broker was made to be away."""

    OPENED = "opened"
    CLOSED = "closed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Heard:
    """One message of the device.

    Attributes:
        at: seconds since the check began.
        arrived: when that was.
        qos: at which it was published; None where the broker does not say.
    """

    at: float
    arrived: datetime
    channel: Channel
    payload: bytes
    qos: int | None = 1


@dataclass(frozen=True, slots=True)
class Link:
    """A change of a connection of the device, `at` seconds since the check began.

    `number` is the broker's for the connection: a new one may open before the old one closes.
    """

    at: float
    state: LinkState
    number: int = 0


@dataclass(frozen=True, slots=True)
class Injected:
    """One fault, from its beginning to its end, and until when the check waited for the device.

    All in seconds since the check began.
    """

    fault: Fault
    began: float
    ended: float
    watched: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """A whole check.

    Attributes:
        key: the device.
        began: when the check began.
        seconds: how long it took.
        calm: seconds of it before the first fault.
        heard: what the device said, in order.
        links: its connections, in order.
        injected: the faults, in order.
        untried: why other faults were not tried.
        retained: what the broker keeps of the device, by channel, before the faults.
        listens: the topics it is subscribed to; None if it keeps no connection.
    """

    key: DeviceKey
    began: datetime
    seconds: float
    calm: float
    heard: tuple[Heard, ...] = ()
    links: tuple[Link, ...] = ()
    injected: tuple[Injected, ...] = ()
    untried: Mapping[Fault, str] = field(default_factory=dict)
    retained: Mapping[Channel, bytes] = field(default_factory=dict)
    listens: tuple[str, ...] | None = None
