"""The API of cameras: what detectors tell comes through, and pictures only to who is signed in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from smartopia.bus.connection import Broker
from smartopia.clock import rfc3339, utc_now
from smartopia.contract.topics import DeviceKey
from smartopia.seen import Sighted, seen_of
from smartopia.store.connection import connect_database
from tests.support.alerts import add_alert, add_thing, draft
from tests.support.center import Center, following
from tests.support.parts import Row, broker_of, eventually, rows
from tests.support.servers import Platform
from tests.support.wall import JPEG, of, sighted

GATE = DeviceKey("gimpo", "cam-gate")


@pytest.fixture
async def platform(platform: Platform) -> Platform:
    """It, with a camera and a device that is none."""
    async with await connect_database(platform.settings, "test") as connection:
        for name in (GATE.device, "river-1"):
            await add_thing(connection, name)
        await connection.execute("UPDATE thing SET frame_rate = 2 WHERE name = 'cam-gate'")
        await connection.commit()
    return platform


@pytest.fixture
async def broker(platform: Platform) -> AsyncIterator[Broker]:
    async with broker_of(platform) as connected:
        yield connected


async def tell(broker: Broker, told: Sighted) -> None:
    await broker.client.publish(seen_of(told.seen.camera), told.encode())
    await broker.client.flush()


async def watched(client: httpx.AsyncClient) -> Row | None:
    response = await client.get("/api/v1/cameras")
    assert response.status_code == 200, response.text
    (camera,) = response.json()["cameras"]
    found: Row | None = camera["watched"]
    return found


async def test_a_picture_comes_through_and_is_given_to_who_is_signed_in(
    center: Center, broker: Broker
) -> None:
    client = await center.administrator()
    missing = await client.get("/api/v1/cameras/1/picture")
    assert missing.status_code == 404
    assert "no picture of cam-gate yet" in missing.json()["error"]["message"]

    told = sighted(GATE, utc_now(), objects=[of("person"), of("car", 0.1)])
    await tell(broker, told)
    seen = await eventually(lambda: watched(client), what="the camera is watched")
    assert seen["resolution"] == [640, 384]
    assert seen["counts"] == {"person": 1}
    assert seen["picture"]["time"] == rfc3339(told.seen.time)

    async def found() -> httpx.Response | None:
        response = await client.get("/api/v1/cameras/1/picture")
        return response if response.status_code == 200 else None

    picture = await eventually(found, what="its picture is given")
    assert picture.content == JPEG
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.headers["cache-control"] == "no-store"
    known = {"If-None-Match": picture.headers["etag"]}
    again = await client.get("/api/v1/cameras/1/picture", headers=known)
    assert (again.status_code, again.content) == (304, b"")

    stranger = await center.client().get("/api/v1/cameras/1/picture")
    assert stranger.status_code == 401


async def test_the_picture_of_a_time_is_that_and_no_other(center: Center, broker: Broker) -> None:
    client = await center.administrator()
    first, second = utc_now() - timedelta(seconds=1), utc_now()
    await tell(broker, sighted(GATE, first, masked=b"first"))
    await tell(broker, sighted(GATE, second, masked=b"second"))

    async def at(time: str) -> httpx.Response:
        return await client.get("/api/v1/cameras/1/picture", params={"time": time})

    async def both() -> bool:
        return (await at(rfc3339(second))).content == b"second"

    await eventually(both, what="both came")
    assert (await at(rfc3339(first))).content == b"first"
    assert (await at("2020-01-01T00:00:00Z")).status_code == 404
    assert (await at("noon")).status_code == 400

    async def together(*wanted: str) -> httpx.Response:
        return await client.get("/api/v1/cameras/pictures", params={"of": wanted})

    async def given() -> httpx.Response | None:
        # Which device a camera is has to be asked first.
        response = await together(f"1@{rfc3339(first)}", f"77@{rfc3339(first)}")
        return response if response.status_code == 200 else None

    several = await eventually(given, what="the pictures are given at once")
    assert several.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert several.content.count(b"Content-Disposition") == 1
    assert b'name="1"' in several.content
    assert b"\r\n\r\nfirst\r\n" in several.content
    assert (await together("1@2020-01-01T00:00:00Z")).status_code == 404
    assert (await together("1@noon")).status_code == 400
    assert (await together("no camera@noon")).status_code == 404


async def test_consoles_are_told_of_what_is_seen_and_survive_what_is_none(
    center: Center, broker: Broker
) -> None:
    client = await center.administrator()
    async with following(client) as console:
        await broker.client.publish(seen_of(GATE), b"nothing of ours")
        await tell(broker, sighted(DeviceKey("gimpo", "nobody"), utc_now()))

        async def told() -> list[list[Row]]:
            # Which device it is has to be asked first; the next frame is told.
            await tell(broker, sighted(GATE, utc_now(), objects=[of("person", 0.876)]))
            return console.data("cameras")

        events = await eventually(told, what="it is told")
    camera = events[0][0]
    assert camera["id"] == 1
    assert camera["picture"]["objects"] == [
        {"label": "person", "score": 0.88, "box": [10, 20, 40, 90]}
    ]
    assert 0 <= camera["picture"]["lag"] < 5


async def test_a_camera_is_told_with_its_alerts_and_a_device_that_is_none_is_no_camera(
    center: Center, platform: Platform
) -> None:
    client = await center.administrator()
    async with await connect_database(platform.settings, "test") as connection:
        await add_alert(connection, draft(1))
        await connection.commit()
    told = (await client.get("/api/v1/cameras/1")).json()
    assert told["camera"]["open_alerts"] == 1
    assert told["camera"]["watched"] is None
    assert [alert["title"] for alert in told["alerts"]] == ["Level too high"]
    (river,) = await rows(platform, "SELECT id FROM thing WHERE name = 'river-1'")
    for nobody in (river["id"], 999, 2**40):
        assert (await client.get(f"/api/v1/cameras/{nobody}")).status_code == 404
        assert (await client.get(f"/api/v1/cameras/{nobody}/picture")).status_code == 404
