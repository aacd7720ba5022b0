"""What a batch of log entries comes to: pure, up to the devices it needs to know."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ingest.registry import Thing
from smartopia.bus.log import LogEntry
from smartopia.contract.observations import Observation
from smartopia.contract.times import check_time
from smartopia.contract.topics import DeviceKey
from smartopia.errors import Reason, RefusedMessageError
from smartopia.quality import gross_range

Row = tuple[int, datetime, float, int, datetime, int, int, int]


@dataclass(frozen=True, slots=True)
class Refused:
    """A message put aside, whole or in part."""

    received_at: datetime
    topic: str
    reason: str
    detail: str
    payload: bytes
    stream: str | None
    log_seq: int | None
    thing_id: int | None = None
    count: int = 1


@dataclass(slots=True)
class Batch:
    """The effects of a batch, before they are written.

    Attributes:
        rows: as the table `incoming` has them.
        live: datastream id -> (time, result, quality), the newest of the batch.
        seen: thing id -> when it was last heard.
        changed: ids of things whose announcement or state changed.
        floods: how many messages of a device were refused for flooding, by the first of them.
    """

    stream: str
    rows: list[Row] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    live: dict[int, tuple[datetime, float, int]] = field(default_factory=dict)
    seen: dict[int, datetime] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    floods: dict[DeviceKey, tuple[LogEntry, int]] = field(default_factory=dict)

    def flood(self, entry: LogEntry, device: DeviceKey) -> None:
        """Count a message of a device that floods; one row will stand for all of the batch."""
        first, count = self.floods.get(device, (entry, 0))
        self.floods[device] = (first, count + 1)

    def refuse(
        self, entry: LogEntry, error: RefusedMessageError, thing_id: int | None, count: int = 1
    ) -> None:
        """Put a message aside, with why."""
        self.refused.append(
            Refused(
                entry.arrived,
                entry.topic,
                error.reason,
                error.detail,
                _kept(entry),
                self.stream,
                entry.seq,
                thing_id,
                count,
            )
        )

    def observe(
        self, entry: LogEntry, thing: Thing, boot_id: int, observations: list[Observation]
    ) -> None:
        """Take a message's observations.

        Those of datastreams the device did not announce are refused, the others kept.

        Raises:
            RefusedMessageError: nothing of the message can be kept; or a part of it, after
                the rest was taken.
        """
        for time in {observation.phenomenon_time for observation in observations}:
            check_time(time, entry.arrived, thing.clock)
        unknown = set()
        for o in observations:
            stream = thing.streams.get(o.datastream)
            if stream is None:
                unknown.add(o.datastream)
                continue
            flag = gross_range(o.result, stream.span)
            self.rows.append(
                (
                    stream.id,
                    o.phenomenon_time,
                    o.result,
                    flag,
                    entry.arrived,
                    boot_id,
                    o.seq,
                    o.ordinal,
                )
            )
            newest = self.live.get(stream.id)
            if newest is None or newest[0] <= o.phenomenon_time:
                self.live[stream.id] = (o.phenomenon_time, o.result, flag)
        self.seen[thing.id] = entry.arrived
        if unknown:
            raise RefusedMessageError(
                Reason.UNKNOWN_DATASTREAM,
                f"not announced: {', '.join(sorted(unknown)[:10])}; announced are "
                f"{', '.join(sorted(thing.streams)) or 'none'}",
            )


def _kept(entry: LogEntry) -> bytes:
    """The bytes that go into quarantine: of a picture only its head, for it may show people."""
    picture = entry.topic.endswith("/frames") or b"\xff\xd8\xff" in entry.payload[:64]
    return entry.payload[:64] if picture else entry.payload
