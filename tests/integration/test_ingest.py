"""Ingest, in the test's own loop, between a real broker and a real database."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import ingest.housekeeping
from ingest.part import run
from smartopia.clock import from_rfc3339, rfc3339, utc_now
from smartopia.contract.topics import Channel, DeviceKey
from tests.integration.conftest import Admit
from tests.support.device import LEVEL, Device
from tests.support.ingest import wait_all_read, wait_refused, wait_stored
from tests.support.parts import (
    ago,
    count,
    eventually,
    rows,
    running,
)
from tests.support.servers import Platform

RANGED = LEVEL | {"range": [0, 20]}


async def test_all_three_forms_are_stored(platform: Platform, admit: Admit) -> None:
    (device,) = await admit("river-1")
    first, second = ago(3), ago(2)
    flow = {"name": "flow", "observed_property": "flow", "unit": "m3/s", "period": 1}
    async with running(run, platform.settings):
        device.announce([LEVEL, flow])
        full = {
            "boot": "b1",
            "seq": 7,
            "observations": [
                {"time": first, "results": {"level": 2.1, "flow": 30}},
                {"time": second, "results": {"level": 2.2}},
            ],
        }
        device.observe(full)
        device.observe({"boot": "b1", "seq": 8, "time": second, "results": {"flow": 31}})
        before = utc_now()
        device.observe({"level": 2.3})
        found = await wait_stored(platform, 5)
    told = [
        (row["name"], row["result"], row["boot"], row["seq"], row["ordinal"], row["quality"])
        for row in found
    ]
    assert told[:4] == [
        ("level", 2.1, "b1", 7, 0, 1),
        ("flow", 30.0, "b1", 7, 1, 1),
        ("level", 2.2, "b1", 7, 2, 1),
        ("flow", 31.0, "b1", 8, 0, 1),
    ]
    assert [row["phenomenon_time"] for row in found[:4]] == [
        from_rfc3339(instant) for instant in (first, first, second, second)
    ]
    assert (told[4][0], told[4][1], told[4][2]) == ("level", 2.3, "")
    assert before <= found[4]["phenomenon_time"] == found[4]["received_at"] <= utc_now()
    assert await count(platform, "quarantine") == 0


async def test_a_duplicate_is_stored_once_also_across_a_restart(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    message = {"boot": "b1", "seq": 1, "time": ago(5), "results": {"level": 2}}
    async with running(run, platform.settings):
        device.announce([LEVEL])
        device.observe(message)
        device.observe(message)
        await wait_stored(platform, 1)
    async with running(run, platform.settings):
        device.observe(message)
        device.observe(message | {"seq": 2})
        await wait_stored(platform, 2)
        await wait_all_read(platform)
        assert [row["seq"] for row in await wait_stored(platform, 2)] == [1, 2]
    assert await count(platform, "quarantine") == 0


async def test_a_duplicate_without_a_time_is_stored_once(platform: Platform, admit: Admit) -> None:
    (device,) = await admit("river-1")
    async with running(run, platform.settings):
        device.announce([LEVEL])
        for _ in range(3):
            device.observe({"boot": "b1", "seq": 1, "results": {"level": 2}})
        device.observe({"boot": "b1", "seq": 2, "results": {"level": 2}})
        await wait_all_read(platform)
    assert await count(platform, "observation") == 2


async def test_what_no_sensor_can_measure_is_kept_and_flagged(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    device.announce([RANGED])
    for result in (0, 20, 20.01, -0.01, 1e300):
        device.observe({"level": result})
    async with running(run, platform.settings):
        found = await wait_stored(platform, 5)
    assert [(row["result"], row["quality"]) for row in found] == [
        (0, 1),
        (20, 1),
        (20.01, 4),
        (-0.01, 4),
        (1e300, 4),
    ]
    hours = await rows(platform, "SELECT sum(n) AS n FROM observation_hourly")
    assert hours == [{"n": 2}]


async def test_a_new_announcement_retires_what_it_no_longer_names(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    flow = {"name": "flow", "observed_property": "flow", "unit": "m3/s", "period": 1}

    async def retired() -> dict[str, bool]:
        found = await rows(platform, "SELECT name, retired FROM datastream")
        return {row["name"]: row["retired"] for row in found}

    async with running(run, platform.settings):
        device.announce([LEVEL, flow])
        device.observe({"level": 1, "flow": 1})
        await wait_stored(platform, 2)
        device.announce([LEVEL], title="Without its flow meter")
        device.observe({"level": 2, "flow": 2})
        await wait_stored(platform, 3)
        assert await retired() == {"level": False, "flow": True}
        (refused,) = await wait_refused(platform)
        assert (refused["reason"], "announced are level" in refused["detail"]) == (
            "unknown_datastream",
            True,
        )
        # And takes it back with the same identity when it is named again.
        device.announce([flow, LEVEL])
        device.observe({"flow": 3})
        found = await wait_stored(platform, 4)
        assert await retired() == {"level": False, "flow": False}
    ids = {row["datastream_id"] for row in found if row["name"] == "flow"}
    assert len(ids) == 1
    assert len(await rows(platform, "SELECT 1 FROM thing")) == 1


async def test_a_last_will_shows_the_device_as_lost(platform: Platform, admit: Admit) -> None:
    (device,) = await admit("river-1")
    topic = device.key.topic(Channel.STATUS)

    async def state() -> tuple[str, Any, Any] | None:
        found = await rows(platform, "SELECT state, state_note, state_at FROM thing")
        return (found[0]["state"], found[0]["state_note"], found[0]["state_at"]) if found else None

    async with running(run, platform.settings):
        device.announce([LEVEL])
        device.publish(topic, b'{"state": "online", "boot": "b1", "seq": 0}', retain=True)

        async def online() -> bool:
            found = await state()
            return found is not None and found[0] == "online"

        await eventually(online, what="the device is online")
        before = utc_now()
        # As the broker says it for the device, written when the device connected.
        will = {"state": "lost", "time": ago(3600), "note": "vanished"}
        device.publish(topic, json.dumps(will).encode(), retain=True)

        async def lost() -> bool:
            found = await state()
            return found is not None and found[0] == "lost"

        await eventually(lost, what="the device is lost")
        told = await state()
    assert told is not None
    assert told[1] == "vanished"
    # Not when the will was written.
    assert before <= told[2] <= utc_now()


async def test_events_are_kept_once(platform: Platform, admit: Admit) -> None:
    (device,) = await admit("bell-1")
    device.announce([])
    topic = device.key.topic(Channel.EVENTS)
    pressed = json.dumps({"boot": "b1", "seq": 3, "time": ago(2), "event": "pressed"}).encode()
    for payload in (pressed, pressed, b'{"event": "pressed"}', b'{"event": "pressed"}'):
        device.publish(topic, payload)
    async with running(run, platform.settings):
        await wait_all_read(platform)
    # Two that say which they are, and are the same; two that do not.
    assert await count(platform, "thing_event") == 3


def _replay(device: Device, instants: list[datetime], seq: int = 1) -> None:
    groups = [{"time": rfc3339(instant), "results": {"level": 1}} for instant in instants]
    device.observe({"boot": "b1", "seq": seq, "observations": groups})


async def test_a_recording_of_long_ago_is_stored(platform: Platform, admit: Admit) -> None:
    (device,) = await admit("river-1")
    device.announce([LEVEL], clock="replay")
    _replay(device, [datetime(2015, 1, 1, 0, n, tzinfo=UTC) for n in range(60)])
    async with running(run, platform.settings):
        found = await wait_stored(platform, 60)
    assert found[0]["phenomenon_time"] == datetime(2015, 1, 1, tzinfo=UTC)


async def test_a_recording_of_long_ago_beside_the_present_makes_room_for_two_weeks(
    platform: Platform, admit: Admit
) -> None:
    past, present = await admit("river-1", "river-2")
    past.announce([LEVEL], clock="replay")
    present.announce([LEVEL])
    _replay(past, [datetime(2015, 1, 1, tzinfo=UTC)])
    present.observe({"level": 2})
    async with running(run, platform.settings):
        await wait_stored(platform, 2)
    assert await count(platform, "observation_partition") == 2


async def test_a_recording_of_1970_beside_the_present_does_not_stop_ingest(
    platform: Platform, admit: Admit
) -> None:
    past, present = await admit("river-1", "river-2")
    past.announce([LEVEL], clock="replay")
    present.announce([LEVEL])
    _replay(past, [datetime(1970, 1, 3, tzinfo=UTC)])
    present.observe({"level": 2})
    async with running(run, platform.settings) as part:
        try:
            await wait_stored(platform, 2, timeout_s=4)
        finally:
            await part.break_off()


async def test_a_recording_of_many_years_in_few_messages_does_not_stop_ingest(
    platform: Platform, admit: Admit
) -> None:
    (past,) = await admit("river-1")
    past.announce([LEVEL], clock="replay")
    weeks = [datetime(1970, 1, 5, tzinfo=UTC) + timedelta(days=7 * n) for n in range(2700)]
    for n in range(3):
        _replay(past, weeks[n * 900 : (n + 1) * 900], seq=n)
    async with running(run, platform.settings) as part:
        try:
            await wait_stored(platform, 2700, timeout_s=4)
        finally:
            await part.break_off()


async def test_housekeeping_deletes_what_is_past_its_time(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.housekeeping, "PERIOD_S", 0.1)
    for days in (29, 31):
        await rows(
            platform,
            "INSERT INTO quarantine (received_at, topic, reason, detail, payload)"
            " VALUES (now() - make_interval(days => %s), 't', 'malformed', 'd', '')",
            (days,),
        )

    async def one_left() -> bool:
        return await count(platform, "quarantine") == 1

    async with running(run, platform.settings):
        await eventually(one_left, what="what is older than 30 days is deleted")


async def test_no_device_of_the_log_is_mistaken_for_another(
    platform: Platform, admit: Admit
) -> None:
    first, second = await admit("river-1", "river-2")
    assert first.key == DeviceKey("gimpo", "river-1")
    for n, device in enumerate((first, second)):
        device.announce([LEVEL])
        device.observe({"boot": "b1", "seq": 1, "time": ago(1), "results": {"level": n}})
    async with running(run, platform.settings):
        found = await wait_stored(platform, 2)
    assert sorted((row["thing"], row["result"]) for row in found) == [
        ("river-1", 0),
        ("river-2", 1),
    ]
