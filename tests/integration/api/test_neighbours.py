"""What an operator is told besides an alert and a picture: who else saw it, who crossed a line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from smartopia.bus.connection import Broker
from smartopia.clock import rfc3339, utc_now
from smartopia.contract.topics import DeviceKey
from smartopia.crossings import Crossings, WireCrossings, crossings_of
from smartopia.siteview_store import ViewSource, keep_view
from smartopia.store.connection import Connection
from tests.support.alerts import add_alert, add_thing, draft
from tests.support.center import Center, following
from tests.support.parts import Row, broker_of, eventually
from tests.support.servers import Platform
from tests.support.sightings import forbidden

GATE = DeviceKey("gimpo", "cam-gate")


@pytest.fixture
async def gate(database: Connection) -> int:
    """A camera's id."""
    thing = await add_thing(database, GATE.device)
    await database.execute("UPDATE thing SET frame_rate = 2 WHERE id = %s", (thing,))
    return thing


@pytest.fixture
async def broker(platform: Platform) -> AsyncIterator[Broker]:
    async with broker_of(platform) as connected:
        yield connected


async def test_an_alert_names_the_other_cameras_that_saw_the_same(
    center: Center, database: Connection
) -> None:
    client = await center.administrator()
    begun = utc_now() - timedelta(seconds=60)
    async with following(client) as console:
        for number, (camera, incident) in enumerate(
            [("cam-1", "walk"), ("cam-2", "walk"), ("cam-3", "else"), ("cam-4", None)]
        ):
            plain = draft(await add_thing(database, camera), f"seen:{camera}")
            facts = plain.evidence | ({"incident": incident} if incident else {})
            onset = begun + timedelta(seconds=10 * number)
            await add_alert(database, replace(plain, onset=onset, evidence=facts))
        told = await eventually(
            lambda: console.data("alert") if len(console.data("alert")) == 4 else None,
            what="all are told",
        )
    assert [one["alert"]["incident"] for one in told] == ["walk", "walk", "else", None]

    async def others(alert: int) -> list[tuple[str, str]]:
        found = (await client.get(f"/api/v1/alerts/{alert}")).json()["also_seen"]
        return [(one["thing"]["name"], one["onset"]) for one in found]

    assert await others(1) == [("cam-2", rfc3339(begun + timedelta(seconds=10)))]
    assert await others(2) == [("cam-1", rfc3339(begun))]
    assert await others(3) == []
    assert await others(4) == []


async def test_crossings_are_told_by_wire_and_direction_with_since_when(
    center: Center, broker: Broker, gate: int
) -> None:
    client = await center.administrator()
    assert (await client.get(f"/api/v1/cameras/{gate}")).json()["crossings"] is None
    now = utc_now()
    begun = now - timedelta(minutes=9)
    first, second = (begun + timedelta(minutes=n) for n in (1, 3))
    wires = (
        WireCrossings(wire="gate", families=("person",), minutes=((first, 2, 0), (second, 1, 4))),
        WireCrossings(wire="kerb", families=("person",)),
    )
    told = Crossings(site=GATE.site, device=GATE.device, since=begun, until=now, wires=wires)
    await broker.client.publish(crossings_of(GATE), b"nothing of ours")
    await broker.client.publish(crossings_of(GATE), told.model_dump_json().encode())

    async def shown() -> Row | None:
        found: Row | None = (await client.get(f"/api/v1/cameras/{gate}")).json()["crossings"]
        return found

    counted = await eventually(shown, what="the crossings are shown")
    assert (counted["since"], counted["until"]) == (rfc3339(begun), rfc3339(now))
    assert 0 <= counted["age"] < 10
    (gates, kerb) = counted["wires"]
    assert (gates["wire"], gates["left_to_right"], gates["right_to_left"]) == ("gate", 3, 4)
    assert gates["minutes"][1] == {
        "minute": rfc3339(second),
        "left_to_right": 1,
        "right_to_left": 4,
    }
    assert (kerb["left_to_right"], kerb["minutes"]) == (0, [])

    gone = told.model_copy(update={"wires": ()})
    await broker.client.publish(crossings_of(GATE), gone.model_dump_json().encode())

    async def away() -> bool:
        return await shown() is None

    await eventually(away, what="wires that are not drawn any more are shown no more")


async def test_how_many_areas_are_drawn_is_told(
    center: Center, database: Connection, gate: int
) -> None:
    client = await center.administrator()

    async def drawn() -> tuple[int | None, int]:
        camera = (await client.get(f"/api/v1/cameras/{gate}")).json()["camera"]
        return camera["site_view"], camera["areas"]

    assert await drawn() == (None, 0)
    view = forbidden(GATE)
    await keep_view(database, gate, view, author="operator", source=ViewSource.DRAWN, expected=None)
    assert await drawn() == (1, 1)
