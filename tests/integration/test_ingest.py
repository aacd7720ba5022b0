"""Ingest, in the test's own loop, between a real broker and a real database."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import ingest.housekeeping
from ingest.part import run
from smartopia.bus.log import INGEST_CURSOR, backlogs
from smartopia.bus.refusals import Refusal, tell_refusal
from smartopia.clock import from_rfc3339, rfc3339, utc_now
from smartopia.contract.topics import Channel, DeviceKey
from tests.integration.conftest import Admit
from tests.support.device import LEVEL, Device
from tests.support.parts import (
    Row,
    ago,
    broker_of,
    count,
    eventually,
    listen_to,
    rows,
    running,
    shut_database,
)
from tests.support.servers import Platform

RANGED = LEVEL | {"range": [0, 20]}


async def _stored(platform: Platform, n: int, *, timeout_s: float = 8) -> list[Row]:
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


async def _refused(platform: Platform, n: int = 1) -> list[Row]:
    async def enough() -> list[Row] | None:
        found = await rows(platform, "SELECT * FROM quarantine ORDER BY log_seq, id")
        return found if len(found) >= n else None

    found = await eventually(enough, what=f"{n} refused")
    assert len(found) == n
    return found


async def _all_read(platform: Platform) -> None:
    """Wait until ingest has acknowledged all there is."""
    async with broker_of(platform) as broker:

        async def nothing_left() -> bool:
            return (await backlogs(broker))[INGEST_CURSOR] == 0

        await eventually(nothing_left, what="ingest has read all there is")


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
        found = await _stored(platform, 5)
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
        await _stored(platform, 1)
    async with running(run, platform.settings):
        device.observe(message)
        device.observe(message | {"seq": 2})
        await _stored(platform, 2)
        await _all_read(platform)
        assert [row["seq"] for row in await _stored(platform, 2)] == [1, 2]
    assert await count(platform, "quarantine") == 0


async def test_a_duplicate_without_a_time_is_stored_once(platform: Platform, admit: Admit) -> None:
    (device,) = await admit("river-1")
    async with running(run, platform.settings):
        device.announce([LEVEL])
        for _ in range(3):
            device.observe({"boot": "b1", "seq": 1, "results": {"level": 2}})
        device.observe({"boot": "b1", "seq": 2, "results": {"level": 2}})
        await _all_read(platform)
    assert await count(platform, "observation") == 2


async def test_ingest_broken_off_anywhere_stores_all_once(platform: Platform, admit: Admit) -> None:
    (device,) = await admit("river-1")
    device.announce([LEVEL])
    topic = device.key.topic(Channel.OBSERVATIONS)
    start = utc_now() - timedelta(minutes=20)
    for n in range(600):
        instant = rfc3339(start + timedelta(seconds=n))
        message = {"boot": "b1", "seq": n, "time": instant, "results": {"level": n}}
        device.send(topic, json.dumps(message).encode())
    for pause in (0.05, 0.1, 0.15, 0.2):
        async with running(run, platform.settings) as part:
            await asyncio.sleep(pause)
            await part.break_off()
    async with running(run, platform.settings):
        found = await _stored(platform, 600)
    assert sorted(row["seq"] for row in found) == list(range(600))
    assert await count(platform, "quarantine") == 0


_GOOD = {"boot": "b1", "time": "", "results": {"level": 1}}

BAD: dict[str, tuple[str, bytes, str]] = {
    # what: channel, payload, reason
    "unknown channel": ("readings", b"{}", "unknown_channel"),
    "a channel that does not go into the log": ("frames", b"\xff\xd8", "unknown_channel"),
    "a channel with a dot": ("a.b", b"{}", "unknown_channel"),
    "empty": ("observations", b"", "malformed"),
    "cut off": ("observations", b'{"boot": "b1", "seq"', "malformed"),
    "not JSON": ("observations", b"level=2.1", "malformed"),
    "not UTF-8": ("observations", b'{"level": "\xff\xfe"}', "malformed"),
    "NUL": ("observations", b"\0", "malformed"),
    "nested too deep": ("observations", b"[" * 100_000, "malformed"),
    "a list": ("observations", b"[1, 2]", "wrong_type"),
    "a text for a number": ("observations", b'{"level": "high"}', "wrong_type"),
    "a truth for a number": ("observations", b'{"level": true}', "wrong_type"),
    "null for a number": ("observations", b'{"level": null}', "wrong_type"),
    "no results": ("observations", b'{"boot": "b1", "seq": 1}', "wrong_type"),
    "empty results": ("observations", b'{"results": {}}', "wrong_type"),
    "an unknown field": ("observations", b'{"results": {"level": 1}, "sqe": 1}', "wrong_type"),
    "NaN": ("observations", b'{"results": {"level": NaN}}', "wrong_type"),
    "NaN, barely": ("observations", b'{"level": NaN}', "wrong_type"),
    "infinity": ("observations", b'{"results": {"level": 1e999}}', "wrong_type"),
    "a seq below 0": (
        "observations",
        b'{"boot": "b1", "seq": -1, "results": {"level": 1}}',
        "wrong_type",
    ),
    "a seq past 63 bits": (
        "observations",
        b'{"boot": "b1", "seq": 9223372036854775808, "results": {"level": 1}}',
        "wrong_type",
    ),
    "NUL in the boot": (
        "observations",
        b'{"boot": "b\\u0000", "seq": 1, "results": {"level": 1}}',
        "wrong_type",
    ),
    "a time without an offset": (
        "observations",
        b'{"time": "2025-01-01T00:00:00", "results": {"level": 1}}',
        "wrong_type",
    ),
    "no time": ("observations", b'{"time": "soon", "results": {"level": 1}}', "wrong_type"),
    "1970": (
        "observations",
        b'{"time": "1970-01-01T00:00:00Z", "results": {"level": 1}}',
        "absurd_time",
    ),
    "the year 1": (
        "observations",
        b'{"time": "0001-01-01T00:00:00+14:00", "results": {"level": 1}}',
        "absurd_time",
    ),
    "the year 9999": (
        "observations",
        b'{"time": "9999-12-31T23:59:59-14:00", "results": {"level": 1}}',
        "absurd_time",
    ),
    "one absurd time of two": (
        "observations",
        b'{"results": {"level": 1}, "observations":'
        b' [{"time": "2099-01-01T00:00:00Z", "results": {"level": 1}}]}',
        "absurd_time",
    ),
    "300 KB": ("observations", b'{"level": 1' + b" " * 300_000 + b"}", "too_large"),
    "300 KB of announcement": ("announce", b" " * 300_000 + b"{}", "too_large"),
    "NUL in a title": (
        "announce",
        b'{"kind": "gauge", "title": "a\\u0000b"}',
        "wrong_type",
    ),
    "a place past the pole": (
        "announce",
        b'{"kind": "gauge", "location": {"latitude": 91, "longitude": 0}}',
        "wrong_type",
    ),
    "NUL in a status": ("status", b'{"state": "online", "note": "\\u0000"}', "wrong_type"),
    "an unknown state": ("status", b'{"state": "asleep"}', "wrong_type"),
    "a line break in an event": (
        "events",
        b'{"event": "pressed", "note": "a\\nb"}',
        "wrong_type",
    ),
}


async def test_each_bad_message_is_kept_with_its_reason_and_holds_up_nothing(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    device.announce([LEVEL])
    start = utc_now() - timedelta(minutes=10)
    for n, (channel, payload, _) in enumerate(BAD.values()):
        instant = rfc3339(start + timedelta(seconds=n))
        device.observe(_GOOD | {"seq": n, "time": instant})
        device.publish(f"smartopia/v1/{device.key}/{channel}", payload)
    device.observe(_GOOD | {"seq": len(BAD), "time": ago(1)})
    async with running(run, platform.settings):
        found = await _stored(platform, len(BAD) + 1)
        refused = await _refused(platform, len(BAD))
    assert [row["seq"] for row in found] == list(range(len(BAD) + 1))
    for (what, (channel, payload, reason)), row in zip(BAD.items(), refused, strict=True):
        assert row["reason"] == reason, what
        assert bytes(row["payload"]) == payload, what
        assert row["topic"] == f"smartopia/v1/{device.key}/{channel}", what
        assert row["detail"], what
        assert row["stream"], what
    (level,) = await rows(platform, "SELECT * FROM datastream")
    assert not level["retired"], "a refused announcement changes nothing"


async def test_a_nul_in_a_name_is_refused_as_what_it_is(platform: Platform, admit: Admit) -> None:
    """The batch is taken entry by entry instead, which one such device makes the rule."""
    (device,) = await admit("river-1")
    device.announce([LEVEL])
    device.observe(b'{"le\\u0000vel": 1}')
    async with running(run, platform.settings):
        (refused,) = await _refused(platform)
    assert refused["reason"] == "wrong_type"


async def test_an_event_of_an_absurd_time_is_refused(platform: Platform, admit: Admit) -> None:
    (device,) = await admit("bell-1")
    device.announce([])
    topic = device.key.topic(Channel.EVENTS)
    device.publish(topic, b'{"event": "pressed", "time": "9999-01-01T00:00:00Z"}')
    async with running(run, platform.settings):
        await _all_read(platform)
    assert [row["reason"] for row in await rows(platform, "SELECT reason FROM quarantine")] == [
        "absurd_time"
    ]


async def test_a_wrong_unit_is_refused_as_such(platform: Platform, admit: Admit) -> None:
    (device,) = await admit("river-1")
    device.announce([LEVEL | {"unit": "cm"}])
    async with running(run, platform.settings):
        (refused,) = await _refused(platform)
    assert refused["reason"] == "wrong_unit"


async def test_an_announcement_in_a_wrong_unit_is_refused_and_says_which_is_right(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    device.announce([LEVEL | {"unit": "cm"}])
    device.observe({"level": 210})
    async with running(run, platform.settings):
        announced, observed = await _refused(platform, 2)
    assert "given in m (UCUM), not 'cm'" in announced["detail"]
    assert observed["reason"] == "unknown_device"
    assert await count(platform, "thing") == 0


async def test_a_device_that_did_not_announce_itself_is_told_to(
    platform: Platform, admit: Admit
) -> None:
    (stranger, known) = await admit("river-1", "river-2")
    known.announce([LEVEL])
    async with running(run, platform.settings):
        stranger.observe({"level": 1})
        stranger.publish(stranger.key.topic(Channel.STATUS), b'{"state": "online"}')
        stranger.publish(stranger.key.topic(Channel.EVENTS), b'{"event": "pressed"}')
        known.observe({"level": 2})
        refused = await _refused(platform, 3)
        assert {row["reason"] for row in refused} == {"unknown_device"}
        assert all(stranger.key.topic(Channel.ANNOUNCE) in row["detail"] for row in refused)
        # Once it has, it is taken.
        stranger.announce([LEVEL])
        stranger.observe({"level": 3})
        found = await _stored(platform, 2)
    assert [row["result"] for row in found] == [2, 3]


async def test_of_a_message_only_undeclared_datastreams_are_refused(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    device.announce([LEVEL])
    payload = b'{"boot": "b1", "seq": 1, "results": {"depth": 1, "level": 2, "speed": 3}}'
    device.observe(payload)
    async with running(run, platform.settings):
        (stored,) = await _stored(platform, 1)
        (refused,) = await _refused(platform)
    assert (stored["name"], stored["result"], stored["ordinal"]) == ("level", 2, 1)
    assert (refused["reason"], bytes(refused["payload"])) == ("unknown_datastream", payload)
    assert "depth, speed" in refused["detail"]


async def test_ten_megabytes_are_refused_by_the_broker_and_the_device_goes_on(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    device.announce([LEVEL])
    async with running(run, platform.settings):
        device.observe({"level": 1})
        await _stored(platform, 1)
        device.send(device.key.topic(Channel.OBSERVATIONS), b" " * 10_000_000, qos=0)
        await eventually(device.lost.is_set, what="the broker ends the connection")
        await eventually(device.client.is_connected, what="the device comes back")
        await asyncio.to_thread(device.observe, {"level": 2})
        found = await _stored(platform, 2)
    assert [row["result"] for row in found] == [1, 2]
    assert await count(platform, "quarantine") == 0


async def test_what_no_sensor_can_measure_is_kept_and_flagged(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    device.announce([RANGED])
    for result in (0, 20, 20.01, -0.01, 1e300):
        device.observe({"level": result})
    async with running(run, platform.settings):
        found = await _stored(platform, 5)
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
        await _stored(platform, 2)
        device.announce([LEVEL], title="Without its flow meter")
        device.observe({"level": 2, "flow": 2})
        await _stored(platform, 3)
        assert await retired() == {"level": False, "flow": True}
        (refused,) = await _refused(platform)
        assert (refused["reason"], "announced are level" in refused["detail"]) == (
            "unknown_datastream",
            True,
        )
        # And takes it back with the same identity when it is named again.
        device.announce([flow, LEVEL])
        device.observe({"flow": 3})
        found = await _stored(platform, 4)
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
        await _all_read(platform)
    # Two that say which they are, and are the same; two that do not.
    assert await count(platform, "thing_event") == 3


async def test_a_database_that_stops_meanwhile_loses_nothing(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    device.announce([LEVEL])
    topic = device.key.topic(Channel.OBSERVATIONS)
    start = utc_now() - timedelta(minutes=20)
    sent = 0

    def send(n: int) -> None:
        nonlocal sent
        for _ in range(n):
            instant = rfc3339(start + timedelta(seconds=sent))
            message = {"boot": "b1", "seq": sent, "time": instant, "results": {"level": sent}}
            device.send(topic, json.dumps(message).encode())
            sent += 1

    async with broker_of(platform) as broker, running(run, platform.settings):
        beats = await listen_to(broker, "ingest")
        send(300)
        await _stored(platform, 1)
        shut_database(platform, shut=True)
        try:
            send(300)
            await eventually(
                lambda: beats.codes() == {"database_lost"}, what="it says that it is degraded"
            )
            told = beats.came[-1]
            assert told.state == "degraded"
            assert "nothing is lost" in told.reasons[0].text
            send(100)
        finally:
            shut_database(platform, shut=False)
        found = await _stored(platform, 700)
        await eventually(lambda: beats.came[-1].state == "ok", what="it says that it is well")
    assert [row["seq"] for row in found] == list(range(700))
    assert await count(platform, "quarantine") == 0


async def test_a_broken_connection_in_the_middle_stores_all_once(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    device.announce([LEVEL])
    topic = device.key.topic(Channel.OBSERVATIONS)
    start = utc_now() - timedelta(minutes=20)
    async with running(run, platform.settings):
        for n in range(500):
            instant = rfc3339(start + timedelta(seconds=n))
            message = {"boot": "b1", "seq": n, "time": instant, "results": {"level": n}}
            device.send(topic, json.dumps(message).encode())
            if n % 100 == 50:
                await rows(
                    platform,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'smartopia-ingest'",
                )
            await asyncio.sleep(0)
        found = await _stored(platform, 500)
    assert [row["seq"] for row in found] == list(range(500))
    assert await count(platform, "quarantine") == 0


async def test_a_second_ingest_stands_by_and_takes_over(platform: Platform, admit: Admit) -> None:
    (device,) = await admit("river-1")
    device.announce([LEVEL])

    async def working() -> int:
        found = await rows(
            platform,
            "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
        return int(found[0]["n"])

    async with running(run, platform.settings) as first:
        device.observe({"level": 1})
        await _stored(platform, 1)
        async with running(run, platform.settings) as second:
            connections = "SELECT 1 FROM pg_stat_activity WHERE application_name = %s"

            async def both() -> bool:
                found = await rows(
                    platform,
                    f"{connections} AND datname = current_database()",
                    ("smartopia-ingest",),
                )
                return len(found) == 2

            await eventually(both, what="both are connected")
            device.observe({"level": 2})
            await _stored(platform, 2)
            assert await working() == 1
            await first.break_off()
            device.observe({"level": 3})
            found = await _stored(platform, 3)
            assert await working() == 1
            assert not second.task.done()
    assert [row["result"] for row in found] == [1, 2, 3]


async def test_a_standby_ends_when_it_is_asked_to(platform: Platform) -> None:
    async with running(run, platform.settings), running(run, platform.settings) as standby:
        await asyncio.sleep(0.2)
        await standby.stop()


async def test_refusals_told_by_others_are_kept_too(platform: Platform) -> None:
    async with broker_of(platform) as broker, running(run, platform.settings):
        beats = await listen_to(broker, "ingest")
        await eventually(lambda: beats.came, what="ingest runs")
        at = utc_now()
        refusal = Refusal(at=at, topic="t\0", reason="bad_frame", detail="a\0b")
        await tell_refusal(broker, refusal.model_copy(update={"payload": b"\xff\xd8\0"}))
        (row,) = await _refused(platform)
    assert (row["topic"], row["reason"], row["detail"]) == ("t\\0", "bad_frame", "a\\0b")
    assert (bytes(row["payload"]), row["received_at"], row["log_seq"]) == (b"\xff\xd8\0", at, None)


def _replay(device: Device, instants: list[datetime], seq: int = 1) -> None:
    groups = [{"time": rfc3339(instant), "results": {"level": 1}} for instant in instants]
    device.observe({"boot": "b1", "seq": seq, "observations": groups})


async def test_a_recording_of_long_ago_is_stored(platform: Platform, admit: Admit) -> None:
    (device,) = await admit("river-1")
    device.announce([LEVEL], clock="replay")
    _replay(device, [datetime(2015, 1, 1, 0, n, tzinfo=UTC) for n in range(60)])
    async with running(run, platform.settings):
        found = await _stored(platform, 60)
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
        await _stored(platform, 2)
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
            await _stored(platform, 2, timeout_s=4)
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
            await _stored(platform, 2700, timeout_s=4)
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
        found = await _stored(platform, 2)
    assert sorted((row["thing"], row["result"]) for row in found) == [
        ("river-1", 0),
        ("river-2", 1),
    ]
