"""Work off the log: each batch has its effects exactly once, whatever dies in between.

One process at a time works a cursor (a lock in the database; others stand by). A batch's
effects and the cursor's new position are committed together; only then is it acknowledged.
After a crash the log is read again from the last acknowledgement, and what the saved
position says is done is skipped.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import psycopg
from nats.errors import Error as NatsError
from psycopg import errors

from smartopia.bus.connection import Broker
from smartopia.bus.health import Reporter
from smartopia.bus.log import LogEntry, LogReader, stream_identity
from smartopia.errors import UnavailableError
from smartopia.metrics import Metrics
from smartopia.settings import Settings
from smartopia.store.connection import LOST, Connection, connect_database, hold_lock
from smartopia.store.cursor import load_position, save_position
from smartopia.tasks import ended

log = logging.getLogger(__name__)

_PAUSE_S = 0.25
_POLL_S = 0.25


class Work(Protocol):
    """What a part does with the log."""

    cursor: str

    async def open(self, connection: Connection) -> None:
        """Load what it remembers: called on every new connection, before any entry."""

    async def process(
        self, connection: Connection, entries: Sequence[LogEntry], stream: str
    ) -> None:
        """Have the effects of these entries in the open transaction."""

    async def refuse(
        self, connection: Connection, entry: LogEntry, stream: str, error: Exception
    ) -> None:
        """Put aside an entry the database would not take, in the open transaction."""

    async def committed(self, entries: Sequence[LogEntry]) -> None:
        """Tell what was done: called after the commit."""

    async def idle(self, connection: Connection) -> None:
        """Called between batches, at least every quarter of a second."""


@dataclass(slots=True)
class LogWorker:
    """Runs one piece of work over one cursor until told to stop."""

    settings: Settings
    broker: Broker
    reporter: Reporter
    metrics: Metrics
    work: Work
    batch: int = 2000
    _epoch: int = -1

    async def run(self, stop: asyncio.Event) -> None:
        """Work until stop is set, waiting out a broker or database that is away."""
        while not stop.is_set():
            try:
                async with await connect_database(self.settings, self.work.cursor) as connection:
                    await self._standing_by(connection, stop)
            except LOST as error:
                self._database_lost(error)
            except UnavailableError as error:
                self._database_lost(error)
            await _pause(stop)

    def _database_lost(self, error: Exception) -> None:
        first = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        log.warning("database lost: %s", first)
        self.reporter.degraded(
            "database_lost",
            f"{self.work.cursor} cannot write to the database; devices' messages wait in the "
            f"broker's log, nothing is lost ({first})",
        )

    async def _standing_by(self, connection: Connection, stop: asyncio.Event) -> None:
        waiting = asyncio.ensure_future(hold_lock(connection, self.work.cursor))
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait([waiting, stopping], return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                await waiting
                await self._work(connection, stop)
        finally:
            await ended(waiting, stopping)

    async def _work(self, connection: Connection, stop: asyncio.Event) -> None:
        await self.work.open(connection)
        await connection.commit()
        reader = LogReader(self.broker, self.work.cursor)
        try:
            stream, position = "", 0
            while not stop.is_set():
                try:
                    if not stream or self.broker.epoch != self._epoch:
                        stream, position = await self._locate(connection)
                    entries = await reader.read(self.batch, _POLL_S)
                    self.reporter.recovered("broker_lost")
                except (UnavailableError, NatsError, TimeoutError) as error:
                    self._broker_lost(error)
                    await self._idle(connection)
                    await _pause(stop)
                    continue
                position = await self._batch(connection, reader, stream, position, entries)
                await self._idle(connection)
                # Only now: a connection alone does not mean that anything can be written.
                self.reporter.recovered("database_lost")
        finally:
            await reader.close()

    async def _locate(self, connection: Connection) -> tuple[str, int]:
        """Which log this is, and how far we are in it. A broker may come back with another."""
        epoch = self.broker.epoch
        stream, last = await stream_identity(self.broker)
        position = await load_position(connection, self.work.cursor, stream)
        if position > last:
            # The log was set back (an older copy of its folder): what it numbers now is new.
            log.error(
                "the log ends at %d, before %s's position %d; reading it from its start",
                last,
                self.work.cursor,
                position,
            )
            position = 0
            await save_position(connection, self.work.cursor, stream, position)
        await connection.commit()
        self._epoch = epoch
        return stream, position

    def _broker_lost(self, error: Exception) -> None:
        self.reporter.degraded(
            "broker_lost",
            f"{self.work.cursor} cannot read the broker's log; devices keep what they send until "
            f"it is back ({error})",
        )

    async def _idle(self, connection: Connection) -> None:
        await self.work.idle(connection)
        await connection.commit()

    async def _batch(
        self,
        connection: Connection,
        reader: LogReader,
        stream: str,
        position: int,
        entries: Sequence[LogEntry],
    ) -> int:
        if not entries:
            return position
        fresh = [entry for entry in entries if entry.seq > position]
        self.metrics.count("messages_in", len(fresh))
        self.metrics.count("messages_again", len(entries) - len(fresh))
        if fresh:
            began = time.monotonic()
            await self._effects(connection, fresh, stream)
            self.metrics.observe("batch", time.monotonic() - began)
            position = fresh[-1].seq
            await self.work.committed(fresh)
        await reader.acknowledge(entries[-1])
        return position

    async def _effects(
        self, connection: Connection, entries: Sequence[LogEntry], stream: str
    ) -> None:
        try:
            await self._transaction(connection, entries, stream)
        except psycopg.Error as error:
            if not _is_values_fault(connection, error):
                raise
            # The database takes the connection's word but not some value: find the entry.
            await connection.rollback()
            log.warning("a batch of %d was not taken: %s", len(entries), error)
            await self.work.open(connection)
            for entry in entries:
                await self._one(connection, entry, stream)

    async def _one(self, connection: Connection, entry: LogEntry, stream: str) -> None:
        try:
            await self._transaction(connection, [entry], stream)
        except psycopg.Error as error:
            if not _is_values_fault(connection, error):
                raise
            await connection.rollback()
            await self.work.open(connection)
            await self.work.refuse(connection, entry, stream, error)
            await save_position(connection, self.work.cursor, stream, entry.seq)
            await connection.commit()

    async def _transaction(
        self, connection: Connection, entries: Sequence[LogEntry], stream: str
    ) -> None:
        await self.work.process(connection, entries, stream)
        await save_position(connection, self.work.cursor, stream, entries[-1].seq)
        await connection.commit()


def _is_values_fault(connection: Connection, error: psycopg.Error) -> bool:
    """Whether some value is to blame, so that trying again cannot help."""
    if connection.broken:
        return False
    too_much = (errors.QueryCanceled, errors.ProgramLimitExceeded, errors.OutOfMemory)
    return not isinstance(error, LOST) or isinstance(error, too_much)


async def _pause(stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), _PAUSE_S)
    except TimeoutError:
        return
