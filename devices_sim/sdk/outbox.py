"""What a device has to say and nobody has acknowledged yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

MAX_IN_FLIGHT = 100


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way, at QoS 1."""

    topic: str
    payload: bytes
    retain: bool = False


class Outbox:
    """Messages in order, of which at most `MAX_IN_FLIGHT` are with the MQTT client at a time.

    The client keeps those it was given until they are acknowledged, over any number of
    connections. It could queue the others too, but it drops what it is given once its 65,535
    message ids are all waiting, and it sends a whole backlog in one burst: so they wait here.
    """

    def __init__(self, hand_over: Callable[[Outgoing], int | None]) -> None:
        """`hand_over` gives a message to the client: its id, or None if it was not taken."""
        self._hand_over = hand_over
        self._waiting: deque[Outgoing] = deque()
        self._in_flight: set[int] = set()

    def __len__(self) -> int:
        return len(self._waiting) + len(self._in_flight)

    def add(self, message: Outgoing) -> None:
        """Put a message at the end."""
        self._waiting.append(message)

    def send_now(self, message: Outgoing) -> None:
        """Hand a message over ahead of all that wait."""
        identifier = self._hand_over(message)
        if identifier is None:
            self._waiting.appendleft(message)
        else:
            self._in_flight.add(identifier)

    def pump(self) -> None:
        """Hand over what may be."""
        while self._waiting and len(self._in_flight) < MAX_IN_FLIGHT:
            identifier = self._hand_over(self._waiting[0])
            if identifier is None:
                return
            self._waiting.popleft()
            self._in_flight.add(identifier)

    def acknowledge(self, identifier: int) -> bool:
        """Take an acknowledgement; false if it is for none of these messages."""
        if identifier not in self._in_flight:
            return False
        self._in_flight.discard(identifier)
        return True

    @property
    def waiting(self) -> bool:
        """Whether there is something to hand over."""
        return bool(self._waiting)
