"""Sandbox and field: who raises alerts, and how one gets there."""

from __future__ import annotations

import pytest
from psycopg import AsyncConnection

import analytics.rules.part
import ingest.part
from smartopia.clock import utc_now
from smartopia.contract.topics import DeviceKey
from smartopia.errors import StageError
from smartopia.store.connection import connect_database
from smartopia.things.checks import keep_check
from smartopia.things.stage import enlist, find_thing, forget, promote, withdraw
from tests.integration.conftest import Admit
from tests.support.device import LEVEL, Device
from tests.support.parts import Row, ago, eventually, rows, running
from tests.support.servers import Platform

PRESSED = {"name": "bell", "observed_property": "bell_pressed", "unit": "{pressed}", "period": 1}
KEY = DeviceKey("gimpo", "bell-1")


async def _thing(platform: Platform, name: str = "bell-1") -> Row:
    async def announced() -> Row | None:
        found = await rows(platform, "SELECT * FROM thing WHERE name = %s", [name])
        return found[0] if found else None

    return await eventually(announced, what=f"{name} is announced")


async def _pass_check(platform: Platform, *, passed: bool = True) -> None:
    thing = await _thing(platform)
    await keep_check(
        platform.settings,
        KEY,
        passed=passed,
        grade="A" if passed else "F",
        announce_digest=thing["announce_digest"],
        report={"findings": []},
    )


async def _promote(platform: Platform) -> None:
    async with await connect_database(platform.settings, "test") as connection:
        thing = await find_thing(connection, KEY.site, KEY.device)
        await promote(connection, thing, by="kim", now=utc_now())
        await connection.commit()


async def _withdraw(platform: Platform) -> None:
    async with await connect_database(platform.settings, "test") as connection:
        thing = await find_thing(connection, KEY.site, KEY.device)
        await withdraw(connection, thing, by="kim", now=utc_now())
        await connection.commit()


class _Bell:
    def __init__(self, device: Device) -> None:
        self.device = device
        self.seq = 0

    def press(self) -> None:
        self.device.observe({"boot": "b", "seq": self.seq, "time": ago(0), "results": {"bell": 1}})
        self.seq += 1


async def _stored(platform: Platform, n: int) -> None:
    async def enough() -> bool:
        return len(await rows(platform, "SELECT 1 FROM observation")) >= n

    await eventually(enough, what=f"{n} observations stored")


async def _evaluated(platform: Platform) -> None:
    """Both readers of the log stand at its end."""

    async def level() -> bool:
        found = await rows(platform, "SELECT position FROM log_cursor")
        return len(found) == 2 and len({row["position"] for row in found}) == 1

    await eventually(level, what="rules and ingest stand at the same place")


async def test_a_new_device_is_stored_and_raises_an_alert_only_once_it_is_promoted(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit(KEY.device, field=False)
    bell = _Bell(device)
    async with (
        running(ingest.part.run, platform.settings),
        running(analytics.rules.part.run, platform.settings),
    ):
        device.announce([PRESSED])
        bell.press()
        await _stored(platform, 1)
        await _evaluated(platform)
        assert (await _thing(platform))["stage"] == "sandbox"
        assert await rows(platform, "SELECT 1 FROM alert") == []

        await _pass_check(platform)
        await _promote(platform)

        async def raised() -> list[Row]:
            bell.press()
            return await rows(platform, "SELECT rule FROM alert")

        alerts = await eventually(raised, what="an alert after the promotion")
    assert [alert["rule"] for alert in alerts] == ["emergency-bell"]
    thing = await _thing(platform)
    assert (thing["stage"], thing["staged_by"]) == ("field", "kim")


async def test_a_device_back_in_the_sandbox_raises_nothing_new(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit(KEY.device)
    async with running(ingest.part.run, platform.settings):
        device.announce([PRESSED])
        assert (await _thing(platform))["stage"] == "field"
        await _withdraw(platform)
        _Bell(device).press()
        async with running(analytics.rules.part.run, platform.settings):
            await _stored(platform, 1)
            await _evaluated(platform)
    assert await rows(platform, "SELECT 1 FROM alert") == []


async def test_a_device_that_was_put_into_the_sandbox_is_not_let_out_by_its_fleet(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit(KEY.device)
    async with running(ingest.part.run, platform.settings):
        device.announce([PRESSED])
        await _thing(platform)
        await _withdraw(platform)
        async with await connect_database(platform.settings, "test") as connection:
            await enlist(connection, KEY.site, [KEY.device], by="simulate")
            await connection.commit()
        device.announce([PRESSED])
    assert (await _thing(platform))["stage"] == "sandbox"


@pytest.mark.parametrize(
    ("why", "passed", "changed"),
    [
        ("has not been checked: run `smartopia device check bell-1`", None, False),
        ("did not pass its newest check (grade F)", False, False),
        ("announces something else than when it was checked", True, True),
    ],
)
async def test_promotion_needs_a_passed_check_of_what_is_announced_now(
    platform: Platform, admit: Admit, why: str, passed: bool | None, changed: bool
) -> None:
    (device,) = await admit(KEY.device, field=False)
    async with running(ingest.part.run, platform.settings):
        device.announce([PRESSED])
        first = (await _thing(platform))["announce_digest"]
        if passed is not None:
            await _pass_check(platform, passed=passed)
        if changed:
            device.announce([PRESSED, LEVEL])

            async def other() -> bool:
                return bool((await _thing(platform))["announce_digest"] != first)

            await eventually(other, what="the new announcement is stored")
        with pytest.raises(StageError) as refused:
            await _promote(platform)
    assert why in str(refused.value)
    assert (await _thing(platform))["stage"] == "sandbox"


async def test_who_announces_the_same_in_another_order_stays_checked(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit(KEY.device, field=False)
    async with running(ingest.part.run, platform.settings):
        device.announce([PRESSED, LEVEL], title="Bell")
        await _thing(platform)
        await _pass_check(platform)
        device.announce([LEVEL, PRESSED], title="Bell at the east gate")

        async def retitled() -> bool:
            return bool((await _thing(platform))["title"] == "Bell at the east gate")

        await eventually(retitled, what="the new title is stored")
        await _promote(platform)
    assert (await _thing(platform))["stage"] == "field"


async def test_pages_hear_of_a_promotion(platform: Platform, admit: Admit) -> None:
    (device,) = await admit(KEY.device, field=False)
    async with running(ingest.part.run, platform.settings):
        device.announce([PRESSED])
        thing = await _thing(platform)
        listener = await AsyncConnection.connect(platform.database, autocommit=True)
        async with listener:
            await listener.execute("LISTEN thing_changed")
            await _pass_check(platform)
            await _promote(platform)
            heard = [notice.payload async for notice in listener.notifies(timeout=2, stop_after=2)]
    assert heard == [str(thing["id"])] * 2


async def test_whoever_takes_over_a_name_begins_in_the_sandbox(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit(KEY.device)
    async with running(ingest.part.run, platform.settings):
        device.announce([PRESSED])
        assert (await _thing(platform))["stage"] == "field"
        async with await connect_database(platform.settings, "test") as connection:
            await forget(connection, KEY.site, KEY.device, by="kim", now=utc_now())
            await connection.commit()
        device.announce([LEVEL])
    assert (await _thing(platform))["stage"] == "sandbox"
    assert await rows(platform, "SELECT 1 FROM enlisted") == []


async def test_a_device_that_tells_no_status_is_online_while_it_is_heard(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit(KEY.device)
    async with running(ingest.part.run, platform.settings):
        device.announce([PRESSED])
        _Bell(device).press()

        async def state(wanted: str) -> bool:
            return bool((await _thing(platform))["state"] == wanted)

        await eventually(lambda: state("online"), what="it is online")
        await rows(platform, "UPDATE thing SET last_seen = now() - interval '2 minutes'")
        await eventually(lambda: state("lost"), what="it is lost")


async def test_a_thing_nobody_knows_cannot_be_promoted(platform: Platform) -> None:
    with pytest.raises(StageError, match="gimpo/bell-1 has not announced itself"):
        await _promote(platform)
