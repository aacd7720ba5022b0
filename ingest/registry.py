"""The things and datastreams ingest knows, kept in memory as the database has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from smartopia.contract.announce import Announce, DeviceClock
from smartopia.contract.topics import DeviceKey
from smartopia.siteview_store import propose_view
from smartopia.store.queries import load_queries
from smartopia.things.digest import announce_digest
from smartopia.things.stage import Stage

_SQL = load_queries("ingest", "sql/registry.sql")


@dataclass(frozen=True, slots=True)
class Stream:
    """A datastream as ingest needs it."""

    id: int
    span: tuple[float, float] | None


@dataclass(slots=True)
class Thing:
    """A device as ingest needs it."""

    id: int
    clock: DeviceClock
    streams: dict[str, Stream] = field(default_factory=dict)
    boots: dict[str, int] = field(default_factory=dict)


class Registry:
    """All announced devices. Load it anew on every new connection and after a rollback."""

    def __init__(self, *, sandbox: bool) -> None:
        """`sandbox`: whether devices nobody enlisted begin there."""
        self._things: dict[DeviceKey, Thing] = {}
        self._first_stage = Stage.SANDBOX if sandbox else Stage.FIELD

    def get(self, key: DeviceKey) -> Thing | None:
        """The device, if it has announced itself."""
        return self._things.get(key)

    async def load(self, connection: AsyncConnection[Any]) -> None:
        """Read all from the database."""
        self._things = {}
        by_id: dict[int, Thing] = {}
        cursor = await connection.execute(_SQL["all_things"])
        for thing_id, site, name, clock in await cursor.fetchall():
            by_id[thing_id] = Thing(thing_id, DeviceClock(clock))
            self._things[DeviceKey(site, name)] = by_id[thing_id]
        cursor = await connection.execute(_SQL["all_datastreams"])
        for stream_id, thing_id, name, low, high in await cursor.fetchall():
            span = (low, high) if low is not None else None
            by_id[thing_id].streams[name] = Stream(stream_id, span)

    async def announce(
        self,
        connection: AsyncConnection[Any],
        key: DeviceKey,
        announce: Announce,
        arrived: datetime,
    ) -> Thing:
        """Take up what a device says of itself."""
        place = announce.location
        cursor = await connection.execute(
            _SQL["upsert_thing"],
            {
                "site": key.site,
                "name": key.device,
                "title": announce.title,
                "kind": announce.kind,
                "latitude": place.latitude if place else None,
                "longitude": place.longitude if place else None,
                "clock": announce.clock,
                "frame_rate": announce.frames.rate if announce.frames else None,
                "announced_at": arrived,
                "announce_digest": announce_digest(announce),
                "first_stage": self._first_stage,
            },
        )
        row = await cursor.fetchone()
        known = self._things.get(key)
        thing = Thing(row[0] if row else 0, announce.clock, boots=known.boots if known else {})
        for stream in announce.datastreams:
            low, high = stream.range or (None, None)
            cursor = await connection.execute(
                _SQL["upsert_datastream"],
                {
                    "thing_id": thing.id,
                    "name": stream.name,
                    "observed_property": stream.observed_property,
                    "unit": stream.unit,
                    "range_low": low,
                    "range_high": high,
                    "period_s": stream.period,
                    "interval_s": stream.interval,
                },
            )
            row = await cursor.fetchone()
            thing.streams[stream.name] = Stream(row[0] if row else 0, stream.range)
        await connection.execute(
            _SQL["retire_datastreams"], {"thing_id": thing.id, "kept": list(thing.streams)}
        )
        if announce.view is not None:
            await propose_view(connection, thing.id, announce.view, camera=key.device)
        self._things[key] = thing
        return thing

    async def boot_id(self, connection: AsyncConnection[Any], thing: Thing, boot: str) -> int:
        """The number a device's boot id has in the database."""
        if boot not in thing.boots:
            cursor = await connection.execute(
                _SQL["upsert_boot"], {"thing_id": thing.id, "boot": boot}
            )
            row = await cursor.fetchone()
            thing.boots[boot] = row[0] if row else 0
        return thing.boots[boot]
