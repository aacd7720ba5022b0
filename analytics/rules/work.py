"""The rules' work on the log: evaluate, and raise or clear alerts, exactly once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from analytics.rules.draft import alert_key, draft_alert
from analytics.rules.evaluate import Cleared, Input, Memory, Phase, Raised, evaluate
from analytics.rules.model import Rule, Statistic
from analytics.rules.streams import Stream, Streams
from smartopia.alarms.model import AlertDraft, TransitionKind
from smartopia.alarms.store import clear_alert, raise_alert
from smartopia.bus.log import RULES_CURSOR, LogEntry
from smartopia.clock import utc_now
from smartopia.containment import Sequences, flood_gate
from smartopia.contract.announce import DeviceClock
from smartopia.contract.observations import NO_BOOT, Observation, decode_observations
from smartopia.contract.times import check_time
from smartopia.contract.topics import Channel, DeviceKey, parse_topic, sender_of
from smartopia.errors import RefusedMessageError
from smartopia.metrics import Metrics
from smartopia.quality import FAIL, gross_range
from smartopia.settings import Settings
from smartopia.store.connection import Connection
from smartopia.store.queries import load_queries

log = logging.getLogger(__name__)

_SQL = load_queries("analytics.rules", "sql/rules.sql")
_ACTOR = "rules"
_INGEST_WAIT_S = 5.0
_INGEST_POLL_S = 0.05
# How long after a promotion a device may still raise no alert.
_STAGES_S = 0.5


class RulesWork:
    """What the rules do with each batch of the log."""

    cursor = RULES_CURSOR

    def __init__(self, settings: Settings, rules: Sequence[Rule], metrics: Metrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self._zone = ZoneInfo(settings.timezone)
        self._rules: defaultdict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            self._rules[rule.observed_property].append(rule)
        self._streams = Streams()
        self._memories: dict[tuple[str, int], Memory] = {}
        self._dirty: set[tuple[str, int]] = set()
        self._announced: set[DeviceKey] = set()
        self._untimed: dict[tuple[DeviceKey, str], int] = {}
        self._ingest_stands_at = -1
        self._gate = flood_gate()
        self._sequences = Sequences()
        self._stages_at = -_STAGES_S

    async def open(self, connection: Connection) -> None:
        """Load devices and memories, as they stand in the database."""
        await self._streams.load(connection)
        cursor = await connection.execute(_SQL["all_memories"])
        self._memories = {
            (rule, stream): Memory.from_json(memory)
            for rule, stream, memory in await cursor.fetchall()
        }
        self._dirty.clear()
        # What was rolled back comes again, and is no copy then.
        self._untimed.clear()
        self._gate = flood_gate()

    async def process(
        self, connection: Connection, entries: Sequence[LogEntry], stream: str
    ) -> None:
        """Evaluate these entries, in the open transaction."""
        if time.monotonic() - self._stages_at >= _STAGES_S:
            self._stages_at = time.monotonic()
            await self._streams.load_stages(connection)
        for entry in entries:
            try:
                await self._take(connection, entry, stream)
            except RefusedMessageError:
                # Ingest reads the same log and keeps what is refused, with the reason.
                self._metrics.count("skipped")
        await self._save(connection)

    async def refuse(
        self, connection: Connection, entry: LogEntry, stream: str, error: Exception
    ) -> None:
        """Skip an entry the database would not take; ingest keeps it."""
        del connection, stream
        log.error("entry %d of %s could not be evaluated: %s", entry.seq, entry.topic, error)
        self._metrics.count("skipped")

    async def committed(self, entries: Sequence[LogEntry]) -> None:
        """Measure how long it took from the log to the commit."""
        now = utc_now()
        for entry in entries:
            self._metrics.observe("log_to_evaluated", (now - entry.arrived).total_seconds())

    async def idle(self, connection: Connection) -> None:
        """Nothing to do between batches."""

    async def _take(self, connection: Connection, entry: LogEntry, log_stream: str) -> None:
        sender = sender_of(entry.topic)
        if sender is not None and not self._gate.take(sender, entry.arrived):
            self._metrics.count("flooded")
            return
        device, channel = parse_topic(entry.topic)
        if channel is Channel.ANNOUNCE:
            self._announced.add(device)
        if channel is not Channel.OBSERVATIONS:
            return
        observations = decode_observations(entry.payload, entry.arrived, entry.seq)
        if device in self._announced or not self._streams.knows(device):
            await self._catch_up(connection, entry, log_stream)
        # As ingest does: a message whose time is not believed is refused whole, and one that
        # tells no time of its own counts once, however often it comes.
        clock = self._streams.clock(device)
        for at in {observation.phenomenon_time for observation in observations}:
            check_time(at, entry.arrived, clock)
        first = observations[0]
        run = (device, first.boot)
        if first.boot != NO_BOOT and self._sequences.reused(run, first.seq, entry.payload):
            self._metrics.count("reused_sequences")
            return
        if self._is_copy(device, observations):
            self._metrics.count("duplicates")
            return
        for observation in observations:
            stream = self._streams.get(device, observation.datastream)
            if stream is not None and stream.observed_property in self._rules:
                await self._observation(connection, stream, observation, entry)

    def _is_copy(self, device: DeviceKey, observations: Sequence[Observation]) -> bool:
        first = observations[0]
        if first.boot == NO_BOOT or all(observation.timed for observation in observations):
            return False
        place = (device, first.boot)
        copied = first.seq <= self._untimed.get(place, -1)
        self._untimed[place] = max(first.seq, self._untimed.get(place, -1))
        return copied

    async def _catch_up(self, connection: Connection, entry: LogEntry, log_stream: str) -> None:
        """Wait until ingest has stored the announcement before this entry, then look again.

        Where ingest stands still this gives up after a while: rules go on for devices known.
        """
        self._announced.clear()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _INGEST_WAIT_S
        position = await self._ingest_position(connection, log_stream)
        # Where it stood when it was waited for in vain, it is not waited for again.
        while position < entry.seq and position != self._ingest_stands_at:
            if loop.time() > deadline:
                log.warning("ingest is behind entry %d; its device may be skipped", entry.seq)
                self._ingest_stands_at = position
                break
            await asyncio.sleep(_INGEST_POLL_S)
            position = await self._ingest_position(connection, log_stream)
        await self._streams.load(connection)

    async def _ingest_position(self, connection: Connection, log_stream: str) -> int:
        cursor = await connection.execute(_SQL["ingest_position"], {"stream": log_stream})
        row = await cursor.fetchone()
        return int(row[0]) if row is not None else 0

    async def _observation(
        self,
        connection: Connection,
        stream: Stream,
        observation: Observation,
        entry: LogEntry,
    ) -> None:
        if gross_range(observation.result, stream.span) == FAIL:
            self._metrics.count("out_of_range")
            return
        self._metrics.count("observations_evaluated")
        at = observation.phenomenon_time
        if stream.clock is DeviceClock.LIVE:
            # A clock that runs ahead must not make the rule deaf once it is set right.
            at = min(at, entry.arrived)
        seen = Input(at, observation.result, stream.interval, stream.period)
        for rule in self._rules[stream.observed_property]:
            if not rule.suits(stream.period):
                continue
            place = (rule.id, stream.id)
            before = self._memories.get(place, Memory())
            after, outcome = evaluate(rule, before, seen, self._zone)
            self._memories[place] = after
            if worth_keeping(rule, before, after):
                self._dirty.add(place)
            if isinstance(outcome, Raised):
                alert = draft_alert(rule, stream, outcome, observation, entry)
                await self._raise(connection, alert, entry.arrived)
            elif isinstance(outcome, Cleared):
                key = alert_key(rule, stream)
                await self._clear(connection, key, observation.phenomenon_time, entry.arrived)

    async def _raise(self, connection: Connection, draft: AlertDraft, arrived: datetime) -> None:
        kind = await raise_alert(
            connection,
            draft,
            utc_now(),
            actor=_ACTOR,
            evidence_days=self._settings.evidence_days,
        )
        self._count(kind, arrived)

    async def _clear(
        self, connection: Connection, key: str, seen: datetime, arrived: datetime
    ) -> None:
        kind = await clear_alert(connection, key, utc_now(), actor=_ACTOR, seen=seen)
        self._count(kind, arrived)

    def _count(self, kind: TransitionKind | None, arrived: datetime) -> None:
        if kind is not None:
            self._metrics.count(f"alerts_{kind}")
            self._metrics.observe("log_to_alert", (utc_now() - arrived).total_seconds())

    async def _save(self, connection: Connection) -> None:
        if not self._dirty:
            return
        rows = [
            {
                "rule": rule,
                "datastream_id": stream,
                "memory": Jsonb(self._memories[rule, stream].as_json()),
            }
            for rule, stream in sorted(self._dirty)
        ]
        self._dirty.clear()
        async with connection.cursor() as cursor:
            await cursor.executemany(_SQL["save_memory"], rows)


def worth_keeping(rule: Rule, before: Memory, after: Memory) -> bool:
    """Whether a restart would evaluate otherwise without this memory."""
    if after is before:
        return False
    return (
        rule.statistic is not Statistic.LAST
        or after.phase is Phase.PENDING
        or (after.phase, after.since, after.ending_since)
        != (before.phase, before.since, before.ending_since)
    )
