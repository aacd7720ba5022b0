"""Alerts for tests that need some, without devices or rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from psycopg import AsyncConnection

from smartopia.alarms.model import (
    AlertDraft,
    Certainty,
    Domain,
    Image,
    Severity,
    TransitionKind,
    Urgency,
)
from smartopia.alarms.store import raise_alert
from smartopia.clock import rfc3339, utc_now


async def add_thing(connection: AsyncConnection[Any], name: str = "river-1") -> int:
    """A device; the caller commits."""
    cursor = await connection.execute(
        "INSERT INTO thing (site, name, kind, announced_at) VALUES ('gimpo', %s, 'gauge', now())"
        " ON CONFLICT (site, name) DO UPDATE SET kind = excluded.kind RETURNING id",
        (name,),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def add_datastream(connection: AsyncConnection[Any], thing: int) -> int:
    """A datastream of it; the caller commits."""
    cursor = await connection.execute(
        "INSERT INTO datastream"
        " (thing_id, name, observed_property, unit, period_s, interval_s)"
        " VALUES (%s, 'level', 'water_level', 'm', 1, 0)"
        " ON CONFLICT (thing_id, name) DO UPDATE SET unit = excluded.unit RETURNING id",
        (thing,),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


def draft(
    thing: int,
    key: str = "test:1",
    *,
    datastream: int | None = None,
    images: tuple[Image, ...] = (),
    guidance: str = "Close the riverside path.",
) -> AlertDraft:
    """An alert of this thing."""
    now = utc_now()
    return AlertDraft(
        key=key,
        rule="test-level",
        rule_digest="0" * 64,
        domain=Domain.DISASTER,
        severity=Severity.SEVERE,
        urgency=Urgency.IMMEDIATE,
        certainty=Certainty.OBSERVED,
        title="Level too high",
        description="water_level 5.5 m",
        guidance=guidance,
        source=None,
        thing_id=thing,
        datastream_id=datastream,
        onset=now - timedelta(seconds=10),
        evidence={"phenomenon_time": rfc3339(now), "threshold": 5},
        images=images,
    )


def picture(jpeg: bytes = b"\xff\xd8\xff\xd9") -> Image:
    """A masked picture; its pixels do not matter."""
    return Image(utc_now(), 640, 480, [], None, "test@0", jpeg)


async def add_alert(
    connection: AsyncConnection[Any], alert: AlertDraft, *, evidence_days: int = 30
) -> TransitionKind | None:
    """Raise it; the caller commits."""
    return await raise_alert(
        connection, alert, utc_now(), actor="rules", evidence_days=evidence_days
    )
