"""The API of devices: who may move them, what is told of them, and what consoles hear."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg
import pytest

from smartopia.clock import utc_now
from smartopia.contract.topics import DeviceKey
from smartopia.store.connection import connect_database
from smartopia.things.checks import keep_check
from smartopia.things.stage import find_thing, withdraw
from tests.support.alerts import add_datastream, add_thing
from tests.support.center import Center, following
from tests.support.parts import Row, eventually, rows, shut_database
from tests.support.servers import Platform

KEY = DeviceKey("gimpo", "river-1")
FAILED = {
    "number": 17,
    "level": "MUST",
    "title": "tells times its clock can mean",
    "outcome": "fail",
    "seen": "3 days ahead",
    "mend": "set its clock",
}


@pytest.fixture
async def platform(platform: Platform) -> Platform:
    """It, with one device that has announced itself."""
    async with await connect_database(platform.settings, "test") as connection:
        await add_datastream(connection, await add_thing(connection, KEY.device))
        await connection.execute("UPDATE thing SET announce_digest = 'd1'")
        await connection.commit()
    return platform


async def check(platform: Platform, grade: str = "A", *, passed: bool = True) -> None:
    await keep_check(
        platform.settings,
        KEY,
        passed=passed,
        grade=grade,
        announce_digest="d1",
        report={"findings": [] if passed else [FAILED]},
    )


async def refuse(platform: Platform, reason: str, count: int = 1, ago: str = "0 s") -> None:
    await rows(
        platform,
        "INSERT INTO quarantine (received_at, topic, reason, detail, payload, thing_id, count)"
        " VALUES (now() - %s::interval, 'smartopia/v1/gimpo/river-1/observations', %s,"
        " 'detail of ' || %s, '{}', 1, %s)",
        (ago, reason, count, count),
    )


async def thing_of(client: httpx.AsyncClient) -> Row:
    response = await client.get("/api/v1/things/1")
    assert response.status_code == 200, response.text
    told: Row = response.json()["thing"]
    (listed,) = (await client.get("/api/v1/things")).json()["things"]
    assert listed == told
    return told


async def move(client: httpx.AsyncClient, stage: object, thing: int = 1) -> httpx.Response:
    return await client.post(f"/api/v1/things/{thing}/stage", json={"stage": stage})


async def test_a_new_device_is_in_the_sandbox_and_told_why_it_stays(center: Center) -> None:
    client = await center.administrator()
    told = await thing_of(client)
    assert (told["stage"], told["check"]) == ("sandbox", None)
    assert "smartopia device check river-1" in told["held_back"]
    refused = await move(client, "field")
    assert refused.status_code == 409
    error = refused.json()
    assert error["error"] == {"code": "held_back", "message": told["held_back"]}
    assert error["thing"] == told


async def test_a_device_that_passed_is_promoted_and_put_back(
    platform: Platform, center: Center
) -> None:
    await check(platform)
    client = await center.administrator()
    before = utc_now()
    for _ in range(2):  # a second press of the button changes nothing
        response = await move(client, "field")
        assert response.status_code == 200
    told = await thing_of(client)
    assert told == response.json()["thing"]
    assert (told["stage"], told["staged_by"], told["held_back"]) == ("field", "admin", None)
    assert told["staged_at"] >= before.isoformat()[:19]
    assert (await move(client, "sandbox")).json()["thing"]["stage"] == "sandbox"


async def test_a_device_whose_newest_check_failed_is_held_back(
    platform: Platform, center: Center
) -> None:
    await check(platform)
    await check(platform, "F", passed=False)
    client = await center.administrator()
    assert (await move(client, "field")).status_code == 409
    detail = (await client.get("/api/v1/things/1")).json()
    assert detail["thing"]["check"].items() >= {"grade": "F", "passed": False}.items()
    assert detail["assertions"] == [FAILED | {"number": "17"}]


async def test_a_device_that_changed_since_its_check_is_held_back(
    platform: Platform, center: Center
) -> None:
    await check(platform)
    await rows(platform, "UPDATE thing SET announce_digest = 'd2'")
    client = await center.administrator()
    assert (await thing_of(client))["check"]["current"] is False
    assert (await move(client, "field")).status_code == 409


@pytest.mark.parametrize("role", ["operator", "viewer"])
async def test_only_an_administrator_moves_devices(
    platform: Platform, center: Center, role: str
) -> None:
    await check(platform)
    client = await center.operator("kim", role)
    for stage in ("field", "sandbox"):
        response = await move(client, stage)
        assert response.status_code == 403
        assert response.json()["error"]["code"] == "not_permitted"
    assert (await thing_of(client))["stage"] == "sandbox"


@pytest.mark.parametrize("body", [{}, {"stage": "street"}, {"stage": "field", "more": 1}, []])
async def test_a_wrong_body_is_refused_with_what_is_allowed(center: Center, body: Any) -> None:
    client = await center.administrator()
    response = await client.post("/api/v1/things/1/stage", json=body)
    assert response.status_code == 400
    assert response.json()["error"]["message"]


@pytest.mark.parametrize("thing", [2, 2**31, 2**63, 10**30])
async def test_a_device_that_is_not_there_is_not_found(center: Center, thing: int) -> None:
    client = await center.administrator()
    assert (await client.get(f"/api/v1/things/{thing}")).status_code == 404
    assert (await move(client, "field", thing)).status_code == 404


async def test_refusals_of_the_last_hour_are_counted_by_reason_with_what_to_do(
    platform: Platform, center: Center
) -> None:
    await refuse(platform, "absurd_time", 2, "50 min")
    await refuse(platform, "absurd_time", 10)
    await refuse(platform, "flooding", 40_000, "10 min")
    await refuse(platform, "malformed", 5, "61 min")
    client = await center.administrator()
    told = (await thing_of(client))["refused_last_hour"]
    seen = [(item["reason"], item["count"], item["detail"]) for item in told]
    assert seen == [("flooding", 40_000, "detail of 40000"), ("absurd_time", 12, "detail of 10")]
    assert all(item["mend"] for item in told)
    listed = (await client.get("/api/v1/things/refused")).json()["refused_last_hour"]
    assert listed == {"1": told}
    newest = (await client.get("/api/v1/things/1")).json()["refused"]
    assert [item["count"] for item in newest] == [10, 40_000, 2, 5]
    quarantine = (await client.get("/api/v1/quarantine")).json()
    assert quarantine["counts"] == {"absurd_time": 12, "flooding": 40_000, "malformed": 5}


async def test_consoles_hear_of_a_check_and_of_every_move(
    platform: Platform, center: Center
) -> None:
    client = await center.administrator()
    async with following(client) as console:

        def told() -> list[tuple[str, bool]]:
            return [(thing["stage"], thing["check"] is not None) for thing in console.data("thing")]

        await check(platform)
        await eventually(lambda: ("sandbox", True) in told(), what="the check is told")
        await move(client, "field")
        await eventually(lambda: ("field", True) in told(), what="the promotion is told")
        # As the command does it, with no console at hand.
        async with await connect_database(platform.settings, "test") as connection:
            thing = await find_thing(connection, KEY.site, KEY.device)
            await withdraw(connection, thing, by="lee", now=utc_now())
            await connection.commit()
        await eventually(
            lambda: console.data("thing")[-1]["staged_by"] == "lee", what="the way back is told"
        )


async def test_a_move_while_the_database_was_away_is_told_afterwards(
    platform: Platform, center: Center
) -> None:
    client = await center.administrator()
    await check(platform)
    async with following(client) as console:
        await eventually(lambda: console.data("thing"), what="the check is told")
        connection = await connect_database(platform.settings, "test")
        async with connection:
            # All other connections end, so that nobody listens as it commits.
            shut_all_but(platform, connection.info.backend_pid)
            thing = await find_thing(connection, KEY.site, KEY.device)
            await withdraw(connection, thing, by="lee", now=utc_now())
            await connection.commit()
        shut_database(platform, shut=False)
        await eventually(
            lambda: console.data("thing")[-1]["staged_by"] == "lee", what="the move is told"
        )


def shut_all_but(platform: Platform, pid: int) -> None:
    """Refuse new connections to the database and end all of them but one."""
    server, _, name = platform.database.rpartition("/")
    with psycopg.connect(f"{server}/smartopia", autocommit=True) as connection:
        named = psycopg.sql.Identifier(name)
        connection.execute(
            psycopg.sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(named)
        )
        connection.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> %s",
            (name, pid),
        )
