"""What is told of one alert, and what becomes of it when two act."""

from __future__ import annotations

import logging

import pytest

from smartopia.store.connection import Connection
from tests.support.alerts import add_datastream, add_thing, picture
from tests.support.api import code_of, message_of, open_alert
from tests.support.center import Center
from tests.support.parts import rows
from tests.support.servers import Platform


async def test_a_conflict_tells_the_alert_as_it_is_now(
    center: Center, database: Connection
) -> None:
    alert = await open_alert(database)
    first, second = await center.administrator(), await center.operator("bob", "operator")
    path = f"/api/v1/alerts/{alert}/acknowledge"
    assert (await first.post(path, json={"version": 1, "note": "mine"})).status_code == 200
    response = await second.post(path, json={"version": 1})
    assert (response.status_code, code_of(response)) == (409, "changed_meanwhile")
    now = response.json()["alert"]
    assert (now["id"], now["version"], now["acknowledged_by"]) == (alert, 2, "admin")
    assert "you saw 1" in message_of(response)
    response = await second.post(path, json={"version": 2})
    assert response.status_code == 409
    assert "already acknowledged by admin" in message_of(response)
    resolve = {"version": 2, "disposition": "false", "false_reason": "wrong_object"}
    response = await second.post(f"/api/v1/alerts/{alert}/resolve", json=resolve)
    assert response.json()["alert"]["resolved_by"] == "bob"
    life = (await first.get(f"/api/v1/alerts/{alert}")).json()["transitions"]
    assert [(step["kind"], step["actor"]) for step in life] == [
        ("raised", "rules"),
        ("acknowledged", "admin"),
        ("resolved", "bob"),
    ]
    assert (await first.get("/api/v1/alerts")).json()["alerts"] == []


async def test_who_looks_at_a_picture_is_logged(
    platform: Platform, center: Center, database: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    jpeg = b"\xff\xd8 masked \xff\xd9"
    alert = await open_alert(database, images=(picture(jpeg),))
    client = await center.operator("bob", "operator")
    (image,) = (await client.get(f"/api/v1/alerts/{alert}")).json()["images"]
    with caplog.at_level(logging.INFO, "control_center"):
        response = await client.get(image["url"])
        assert (response.content, response.headers["Content-Type"]) == (jpeg, "image/jpeg")
        assert f"picture {image['id']} of alert {alert} seen by bob" in caplog.messages
        caplog.clear()
        await rows(platform, "UPDATE evidence_image SET expires_at = now()")
        assert (await client.get(image["url"])).status_code == 404
        assert not [message for message in caplog.messages if "seen by" in message]
    assert (await client.get(f"/api/v1/alerts/{alert}")).json()["images"] == []


async def test_an_alert_is_told_with_its_series(center: Center, database: Connection) -> None:
    thing = await add_thing(database)
    stream = await add_datastream(database, thing)
    await database.execute("SELECT make_room(now(), now())")
    await database.execute(
        "INSERT INTO observation SELECT %s, now() - make_interval(secs => n), n,"
        " CASE WHEN n = 3 THEN 4 ELSE 1 END, now(), 1, n, 0 FROM generate_series(0, 9) n",
        (stream,),
    )
    alert = await open_alert(database, datastream=stream)
    client = await center.administrator()
    told = (await client.get(f"/api/v1/alerts/{alert}")).json()
    assert (told["series"]["unit"], told["series"]["threshold"]) == ("m", 5)
    # What no sensor can measure is left out.
    assert [value for _, value in told["series"]["points"]] == [9, 8, 7, 6, 5, 4, 2, 1, 0]
