"""What ingest refuses: kept with its reason, told to its device, and holding up nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from ingest.part import run
from smartopia.bus.refusals import Refusal, tell_refusal
from smartopia.clock import rfc3339, utc_now
from smartopia.contract.topics import Channel
from tests.integration.conftest import Admit
from tests.support.device import LEVEL
from tests.support.ingest import wait_all_read, wait_refused, wait_stored
from tests.support.parts import (
    ago,
    broker_of,
    count,
    eventually,
    listen_to,
    rows,
    running,
)
from tests.support.servers import Platform

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
        found = await wait_stored(platform, len(BAD) + 1)
        refused = await wait_refused(platform, len(BAD))
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
        (refused,) = await wait_refused(platform)
    assert refused["reason"] == "wrong_type"


async def test_an_event_of_an_absurd_time_is_refused(platform: Platform, admit: Admit) -> None:
    (device,) = await admit("bell-1")
    device.announce([])
    topic = device.key.topic(Channel.EVENTS)
    device.publish(topic, b'{"event": "pressed", "time": "9999-01-01T00:00:00Z"}')
    async with running(run, platform.settings):
        await wait_all_read(platform)
    assert [row["reason"] for row in await rows(platform, "SELECT reason FROM quarantine")] == [
        "absurd_time"
    ]


async def test_a_wrong_unit_is_refused_as_such(platform: Platform, admit: Admit) -> None:
    (device,) = await admit("river-1")
    device.announce([LEVEL | {"unit": "cm"}])
    async with running(run, platform.settings):
        (refused,) = await wait_refused(platform)
    assert refused["reason"] == "wrong_unit"


async def test_an_announcement_in_a_wrong_unit_is_refused_and_says_which_is_right(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    device.announce([LEVEL | {"unit": "cm"}])
    device.observe({"level": 210})
    async with running(run, platform.settings):
        announced, observed = await wait_refused(platform, 2)
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
        refused = await wait_refused(platform, 3)
        assert {row["reason"] for row in refused} == {"unknown_device"}
        assert all(stranger.key.topic(Channel.ANNOUNCE) in row["detail"] for row in refused)
        # Once it has, it is taken.
        stranger.announce([LEVEL])
        stranger.observe({"level": 3})
        found = await wait_stored(platform, 2)
    assert [row["result"] for row in found] == [2, 3]


async def test_of_a_message_only_undeclared_datastreams_are_refused(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    device.announce([LEVEL])
    payload = b'{"boot": "b1", "seq": 1, "results": {"depth": 1, "level": 2, "speed": 3}}'
    device.observe(payload)
    async with running(run, platform.settings):
        (stored,) = await wait_stored(platform, 1)
        (refused,) = await wait_refused(platform)
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
        await wait_stored(platform, 1)
        device.send(device.key.topic(Channel.OBSERVATIONS), b" " * 10_000_000, qos=0)
        await eventually(device.lost.is_set, what="the broker ends the connection")
        await eventually(device.client.is_connected, what="the device comes back")
        await asyncio.to_thread(device.observe, {"level": 2})
        found = await wait_stored(platform, 2)
    assert [row["result"] for row in found] == [1, 2]
    assert await count(platform, "quarantine") == 0


async def test_refusals_told_by_others_are_kept_too(platform: Platform) -> None:
    async with broker_of(platform) as broker, running(run, platform.settings):
        beats = await listen_to(broker, "ingest")
        await eventually(lambda: beats.came, what="ingest runs")
        at = utc_now()
        refusal = Refusal(at=at, topic="t\0", reason="bad_frame", detail="a\0b")
        await tell_refusal(broker, refusal.model_copy(update={"payload": b"\xff\xd8\0"}))
        (row,) = await wait_refused(platform)
    assert (row["topic"], row["reason"], row["detail"]) == ("t\\0", "bad_frame", "a\\0b")
    assert (bytes(row["payload"]), row["received_at"], row["log_seq"]) == (b"\xff\xd8\0", at, None)
