"""What ingest has made of what devices sent."""

from __future__ import annotations

from smartopia.bus.log import INGEST_CURSOR, backlogs
from tests.support.parts import Row, broker_of, eventually, rows
from tests.support.servers import Platform


async def wait_stored(platform: Platform, n: int, *, timeout_s: float = 8) -> list[Row]:
    """All observations, once there are so many."""
    query = (
        "SELECT o.*, d.name, b.boot, t.name AS thing FROM observation o"
        " JOIN datastream d ON d.id = o.datastream_id JOIN boot b ON b.id = o.boot_id"
        " JOIN thing t ON t.id = d.thing_id ORDER BY o.received_at, o.seq, o.ordinal"
    )

    async def enough() -> list[Row] | None:
        found = await rows(platform, query)
        return found if len(found) >= n else None

    await eventually(enough, what=f"{n} observations stored", timeout_s=timeout_s)
    return await rows(platform, query)


async def wait_refused(platform: Platform, n: int = 1) -> list[Row]:
    """All that is in quarantine, once there is so much; no more may be."""

    async def enough() -> list[Row] | None:
        found = await rows(platform, "SELECT * FROM quarantine ORDER BY log_seq, id")
        return found if len(found) >= n else None

    found = await eventually(enough, what=f"{n} refused")
    assert len(found) == n
    return found


async def wait_all_read(platform: Platform) -> None:
    """Wait until ingest has acknowledged all there is."""
    async with broker_of(platform) as broker:

        async def nothing_left() -> bool:
            return (await backlogs(broker))[INGEST_CURSOR] == 0

        await eventually(nothing_left, what="ingest has read all there is")
