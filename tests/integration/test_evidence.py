"""Originals: who may open them, what is written down before, and that they are gone in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

import ingest.housekeeping
from smartopia.clock import utc_now
from smartopia.contract.topics import DeviceKey
from smartopia.evidence import Sealer, keep_sealed
from smartopia.evidence_keys import renew_file
from smartopia.store.connection import Connection, connect_database
from tests.support.alerts import add_alert, add_thing, draft, picture
from tests.support.center import Center, running_center
from tests.support.parts import rows
from tests.support.servers import Platform

JPEG = b"\xff\xd8 everybody's face \xff\xd9"
CAMERA = DeviceKey("gimpo", "cam-1")
REASON = "Missing child, police request 2026-114"


@dataclass
class Place:
    """A control center with keys, and an alert with a sealed frame."""

    center: Center
    database: Connection
    seal: Sealer
    keys: Path
    alert: int
    evidence: int

    async def keep(
        self,
        sealed: bytes,
        taken_at: datetime,
        *,
        expires_at: datetime | None = None,
    ) -> int:
        """Keep another; its id."""
        until = expires_at or utc_now() + timedelta(days=30)
        await keep_sealed(self.database, self.alert, sealed, taken_at, until)
        cursor = await self.database.execute("SELECT max(id) FROM sealed_evidence")
        row = await cursor.fetchone()
        assert row is not None
        return int(row[0])

    async def open(
        self, client: httpx.AsyncClient, evidence: int | None = None, reason: str = REASON
    ) -> httpx.Response:
        """Ask for one."""
        body = {"evidence": evidence or self.evidence, "reason": reason}
        return await client.post(f"/api/v1/alerts/{self.alert}/evidence/open", json=body)


@pytest.fixture
async def place(platform: Platform, tmp_path: Path) -> AsyncIterator[Place]:
    keys = tmp_path / "evidence-keys.json"
    seal = Sealer(renew_file(keys, utc_now()).keys[-1].public)
    async with (
        running_center(platform, evidence_keys=keys) as center,
        await connect_database(platform.settings, "test") as database,
    ):
        await database.set_autocommit(True)
        thing = await add_thing(database, CAMERA.device)
        await add_alert(database, draft(thing, images=(picture(),)))
        (alert,) = await rows(platform, "SELECT id FROM alert")
        place = Place(center, database, seal, keys, int(alert["id"]), 0)
        taken_at = utc_now()
        place.evidence = await place.keep(seal(JPEG, CAMERA, taken_at), taken_at)
        yield place


async def _openings(platform: Platform) -> list[dict[str, Any]]:
    return await rows(platform, "SELECT * FROM evidence_opening ORDER BY id")


async def test_an_administrator_opens_it_and_leaves_a_trace(
    platform: Platform, place: Place
) -> None:
    client = await place.center.administrator()
    response = await place.open(client)
    assert (response.status_code, response.content) == (200, JPEG)
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Cache-Control"] == "no-store"
    (row,) = await _openings(platform)
    assert (row["opened_by"], row["role"], row["reason"]) == ("admin", "administrator", REASON)
    assert (row["alert_id"], row["evidence_id"]) == (place.alert, place.evidence)
    told = (await client.get(f"/api/v1/alerts/{place.alert}/evidence")).json()
    assert [(o["by"], o["reason"]) for o in told["openings"]] == [("admin", REASON)]
    assert [s["id"] for s in told["sealed"]] == [place.evidence]
    assert told["may_open"] is True


@pytest.mark.parametrize("role", ["operator", "viewer"])
async def test_others_see_who_opened_it_but_cannot(
    platform: Platform, place: Place, role: str
) -> None:
    client = await place.center.operator("kim", role)
    response = await place.open(client)
    assert response.status_code == 403
    assert response.json()["error"]["code"] == "not_permitted"
    assert JPEG not in response.content
    told = (await client.get(f"/api/v1/alerts/{place.alert}/evidence")).json()
    assert told["may_open"] is False
    assert await _openings(platform) == []
    nobody = place.center.client()
    assert (await place.open(nobody)).status_code == 401


@pytest.mark.parametrize("reason", ["", "    ", "abc", " a ", "x" * 501, "two\nlines", "\x00aaaaa"])
async def test_without_a_reason_nothing_is_opened(
    platform: Platform, place: Place, reason: str
) -> None:
    client = await place.center.administrator()
    response = await place.open(client, reason=reason)
    assert response.status_code == 400
    assert "reason" in response.json()["error"]["message"]
    assert await _openings(platform) == []


async def test_no_byte_is_sent_where_the_trace_cannot_be_written(
    platform: Platform, place: Place
) -> None:
    client = await place.center.administrator()
    await rows(platform, "ALTER TABLE evidence_opening ADD CHECK (opened_by <> 'admin')")
    response = await place.open(client)
    assert response.status_code == 500
    assert JPEG not in response.content


async def test_what_cannot_be_opened_says_why(platform: Platform, place: Place) -> None:
    client = await place.center.administrator()
    now = utc_now()
    sealed = place.seal(JPEG, CAMERA, now)
    changed = await place.keep(sealed[:-1] + bytes([sealed[-1] ^ 1]), now)
    other = await place.keep(place.seal(JPEG, DeviceKey("gimpo", "cam-2"), now), now)
    later = await place.keep(sealed, now + timedelta(seconds=1))
    foreign = await place.keep(Sealer(bytes(range(32)))(JPEG, CAMERA, now), now)
    for evidence, words in (
        (changed, "not those that were sealed"),
        (other, "sealed as one of cam-2"),
        (later, "which this is not"),
        (foreign, "not among ours"),
    ):
        response = await place.open(client, evidence)
        assert response.status_code == 409, words
        assert words in response.json()["error"]["message"]
        assert JPEG not in response.content
    assert len(await _openings(platform)) == 4, "who tried is known, too"
    place.keys.unlink()
    response = await place.open(client)
    assert (response.status_code, "evidence keys" in response.text) == (409, True)
    for missing in (999, 2**63 - 1):
        assert (await place.open(client, missing)).status_code == 404
    assert (await client.get("/api/v1/alerts/999/evidence")).status_code == 404


async def test_a_center_without_keys_says_so(platform: Platform, place: Place) -> None:
    async with running_center(platform) as keyless:
        client = await keyless.operator("lee", "administrator")
        response = await place.open(client)
    assert (response.status_code, response.json()["error"]["code"]) == (503, "no_keys")
    assert await _openings(platform) == []


async def test_the_evidence_of_one_alert_is_not_opened_under_another(
    platform: Platform, place: Place
) -> None:
    thing = await add_thing(place.database, CAMERA.device)
    await add_alert(place.database, draft(thing, "test:2"))
    client = await place.center.administrator()
    body = {"evidence": place.evidence, "reason": REASON}
    response = await client.post(f"/api/v1/alerts/{place.alert + 1}/evidence/open", json=body)
    assert response.status_code == 404
    assert await _openings(platform) == []


async def test_openings_cannot_be_changed_or_deleted(platform: Platform, place: Place) -> None:
    await place.open(await place.center.administrator())
    for statement in (
        "UPDATE evidence_opening SET reason = 'nothing of note'",
        "DELETE FROM evidence_opening",
        "TRUNCATE evidence_opening",
        "TRUNCATE alert CASCADE",
    ):
        with pytest.raises(psycopg.errors.IntegrityError, match="takes new ones only"):
            await rows(platform, statement)
    assert len(await _openings(platform)) == 1


async def test_evidence_is_gone_after_its_time_and_its_openings_stay(
    platform: Platform, place: Place
) -> None:
    client = await place.center.administrator()
    await place.open(client)
    await rows(platform, "UPDATE sealed_evidence SET expires_at = now() - interval '1 second'")
    await rows(platform, "UPDATE evidence_image SET expires_at = now() - interval '1 second'")
    # Expired is gone for everybody, even before it is deleted.
    assert (await place.open(client)).status_code == 404
    fresh = await place.keep(place.seal(JPEG, CAMERA, utc_now()), utc_now())
    await ingest.housekeeping._chores(platform.settings)
    left = await rows(platform, "SELECT id FROM sealed_evidence")
    assert [row["id"] for row in left] == [fresh]
    assert await rows(platform, "SELECT id FROM evidence_image") == []
    told = (await client.get(f"/api/v1/alerts/{place.alert}/evidence")).json()
    assert [s["id"] for s in told["sealed"]] == [fresh]
    assert len(told["openings"]) == len(await _openings(platform)) == 1


async def test_many_at_once_each_leave_their_trace(platform: Platform, place: Place) -> None:
    client = await place.center.administrator()
    answers = await asyncio.gather(*(place.open(client) for _ in range(12)))
    assert {(a.status_code, a.content) for a in answers} == {(200, JPEG)}
    assert len(await _openings(platform)) == 12
