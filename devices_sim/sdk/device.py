"""A device as its maker sees it: it announces itself, tells results, shows pictures."""

from __future__ import annotations

import itertools
import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from devices_sim.sdk.connection import Connection, Door
from devices_sim.sdk.outbox import Outgoing
from smartopia.clock import utc_now
from smartopia.contract.announce import Announce
from smartopia.contract.commands import Command
from smartopia.contract.events import DeviceEvent
from smartopia.contract.frames import FrameStamp, stamp_frame
from smartopia.contract.observations import Observations, TimedResults
from smartopia.contract.replies import ErrorReply
from smartopia.contract.status import DeviceState, Status
from smartopia.contract.topics import Channel, DeviceKey
from smartopia.errors import RefusedMessageError
from smartopia.metrics import Metrics

_GOODBYE_S = 5.0

_log = logging.getLogger(__name__)


class _Identity(TypedDict):
    boot: str
    seq: int
    time: datetime


class Device:
    """One device from one start to its stop: one `boot`, and one `seq` over all it sends.

    `boot` is random, not the seed's: a run is told from the next even where all their
    results are equal.
    """

    def __init__(
        self,
        key: DeviceKey,
        door: Door,
        announce: Announce,
        metrics: Metrics,
        *,
        state: DeviceState = DeviceState.ONLINE,
        note: str | None = None,
    ) -> None:
        """A device that has not started.

        Args:
            key: which one.
            door: where and as whom it connects.
            announce: what it is.
            metrics: counts what it sends.
            state: how it is, where it stands for a real device that may be away.
            note: why.
        """
        self.key = key
        self._standing = (state, note and _line(note))
        self._announce = announce
        self._metrics = metrics
        self._stopped = False
        self.boot = secrets.token_urlsafe(9)
        self._seqs = itertools.count()
        lost = Status(boot=self.boot, state=DeviceState.LOST)
        self._connection = Connection(
            door,
            will=Outgoing(key.topic(Channel.STATUS), lost.encode(), retain=True),
            greet=self._greeting,
            listen={
                key.topic(Channel.COMMANDS): self._on_command,
                key.topic(Channel.ERRORS): self._on_error,
            },
            metrics=metrics,
        )

    def start(self) -> None:
        """Connect, and stay connected until `stop`."""
        self._connection.start()

    @property
    def connected(self) -> bool:
        """Whether the broker has let it in."""
        return self._connection.open

    @property
    def state(self) -> DeviceState:
        """How it is, as last told."""
        return self._standing[0]

    def stand(self, state: DeviceState, note: str | None = None) -> None:
        """Tell how the real device behind this one is, and why, where that is new."""
        standing = (state, note and _line(note))
        if standing != self._standing:
            self._standing = standing
            if self.connected:  # else the greeting will say so
                self.send(self._status())

    def announce_anew(self, announce: Announce) -> None:
        """Announce what the device has proved to be."""
        self._announce = announce
        if self.connected:
            self.send(self._announcement())

    async def stop(self, note: str | None = None) -> None:
        """Say goodbye, wait a few seconds for what is not acknowledged, and close. Only once."""
        if self._stopped:
            return
        self._stopped = True
        status = Status(**self._identity(), state=DeviceState.OFFLINE, note=note and _line(note))
        self._send(Channel.STATUS, status.encode(), retain=True)
        await self._connection.stop(_GOODBYE_S)

    def observe(self, results: Mapping[str, float], time: datetime) -> None:
        """Tell results of one phenomenon time, by datastream."""
        self.send(self.observation(results, time))

    def observation(self, results: Mapping[str, float], time: datetime) -> Outgoing:
        """The message that tells these results. It takes its `seq` now, whenever it is sent."""
        message = Observations(**self._identity(time), results=dict(results))
        self._metrics.count("observations", len(results))
        return Outgoing(self.key.topic(Channel.OBSERVATIONS), message.encode())

    def send(self, message: Outgoing) -> None:
        """Send a message at QoS 1, and keep it until the broker acknowledges it."""
        self._connection.send(message)

    def cut(self) -> None:
        """Lose the connection as a bad line does; it comes back by itself."""
        self._connection.cut()

    def observe_many(self, rows: Sequence[TimedResults]) -> None:
        """Tell up to 1000 results of several phenomenon times in one message."""
        message = Observations(boot=self.boot, seq=next(self._seqs), observations=tuple(rows))
        self._metrics.count("observations", sum(len(row.results) for row in rows))
        self._send(Channel.OBSERVATIONS, message.encode())

    def event(self, name: str, note: str | None = None) -> None:
        """Tell that something happened."""
        event = DeviceEvent(**self._identity(), event=name, note=note)
        self._send(Channel.EVENTS, event.encode())

    def show(self, jpeg: bytes, time: datetime, *, drawn: bool = False) -> bool:
        """Show a picture; false if the way to the broker was not free.

        Args:
            jpeg: the picture.
            time: when it was taken.
            drawn: whether nobody in it is real, so that it may be shown unmasked.
        """
        stamp = FrameStamp(boot=self.boot, seq=next(self._seqs), time=time, drawn=drawn)
        stamped = stamp_frame(jpeg, stamp)
        sent = self._connection.send_lossy(self.key.topic(Channel.FRAMES), stamped)
        self._metrics.count("frames", int(sent))
        return sent

    def _greeting(self) -> Iterator[Outgoing]:
        yield self._announcement()
        # One that stopped before it ever connected has its goodbye waiting; that is the truth.
        if not self._stopped:
            yield self._status()

    def _announcement(self) -> Outgoing:
        announce = self._announce.model_copy(update=dict(self._identity()))
        return Outgoing(self.key.topic(Channel.ANNOUNCE), announce.encode(), retain=True)

    def _status(self) -> Outgoing:
        state, note = self._standing
        status = Status(**self._identity(), state=state, note=note)
        return Outgoing(self.key.topic(Channel.STATUS), status.encode(), retain=True)

    def _identity(self, time: datetime | None = None) -> _Identity:
        return {"boot": self.boot, "seq": next(self._seqs), "time": time or utc_now()}

    def _send(self, channel: Channel, payload: bytes, *, retain: bool = False) -> None:
        self.send(Outgoing(self.key.topic(channel), payload, retain))

    def _on_command(self, payload: bytes) -> None:
        try:
            command = Command.decode(payload)
        except RefusedMessageError as error:
            self._refuse_command(f"unreadable: {error.detail}")
            return
        if command.command == "ping":
            self.event("pong", _line(command.id))
        elif command.command == "announce":
            for message in self._greeting():
                self.send(message)
        else:
            self._refuse_command(f"{command.command}: unknown; known are announce, ping")

    def _refuse_command(self, why: str) -> None:
        _log.warning("%s refuses a command: %s", self.key, why)
        self.event("command_refused", _line(why))

    def _on_error(self, payload: bytes) -> None:
        """The platform refused what we sent: for whoever reads our log."""
        self._metrics.count("refused")
        try:
            reply = ErrorReply.decode(payload)
        except RefusedMessageError as error:
            _log.warning("%s was sent an error it cannot read: %s", self.key, error.detail)
            return
        _log.warning("%s refused (%s): %s", reply.topic, reply.reason, reply.detail)


def _line(text: str) -> str:
    """The text as a note may be: one line of at most 200 characters."""
    return "".join(c if c.isprintable() else " " for c in text)[:200]
