"""The datastreams rules look at, as the database has them: those of things in the field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from psycopg import AsyncConnection

from smartopia.contract.announce import DeviceClock
from smartopia.contract.topics import DeviceKey
from smartopia.store.queries import load_queries
from smartopia.things.stage import field_ids

_SQL = load_queries("analytics.rules", "sql/rules.sql")


@dataclass(frozen=True, slots=True)
class Stream:
    """A datastream as a rule needs it."""

    id: int
    thing_id: int
    observed_property: str
    unit: str
    span: tuple[float, float] | None
    period: timedelta
    interval: timedelta
    clock: DeviceClock


class Streams:
    """All announced datastreams, by device and name."""

    def __init__(self) -> None:
        self._by_name: dict[tuple[DeviceKey, str], Stream] = {}
        self._devices: dict[DeviceKey, DeviceClock] = {}
        self._field: frozenset[int] = frozenset()

    def knows(self, key: DeviceKey) -> bool:
        """Whether the device is announced."""
        return key in self._devices

    def clock(self, key: DeviceKey) -> DeviceClock:
        """Whose time the device tells."""
        return self._devices.get(key, DeviceClock.LIVE)

    def get(self, key: DeviceKey, name: str) -> Stream | None:
        """The datastream, if the device announces it and may raise alerts."""
        stream = self._by_name.get((key, name))
        return stream if stream is not None and stream.thing_id in self._field else None

    async def load_stages(self, connection: AsyncConnection[Any]) -> None:
        """Read again which things are in the field."""
        self._field = await field_ids(connection)

    async def load(self, connection: AsyncConnection[Any]) -> None:
        """Read all from the database."""
        await self.load_stages(connection)
        cursor = await connection.execute(_SQL["all_devices"])
        self._devices = {
            DeviceKey(site, name): DeviceClock(clock)
            for site, name, clock in await cursor.fetchall()
        }
        cursor = await connection.execute(_SQL["all_streams"])
        self._by_name = {
            (DeviceKey(site, device), name): Stream(
                stream_id,
                thing_id,
                observed_property,
                unit,
                (low, high) if low is not None else None,
                timedelta(seconds=period),
                timedelta(seconds=interval),
                DeviceClock(clock),
            )
            for (
                stream_id,
                thing_id,
                site,
                device,
                name,
                observed_property,
                unit,
                low,
                high,
                period,
                interval,
                clock,
            ) in await cursor.fetchall()
        }
