"""Ingest's work on the log: decode, check, write."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence

from nats.aio.msg import Msg
from pydantic import ValidationError

from ingest.batch import Batch, Refused
from ingest.containment import Containment, flood_words
from ingest.desk import Desk
from ingest.handlers import DESK
from ingest.registry import Registry, Thing
from ingest.replies import Replies
from ingest.writer import quarantine, write_batch
from smartopia.bus.connection import Broker
from smartopia.bus.health import Reporter
from smartopia.bus.log import INGEST_CURSOR, LogEntry
from smartopia.bus.refusals import Refusal
from smartopia.bus.subjects import LIVE_THINGS, LIVE_VALUES, REFUSED
from smartopia.clock import rfc3339, utc_now
from smartopia.contract.announce import Announce, DeviceClock
from smartopia.contract.events import DeviceEvent
from smartopia.contract.observations import NO_BOOT, decode_observations
from smartopia.contract.status import Status
from smartopia.contract.times import check_time
from smartopia.contract.topics import Channel, DeviceKey, parse_topic, sender_of
from smartopia.errors import Reason, RefusedMessageError
from smartopia.metrics import Metrics
from smartopia.settings import Settings
from smartopia.store.connection import Connection
from smartopia.store.queries import load_queries

log = logging.getLogger(__name__)

_SQL = load_queries("ingest", "sql/ingest.sql")
_HELD_REFUSALS = 2000
_MISS_S = 5.0


class IngestWork:
    """What ingest does with each batch of the log."""

    cursor = INGEST_CURSOR

    def __init__(
        self, settings: Settings, broker: Broker, reporter: Reporter, metrics: Metrics
    ) -> None:
        self._broker = broker
        self._metrics = metrics
        self._registry = Registry(sandbox=settings.sandbox)
        self._containment = Containment(reporter)
        self._replies = Replies(broker)
        self._desk = Desk(broker, metrics, DESK)
        self._batch = Batch("")
        self._missed_at = 0.0
        self._refusals: list[Refusal] = []

    async def listen(self) -> None:
        """Take in what does not come through the log: refusals, and requests of other parts."""
        await self._desk.listen()

        async def take(message: Msg) -> None:
            if len(self._refusals) >= _HELD_REFUSALS:
                self._metrics.count("refusals_not_kept")
                return
            try:
                self._refusals.append(Refusal.model_validate_json(message.data))
            except ValidationError as error:
                log.warning("not a refusal: %s", error)

        await self._broker.client.subscribe(REFUSED, queue="ingest", cb=take)

    async def open(self, connection: Connection) -> None:
        """Load the devices, as they stand in the database."""
        await connection.execute(_SQL["make_incoming"])
        await self._registry.load(connection)
        self._containment.restart()

    async def process(
        self, connection: Connection, entries: Sequence[LogEntry], stream: str
    ) -> None:
        """Write these entries, in the open transaction."""
        batch = Batch(stream)
        for entry in entries:
            try:
                await self._take(connection, entry, batch)
            except RefusedMessageError as error:
                batch.refuse(entry, error, self._sender_id(entry.topic))
        for device, (entry, n) in batch.floods.items():
            flooding = RefusedMessageError(Reason.FLOODING, flood_words(device))
            batch.refuse(entry, flooding, self._sender_id(entry.topic), n)
        stored = await write_batch(connection, batch)
        self._metrics.count("observations_stored", stored)
        self._metrics.count("duplicates", len(batch.rows) - stored)
        self._metrics.count("refused", sum(refused.count for refused in batch.refused))
        self._batch = batch

    async def refuse(
        self, connection: Connection, entry: LogEntry, stream: str, error: Exception
    ) -> None:
        """Put aside an entry the database would not take."""
        batch = Batch(stream)
        refused = RefusedMessageError(Reason.MALFORMED, f"the database refused it: {error}")
        batch.refuse(entry, refused, self._sender_id(entry.topic))
        await write_batch(connection, batch)
        self._metrics.count("refused")

    async def committed(self, entries: Sequence[LogEntry]) -> None:
        """Tell the consoles, and measure how long it took from the log to the commit."""
        now = utc_now()
        for entry in entries:
            self._metrics.observe("log_to_stored", (now - entry.arrived).total_seconds())
        batch, self._batch = self._batch, Batch("")
        self._containment.name(batch.floods)
        if not self._broker.connected:
            return
        await self._replies.tell(batch.refused)
        if batch.live:
            values = [
                [stream, rfc3339(at), result, quality]
                for stream, (at, result, quality) in batch.live.items()
            ]
            await self._broker.client.publish(LIVE_VALUES, json.dumps(values).encode())
        if batch.changed:
            await self._broker.client.publish(
                LIVE_THINGS, json.dumps(sorted(batch.changed)).encode()
            )

    async def idle(self, connection: Connection) -> None:
        """Keep refusals told by others."""
        self._containment.name({})
        await self._desk.idle(connection)
        await self._miss(connection)
        if self._refusals:
            held = [self._refused(refusal) for refusal in self._refusals]
            await quarantine(connection, held)
            await connection.commit()
            del self._refusals[: len(held)]
            self._metrics.count("refused", len(held))
            if self._broker.connected:
                await self._replies.tell(held)

    async def _miss(self, connection: Connection) -> None:
        """Now and then, see who tells no status and is not heard any more."""
        now = time.monotonic()
        if now - self._missed_at < _MISS_S:
            return
        self._missed_at = now
        found = await connection.execute(_SQL["not_heard"])
        gone = sorted(row[0] for row in await found.fetchall())
        await connection.commit()
        if gone and self._broker.connected:
            await self._broker.client.publish(LIVE_THINGS, json.dumps(gone).encode())

    async def _take(self, connection: Connection, entry: LogEntry, batch: Batch) -> None:
        # Before anything else is looked at: a flood of nonsense is a flood, too.
        sender = sender_of(entry.topic)
        if sender is not None and not self._containment.admit(sender, entry):
            batch.flood(entry, sender)
            return
        key, channel = parse_topic(entry.topic)
        if channel is Channel.ANNOUNCE:
            if not entry.payload:  # how MQTT deletes a retained message
                return
            announce = Announce.decode(entry.payload)
            thing = await self._registry.announce(connection, key, announce, entry.arrived)
            batch.changed.add(thing.id)
            batch.seen[thing.id] = entry.arrived
            return
        if channel is Channel.OBSERVATIONS:
            await self._observations(connection, entry, key, batch)
        elif channel is Channel.STATUS:
            await self._status(connection, entry, self._known(key), batch)
        elif channel is Channel.EVENTS:
            await self._event(connection, entry, self._known(key), batch)
        else:
            raise RefusedMessageError(
                Reason.UNKNOWN_CHANNEL, f"{channel} do not travel at QoS 1 into the log"
            )

    def _known(self, key: DeviceKey) -> Thing:
        thing = self._registry.get(key)
        if thing is None:
            raise RefusedMessageError(
                Reason.UNKNOWN_DEVICE,
                f"{key} has not announced itself; publish its announcement, retained, on "
                f"{key.topic(Channel.ANNOUNCE)} first",
            )
        return thing

    async def _observations(
        self, connection: Connection, entry: LogEntry, key: DeviceKey, batch: Batch
    ) -> None:
        observations = decode_observations(entry.payload, entry.arrived, entry.seq)
        thing = self._known(key)
        if thing.clock is DeviceClock.LIVE:
            delay = entry.arrived - observations[0].phenomenon_time
            self._metrics.observe("phenomenon_to_log", delay.total_seconds())
        first = observations[0]
        self._containment.check_sequence(key, first.boot, first.seq, entry.payload)
        boot_id = await self._registry.boot_id(connection, thing, first.boot)
        if first.boot != NO_BOOT and any(not o.timed for o in observations):
            cursor = await connection.execute(
                _SQL["first_copy"],
                {"boot_id": boot_id, "seq": first.seq, "arrived": entry.arrived},
            )
            if not cursor.rowcount:
                self._metrics.count("duplicates", len(observations))
                return
        batch.observe(entry, thing, boot_id, observations)

    async def _status(
        self, connection: Connection, entry: LogEntry, thing: Thing, batch: Batch
    ) -> None:
        if not entry.payload:
            return
        status = Status.decode(entry.payload)
        await connection.execute(
            _SQL["set_state"],
            {
                "id": thing.id,
                "state": status.state,
                "note": status.note,
                # A last will was written long before it is told: only the log knows when.
                "at": entry.arrived,
            },
        )
        batch.changed.add(thing.id)

    async def _event(
        self, connection: Connection, entry: LogEntry, thing: Thing, batch: Batch
    ) -> None:
        event = DeviceEvent.decode(entry.payload)
        if event.time is not None:
            check_time(event.time, entry.arrived, thing.clock)
        identified = event.boot is not None and event.seq is not None
        boot = event.boot if identified and event.boot is not None else NO_BOOT
        await connection.execute(
            _SQL["insert_event"],
            {
                "thing_id": thing.id,
                "boot_id": await self._registry.boot_id(connection, thing, boot),
                "seq": event.seq if identified else entry.seq,
                "time": event.time or entry.arrived,
                "event": event.event,
                "note": event.note,
                "received_at": entry.arrived,
            },
        )
        batch.seen[thing.id] = entry.arrived

    def _sender_id(self, topic: str) -> int | None:
        device = sender_of(topic)
        thing = self._registry.get(device) if device is not None else None
        return thing.id if thing is not None else None

    def _refused(self, refusal: Refusal) -> Refused:
        return Refused(
            refusal.at,
            refusal.topic[:500],
            refusal.reason[:80],
            refusal.detail[:2000].replace("\0", "\\0"),
            refusal.payload,
            None,
            None,
            self._sender_id(refusal.topic),
        )
