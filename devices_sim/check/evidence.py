"""A transcript, read with the contract's own decoders: it says what ingest would say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from devices_sim.check.transcript import Fault, Heard, Injected, Link, LinkState, Transcript
from smartopia.contract.announce import Announce, Datastream
from smartopia.contract.base import BootId, Identified, Seq
from smartopia.contract.events import DeviceEvent
from smartopia.contract.frames import Frame, read_frame
from smartopia.contract.observations import NO_BOOT, Observation, decode_observations
from smartopia.contract.status import Status
from smartopia.contract.topics import Channel
from smartopia.errors import RefusedMessageError

M = TypeVar("M")
RESULT_CHANNELS = frozenset({Channel.OBSERVATIONS, Channel.FRAMES, Channel.EVENTS})


@dataclass(frozen=True, slots=True)
class Told(Generic[M]):
    """A message as it came, and what it says: either `message` or `error` is set."""

    heard: Heard
    message: M | None
    error: RefusedMessageError | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A message that names itself by (boot, seq)."""

    heard: Heard
    boot: str
    seq: int


class Evidence:
    """What the assertions look at."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript

    @cached_property
    def announcements(self) -> list[Told[Announce]]:
        """Each announcement; first the one the broker kept, where none was heard before faults."""
        told = self._told(Channel.ANNOUNCE, lambda heard: Announce.decode(heard.payload))
        retained = self.transcript.retained.get(Channel.ANNOUNCE)
        if retained is None or any(one.heard.at <= self.transcript.calm for one in told):
            return told
        kept = Heard(0.0, self.transcript.began, Channel.ANNOUNCE, retained)
        return [_told(kept, lambda heard: Announce.decode(heard.payload)), *told]

    @cached_property
    def announce(self) -> Announce | None:
        """The newest announcement that is valid."""
        valid = [told.message for told in self.announcements if told.message is not None]
        return valid[-1] if valid else None

    @property
    def datastreams(self) -> tuple[Datastream, ...]:
        """What it announces to observe."""
        return self.announce.datastreams if self.announce else ()

    @cached_property
    def statuses(self) -> list[Told[Status]]:
        """Each word on whether it is there, also the broker's (the last will)."""
        return self._told(Channel.STATUS, lambda heard: Status.decode(heard.payload))

    @cached_property
    def events(self) -> list[Told[DeviceEvent]]:
        """Each event."""
        return self._told(Channel.EVENTS, lambda heard: DeviceEvent.decode(heard.payload))

    @cached_property
    def messages(self) -> list[Told[list[Observation]]]:
        """Each message of observations."""
        return self._told(
            Channel.OBSERVATIONS,
            lambda heard: decode_observations(heard.payload, heard.arrived, 0),
        )

    @cached_property
    def observations(self) -> list[tuple[Heard, Observation]]:
        """Each observation of a valid message, with the message it came in."""
        return [(told.heard, one) for told in self.messages for one in told.message or ()]

    @cached_property
    def frames(self) -> list[Told[Frame]]:
        """Each picture."""
        return self._told(Channel.FRAMES, lambda heard: read_frame(heard.payload, heard.arrived))

    @cached_property
    def named(self) -> list[Named]:
        """Each message that has a boot and a seq, on any channel."""
        identified: list[Told[Announce] | Told[Status] | Told[DeviceEvent]] = []
        identified += [told for told in self.announcements if told.heard.at > 0]
        identified += [*self.statuses, *self.events]
        found = [*_named(identified)]
        for told in self.messages:
            # Also one that is refused for something else has its place among the others.
            first = told.message[0] if told.message else _name_of(told.heard.payload)
            if first is not None and first.boot != NO_BOOT:
                found.append(Named(told.heard, first.boot, first.seq))
        for frame in self.frames:
            stamp = frame.message.stamp if frame.message else None
            if stamp is not None:
                found.append(Named(frame.heard, stamp.boot, stamp.seq))
        return sorted(found, key=lambda one: one.heard.at)

    @cached_property
    def by_name(self) -> dict[tuple[Channel, str, int], list[Heard]]:
        """All copies of each named message."""
        copies: dict[tuple[Channel, str, int], list[Heard]] = defaultdict(list)
        for one in self.named:
            copies[one.heard.channel, one.boot, one.seq].append(one.heard)
        return copies

    @cached_property
    def boots(self) -> list[str]:
        """The boot ids it told, in order of their first appearance."""
        return list(dict.fromkeys(one.boot for one in self.named))

    def times(self, datastream: str) -> list[datetime]:
        """The distinct phenomenon times of a datastream's calm results, in order."""
        calm = self.transcript.calm
        times = {
            one.phenomenon_time
            for heard, one in self.observations
            if one.datastream == datastream and heard.at <= calm
        }
        return sorted(times)

    def results_within(self, began: float, ended: float) -> int:
        """How many results, pictures and events came between two seconds of the check."""
        return sum(
            heard.channel in RESULT_CHANNELS and began < heard.at <= ended
            for heard in self.transcript.heard
        )

    def links_within(self, state: LinkState, began: float, ended: float) -> list[float]:
        """When the connection changed so, between two seconds of the check."""
        links = self.transcript.links
        return [link.at for link in links if link.state is state and began <= link.at <= ended]

    def injected(self, fault: Fault) -> Injected | None:
        """A fault, if it was tried."""
        found = (one for one in self.transcript.injected if one.fault is fault)
        return next(found, None)

    @cached_property
    def period(self) -> float | None:
        """Seconds between results by its own word: the shortest of its datastreams."""
        announce = self.announce
        if announce is None:
            return None
        periods = [stream.period for stream in announce.datastreams]
        if announce.frames is not None:
            periods.append(1 / announce.frames.rate)
        return min(periods, default=None)

    def _told(self, channel: Channel, read: Callable[[Heard], M]) -> list[Told[M]]:
        # An empty payload is how MQTT deletes what is retained; it says nothing.
        said = [h for h in self.transcript.heard if h.channel is channel and h.payload]
        return [_told(heard, read) for heard in said]


def open_links(links: Iterable[Link]) -> list[Link]:
    """The openings among these whose connection did not close among them."""
    opened: dict[int, Link] = {}
    for link in links:
        if link.state is LinkState.OPENED:
            opened[link.number] = link
        elif link.state is LinkState.CLOSED:
            opened.pop(link.number, None)
    return list(opened.values())


class _Name(BaseModel):
    boot: BootId
    seq: Seq


def _name_of(payload: bytes) -> _Name | None:
    try:
        return _Name.model_validate_json(payload)
    except ValidationError:
        return None


def _told(heard: Heard, read: Callable[[Heard], M]) -> Told[M]:
    try:
        return Told(heard, read(heard))
    except RefusedMessageError as error:
        return Told(heard, None, error)


def _named(
    told: list[Told[Announce] | Told[Status] | Told[DeviceEvent]],
) -> Iterator[Named]:
    for one in told:
        message: Identified | None = one.message
        if message is not None and message.boot is not None and message.seq is not None:
            yield Named(one.heard, message.boot, message.seq)
