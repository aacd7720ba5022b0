"""Spot checks from the draw to the answer, reports of misses, and what was false and why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

import ingest.housekeeping
from control_center.cameras import Cameras
from control_center.moments import CLIP, Moment
from control_center.spot_checks import SETTLED_AFTER, SpotChecks
from smartopia.clock import rfc3339, utc_now
from smartopia.contract.topics import DeviceKey
from smartopia.metrics import Metrics
from smartopia.store.connection import Connection, connect_database, database_pool
from tests.support.alerts import add_alert, add_thing, draft
from tests.support.center import Center, running_center
from tests.support.parts import rows
from tests.support.seen import sightings
from tests.support.servers import Platform

CAMERA = DeviceKey("gimpo", "cam-1")
CHECKS = "/api/v1/field/checks"


@pytest.fixture
async def database(platform: Platform) -> AsyncIterator[Connection]:
    async with await connect_database(platform.settings, "test") as connection:
        await connection.set_autocommit(True)
        yield connection


@pytest.fixture
async def thing(database: Connection) -> int:
    thing = await add_thing(database, CAMERA.device)
    await database.execute(
        "UPDATE thing SET frame_rate = 1, stage = 'field', staged_at = now(), staged_by = 'test'"
    )
    return thing


@pytest.fixture
async def checks(platform: Platform) -> AsyncIterator[SpotChecks]:
    """Spot checks of a camera that was seen just now."""
    cameras = Cameras()
    now = utc_now()
    for one in sightings(CAMERA, now):
        cameras.take(one, now)
    async with database_pool(platform.settings, "test", 2) as pool:
        yield SpotChecks(platform.settings, pool, cameras, Metrics())


@pytest.fixture
async def center(platform: Platform) -> AsyncIterator[Center]:
    async with running_center(platform, spot_checks=0) as center:
        yield center


async def _kept(checks: SpotChecks, thing: int, *, ago_s: float = 100) -> datetime:
    """Keep and settle a check; when its moment began."""
    at = utc_now() - timedelta(seconds=ago_s)
    assert await checks.keep(CAMERA, Moment(thing, at, 0.001), utc_now())
    await checks.settle(utc_now())
    return at


async def _answer(client: httpx.AsyncClient, check: int, **body: Any) -> httpx.Response:
    return await client.post(f"{CHECKS}/{check}/answer", json=body)


async def test_a_check_is_shown_answered_and_counted(
    platform: Platform, checks: SpotChecks, thing: int, center: Center
) -> None:
    await _kept(checks, thing, ago_s=300)
    await _kept(checks, thing)
    client = await center.operator("kim", "operator")
    told = (await client.get(CHECKS)).json()
    assert (told["waiting"], told["answered"]) == (2, 0)
    check = told["next"]
    assert check["thing"]["id"] == thing
    seconds = [picture["seconds"] for picture in check["pictures"]]
    assert (len(seconds), seconds[0], seconds[-1]) == (10, 0.0, 10.0)
    for picture in check["pictures"]:
        response = await client.get(picture["url"])
        assert response.content.startswith(b"\xff\xd8"), "the masked picture"
        assert response.headers["Cache-Control"] == "no-store"
    assert (await client.get(f"{CHECKS}/{check['id']}/pictures/10")).status_code == 404

    after = (await _answer(client, check["id"], answer="nothing")).json()
    assert (after["waiting"], after["answered"]) == (1, 1)
    second = after["next"]["id"]
    done = await _answer(
        client, second, answer="missed", situation="loitering", began_before=False, note="by a van"
    )
    assert done.json()["next"] is None
    (row,) = await rows(platform, "SELECT * FROM spot_check WHERE id = %s", (second,))
    assert (row["answer"], row["situation"], row["began_before"]) == ("missed", "loitering", False)
    assert (row["answered_by"], row["probability"]) == ("kim", 0.001)
    counted = (await client.get("/api/v1/field/summary")).json()
    assert counted["checks"] == {"nothing": 1, "missed": 1, "cannot_tell": 0, "unanswered": 0}
    assert [s["missed_in_checks"] for s in counted["situations"]] == [1]


async def test_the_first_answer_stays(checks: SpotChecks, thing: int, center: Center) -> None:
    await _kept(checks, thing)
    first = await center.operator("kim", "operator")
    second = await center.operator("lee", "operator")
    check = (await first.get(CHECKS)).json()["next"]["id"]
    assert (await _answer(first, check, answer="nothing")).status_code == 200
    response = await _answer(second, check, answer="cannot_tell")
    assert response.status_code == 409
    assert "kim has answered it already" in response.text
    assert (await _answer(first, 999, answer="nothing")).status_code == 404


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "answer"),
        ({"answer": "perhaps"}, "answer"),
        ({"answer": "missed"}, "situation and began_before"),
        ({"answer": "missed", "situation": "loitering"}, "began_before"),
        ({"answer": "missed", "situation": "aliens", "began_before": False}, "situation: one of"),
        ({"answer": "missed", "situation": "other", "began_before": False}, "note"),
        ({"answer": "nothing", "situation": "loitering", "began_before": False}, "situation"),
    ],
)
async def test_an_answer_that_says_too_little_or_too_much_is_refused(
    checks: SpotChecks, thing: int, center: Center, body: dict[str, Any], named: str
) -> None:
    await _kept(checks, thing)
    client = await center.operator("kim", "operator")
    check = (await client.get(CHECKS)).json()["next"]["id"]
    response = await _answer(client, check, **body)
    assert response.status_code == 400
    assert named in response.json()["error"]["message"]
    assert (await client.get(CHECKS)).json()["answered"] == 0


async def test_a_viewer_looks_but_does_not_answer(
    checks: SpotChecks, thing: int, center: Center
) -> None:
    await _kept(checks, thing)
    client = await center.operator("eve", "viewer")
    check = (await client.get(CHECKS)).json()["next"]["id"]
    assert (await _answer(client, check, answer="nothing")).status_code == 403
    miss = {"thing": thing, "situation": "fire", "happened_at": rfc3339(utc_now()), "note": "x y"}
    assert (await client.post("/api/v1/field/misses", json=miss)).status_code == 403


async def test_a_moment_with_an_alert_is_not_checked(
    platform: Platform, database: Connection, checks: SpotChecks, thing: int
) -> None:
    """Neither one that was open then, nor one that came within the minute after."""
    now = utc_now()
    moments = [now - timedelta(seconds=s) for s in (1000, 700, 400, 100)]
    for at in moments:
        await checks.keep(CAMERA, Moment(thing, at, 0.5), now)
    spans = [
        (moments[0] - timedelta(seconds=50), moments[0] + timedelta(seconds=5)),
        (moments[1] + CLIP + SETTLED_AFTER - timedelta(seconds=1), moments[1] + 2 * SETTLED_AFTER),
        (moments[2] - timedelta(seconds=50), moments[2] - timedelta(seconds=1)),
    ]
    for n, (raised, cleared) in enumerate(spans):
        await add_alert(database, draft(thing, f"test:{n}"))
        await database.execute(
            "UPDATE alert SET raised_at = %s, cleared_at = %s, active = false WHERE key = %s",
            (raised, cleared, f"test:{n}"),
        )
    await checks.settle(now)
    left = await rows(platform, "SELECT moment_at, ready_at FROM spot_check ORDER BY 1")
    assert [row["moment_at"] for row in left] == moments[2:]
    assert all(row["ready_at"] for row in left)
    (count,) = await rows(platform, "SELECT count(DISTINCT check_id) AS n FROM spot_check_picture")
    assert count["n"] == 2, "the pictures of the others are gone"


async def test_a_check_waits_until_its_alert_would_have_come(
    checks: SpotChecks, thing: int, center: Center
) -> None:
    await _kept(checks, thing, ago_s=30)
    client = await center.operator("kim", "operator")
    told = (await client.get(CHECKS)).json()
    assert (told["next"], told["waiting"]) == (None, 0)


async def test_a_moment_is_kept_once_and_only_with_pictures(
    platform: Platform, checks: SpotChecks, thing: int
) -> None:
    at = utc_now()
    for _ in range(2):
        assert await checks.keep(CAMERA, Moment(thing, at, 0.5), at)
    assert not await checks.keep(DeviceKey("gimpo", "dark"), Moment(thing, at - CLIP, 0.5), at)
    (count,) = await rows(
        platform,
        "SELECT (SELECT count(*) FROM spot_check) AS checks,"
        " (SELECT count(*) FROM spot_check_picture) AS pictures",
    )
    assert count == {"checks": 1, "pictures": 10}


async def test_the_first_cameras_of_a_city_are_checked_from_their_first_hour_on(
    platform: Platform, database: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("control_center.spot_checks._ASK_AGAIN_S", 0.1)
    async with database_pool(platform.settings, "test", 2) as pool:
        asking = asyncio.create_task(
            SpotChecks(platform.settings, pool, Cameras(), Metrics()).keys()
        )
        await asyncio.wait([asking], timeout=0.5)
        assert not asking.done(), "there is no camera yet"
        thing = await add_thing(database, CAMERA.device)
        await database.execute("UPDATE thing SET frame_rate = 1, stage = 'field'")
        assert await asyncio.wait_for(asking, 20) == {thing: CAMERA}


async def test_clips_are_gone_after_their_time_and_answers_stay(
    platform: Platform, checks: SpotChecks, thing: int, center: Center
) -> None:
    await _kept(checks, thing)
    client = await center.operator("kim", "operator")
    check = (await client.get(CHECKS)).json()["next"]
    await _answer(client, check["id"], answer="nothing")
    (row,) = await rows(platform, "SELECT max(expires_at) - now() AS left FROM spot_check_picture")
    assert timedelta(days=29) < row["left"] <= timedelta(days=30)
    await rows(platform, "UPDATE spot_check_picture SET expires_at = now()")
    assert (await client.get(check["pictures"][0]["url"])).status_code == 404
    await ingest.housekeeping._chores(platform.settings)
    assert await rows(platform, "SELECT 1 FROM spot_check_picture") == []
    assert [r["answer"] for r in await rows(platform, "SELECT answer FROM spot_check")] == [
        "nothing"
    ]


async def test_a_miss_is_reported_and_counted(thing: int, center: Center) -> None:
    client = await center.operator("kim", "operator")
    path = "/api/v1/field/misses"
    miss = {
        "thing": thing,
        "situation": "collapse",
        "happened_at": rfc3339(utc_now() - timedelta(hours=2)),
        "note": "A man lay at the bus stop; the driver called.",
    }
    assert (await client.post(path, json=miss)).status_code == 201
    (told,) = (await client.get(path)).json()["misses"]
    assert (told["situation"], told["reported_by"]) == ("collapse", "kim")
    for wrong, named in (
        ({"thing": 999}, "thing: 999 is no camera"),
        ({"situation": "aliens"}, "situation: one of"),
        ({"happened_at": rfc3339(utc_now() + timedelta(hours=1))}, "in the future"),
        ({"happened_at": 5}, "happened_at"),
        ({"note": "  "}, "note"),
    ):
        response = await client.post(path, json=miss | wrong)
        assert (response.status_code, named in response.text) == (400, True), response.text
    counted = (await client.get("/api/v1/field/summary")).json()["situations"]
    assert [(s["situation"], s["missed_reported"]) for s in counted] == [("collapse", 1)]


async def test_a_false_alert_says_why(
    platform: Platform, database: Connection, thing: int, center: Center
) -> None:
    for key in ("test:1", "test:2"):
        await add_alert(database, draft(thing, key))
    client = await center.operator("kim", "operator")
    why = {"version": 1, "disposition": "false", "false_reason": "animal"}
    alerts = [row["id"] for row in await rows(platform, "SELECT id FROM alert ORDER BY id")]
    answer = await client.post(f"/api/v1/alerts/{alerts[0]}/resolve", json=why)
    assert answer.json()["alert"]["false_reason"] == "animal"
    true = {"version": 1, "disposition": "true"}
    answer = await client.post(f"/api/v1/alerts/{alerts[1]}/resolve", json=true)
    assert answer.json()["alert"]["false_reason"] is None
    (counted,) = (await client.get("/api/v1/field/summary")).json()["situations"]
    assert (counted["alerts"], counted["true"], counted["false"]) == (2, 1, 1)
    assert counted["false_reasons"] == {"animal": 1}
