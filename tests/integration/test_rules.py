"""The rules, in the test's own loop beside ingest, between a real broker and a real database."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import analytics.rules.part
import analytics.rules.work
import ingest.part
from analytics.rules.catalogue import load_rules
from analytics.rules.work import RulesWork
from smartopia.bus.log import RULES_CURSOR, LogEntry, LogReader, backlogs, stream_identity
from smartopia.clock import from_rfc3339, rfc3339, utc_now
from smartopia.metrics import Metrics
from smartopia.store.connection import connect_database
from tests.integration.conftest import Admit
from tests.support.device import LEVEL, Device
from tests.support.parts import Row, broker_of, eventually, read_until, rows, running
from tests.support.servers import Platform

_RULE = """\
id: test-level
domain: disaster
title: Level too high
observed_property: water_level
raise: {at_least: 5}
clear: {below: 4.5}
for: PT10S
clear_for: PT5S
severity: Severe
urgency: Immediate
guidance: Close the riverside path.
source: own, for tests
"""


@pytest.fixture
def ruled(platform: Platform, tmp_path: Path) -> Platform:
    """A platform with one more rule; those on the river that are shipped are out of reach."""
    (tmp_path / "test-level.yaml").write_text(_RULE)
    for name in ("river-level-alert", "river-level-serious"):
        text = _RULE.replace("test-level", name).replace("5}", "500}").replace("4.5}", "450}")
        (tmp_path / f"{name}.yaml").write_text(text)
    platform.settings = platform.settings.model_copy(update={"rules": tmp_path})
    return platform


class _River:
    """A gauge that tells a level for each second of its past."""

    def __init__(self, device: Device, start: datetime | None = None) -> None:
        self.device = device
        self.start = start or utc_now() - timedelta(minutes=20)
        self.seq = 0

    def announce(self, **more: Any) -> None:
        self.device.announce([LEVEL | {"range": [0, 20]}], **more)

    def time(self, seq: int) -> datetime:
        return from_rfc3339(rfc3339(self.start + timedelta(seconds=seq)))

    def tell(self, *levels: float) -> None:
        for level in levels:
            self.device.observe(self.message(level))
            self.seq += 1

    def message(self, level: float) -> dict[str, Any]:
        instant = rfc3339(self.start + timedelta(seconds=self.seq))
        return {"boot": "b1", "seq": self.seq, "time": instant, "results": {"level": level}}


async def _alerts(platform: Platform) -> list[Row]:
    return await rows(platform, "SELECT * FROM alert ORDER BY id")


async def _kinds(platform: Platform) -> list[str]:
    found = await rows(platform, "SELECT kind FROM alert_transition ORDER BY id")
    return [row["kind"] for row in found]


async def _wait_kinds(platform: Platform, *kinds: str, timeout_s: float = 8) -> None:
    async def there() -> bool:
        return await _kinds(platform) == list(kinds)

    try:
        await eventually(there, what=f"{kinds}", timeout_s=timeout_s)
    except AssertionError:
        assert await _kinds(platform) == list(kinds)
        raise


async def _wait_evaluated(platform: Platform) -> None:
    """Wait until the rules have acknowledged all there is."""
    async with broker_of(platform) as broker:

        async def nothing_left() -> bool:
            return (await backlogs(broker))[RULES_CURSOR] == 0

        await eventually(nothing_left, what="the rules have read all there is")


async def test_a_level_raises_one_alert_clears_and_counts_its_return(
    ruled: Platform, admit: Admit
) -> None:
    river = _River((await admit("river-1"))[0])
    async with (
        running(ingest.part.run, ruled.settings),
        running(analytics.rules.part.run, ruled.settings),
    ):
        river.announce(title="Old bridge")
        river.tell(1, 2, *[5.5] * 10)
        await _wait_evaluated(ruled)
        assert await _alerts(ruled) == [], "it has held for 9 s only"
        river.tell(5.75)
        await _wait_kinds(ruled, "raised")
        (alert,) = await _alerts(ruled)
        assert (alert["rule"], alert["severity"], alert["domain"]) == (
            "test-level",
            "Severe",
            "disaster",
        )
        assert alert["onset"] == river.time(2)
        evidence = alert["evidence"]
        assert (evidence["boot"], evidence["seq"], evidence["ordinal"]) == ("b1", 12, 0)
        assert (evidence["value"], evidence["threshold"], evidence["unit"]) == (5.75, 5, "m")
        assert from_rfc3339(evidence["phenomenon_time"]) == river.time(12)
        assert evidence["held_s"] == 10
        # The evidence leads to the stored observation.
        stored = await rows(
            ruled,
            "SELECT o.result FROM observation o JOIN boot b ON b.id = o.boot_id"
            " WHERE o.datastream_id = %s AND b.boot = %s AND o.seq = %s AND o.ordinal = %s"
            " AND o.phenomenon_time = %s",
            (
                alert["datastream_id"],
                evidence["boot"],
                evidence["seq"],
                evidence["ordinal"],
                evidence["phenomenon_time"],
            ),
        )
        assert stored == [{"result": 5.75}]
        river.tell(*[6] * 20, *[4.7] * 20, *[4] * 5)
        await _wait_evaluated(ruled)
        assert await _kinds(ruled) == ["raised"], "between both limits it wavers"
        river.tell(4)
        await _wait_kinds(ruled, "raised", "cleared")
        (alert,) = await _alerts(ruled)
        assert (alert["active"], alert["occurrences"], alert["resolved_at"]) == (False, 1, None)
        river.tell(*[7] * 11)
        await _wait_kinds(ruled, "raised", "cleared", "reraised")
    (alert,) = await _alerts(ruled)
    assert (alert["active"], alert["occurrences"], alert["version"]) == (True, 2, 3)
    assert alert["evidence"]["value"] == 7
    assert alert["acknowledged_at"] is None


async def test_a_resolved_alert_stays_and_the_next_is_a_new_one(
    ruled: Platform, admit: Admit
) -> None:
    river = _River((await admit("river-1"))[0])
    async with (
        running(ingest.part.run, ruled.settings),
        running(analytics.rules.part.run, ruled.settings),
    ):
        river.announce()
        river.tell(*[5] * 11)
        await _wait_kinds(ruled, "raised")
        river.tell(*[1] * 6)
        await _wait_kinds(ruled, "raised", "cleared")
        await rows(ruled, "UPDATE alert SET resolved_at = now(), resolved_by = 'me'")
        river.tell(*[5] * 11)
        await _wait_kinds(ruled, "raised", "cleared", "raised")
    assert [alert["occurrences"] for alert in await _alerts(ruled)] == [1, 1]


async def test_a_restart_in_the_middle_of_a_pending_condition_changes_nothing(
    ruled: Platform, admit: Admit
) -> None:
    one, other = await admit("river-1", "river-2")
    start = utc_now() - timedelta(minutes=20)
    restarted, unbroken = _River(one, start), _River(other, start)
    levels = [1.0, 5.5, 5.5, 5.5, 5.5, 5.5, 5.5, 5.5, 5.5, 5.5, 5.5, 5.5, 5.5]
    async with running(ingest.part.run, ruled.settings):
        restarted.announce()
        unbroken.announce()
        for n in range(0, len(levels), 3):
            async with running(analytics.rules.part.run, ruled.settings) as part:
                restarted.tell(*levels[n : n + 3])
                await _wait_evaluated(ruled)
                if n % 2:
                    await part.break_off()
        async with running(analytics.rules.part.run, ruled.settings):
            unbroken.tell(*levels)
            await _wait_kinds(ruled, "raised", "raised")
    first, second = await _alerts(ruled)
    for field in ("onset", "description", "severity"):
        assert first[field] == second[field]
    same = ("phenomenon_time", "held_s", "value", "seq", "boot")
    assert [first["evidence"][name] for name in same] == [second["evidence"][name] for name in same]
    assert from_rfc3339(first["evidence"]["phenomenon_time"]) == restarted.time(11)


async def test_rules_broken_off_anywhere_raise_once(ruled: Platform, admit: Admit) -> None:
    river = _River((await admit("river-1"))[0])
    river.announce()
    async with running(ingest.part.run, ruled.settings):
        river.tell(*[1] * 50, *[6] * 50, *[1] * 50, *[6] * 50)
        for pause in (0.05, 0.1):
            async with running(analytics.rules.part.run, ruled.settings) as part:
                await asyncio.sleep(pause)
                await part.break_off()
        async with running(analytics.rules.part.run, ruled.settings):
            await _wait_kinds(ruled, "raised", "cleared", "reraised")
            await _wait_evaluated(ruled)
    assert await _kinds(ruled) == ["raised", "cleared", "reraised"]


async def test_a_connection_lost_in_the_middle_raises_once(ruled: Platform, admit: Admit) -> None:
    river = _River((await admit("river-1"))[0])
    river.announce()
    async with (
        running(ingest.part.run, ruled.settings),
        running(analytics.rules.part.run, ruled.settings),
    ):
        for _ in range(5):
            river.tell(*[1] * 12, *[6] * 12)
            await rows(
                ruled,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'smartopia-rules'",
            )
        wanted = ["raised", *["cleared", "reraised"] * 4]
        await _wait_kinds(ruled, *wanted)
        await _wait_evaluated(ruled)
    assert await _kinds(ruled) == wanted


async def _entries(platform: Platform, n: int) -> tuple[list[LogEntry], str]:
    async with broker_of(platform) as broker:
        reader = LogReader(broker, RULES_CURSOR)
        entries = await read_until(reader, n)
        await reader.close()
        return entries, (await stream_identity(broker))[0]


async def test_the_same_batch_processed_twice_raises_once(ruled: Platform, admit: Admit) -> None:
    river = _River((await admit("river-1"))[0])
    river.announce()
    river.tell(*[1] * 3, *[6] * 12)
    async with running(ingest.part.run, ruled.settings):
        entries, stream = await _entries(ruled, 16)
        rules = load_rules(ruled.settings.rules)
        async with await connect_database(ruled.settings, "test") as connection:
            work = RulesWork(ruled.settings, rules, Metrics())
            await work.open(connection)
            await work.process(connection, entries, stream)
            await connection.commit()
            await work.process(connection, entries, stream)
            await connection.commit()
            # A process that starts anew knows it from the database.
            another = RulesWork(ruled.settings, rules, Metrics())
            await another.open(connection)
            await another.process(connection, entries, stream)
            await connection.commit()
    assert await _kinds(ruled) == ["raised"]
    assert len(await _alerts(ruled)) == 1


async def test_a_batch_that_was_rolled_back_is_evaluated_anew(
    ruled: Platform, admit: Admit
) -> None:
    river = _River((await admit("river-1"))[0])
    river.announce()
    river.tell(*[6] * 12)
    async with running(ingest.part.run, ruled.settings):
        entries, stream = await _entries(ruled, 13)
        async with await connect_database(ruled.settings, "test") as connection:
            work = RulesWork(ruled.settings, load_rules(ruled.settings.rules), Metrics())
            await work.open(connection)
            await work.process(connection, entries, stream)
            await connection.rollback()
            await work.open(connection)
            await work.process(connection, entries, stream)
            await connection.commit()
    assert await _kinds(ruled) == ["raised"]


async def test_observations_sent_before_ingest_knew_the_device_are_not_skipped(
    ruled: Platform, admit: Admit
) -> None:
    river = _River((await admit("river-1"))[0])
    async with running(analytics.rules.part.run, ruled.settings):
        river.announce()
        river.tell(*[6] * 12)
        await asyncio.sleep(0.5)
        assert await _alerts(ruled) == []
        async with running(ingest.part.run, ruled.settings):
            await _wait_kinds(ruled, "raised")
    (alert,) = await _alerts(ruled)
    assert alert["onset"] == river.time(0)
    assert alert["evidence"]["seq"] == 10


async def test_a_datastream_announced_later_is_watched_from_its_first_result(
    ruled: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    river = _River(device)
    async with (
        running(ingest.part.run, ruled.settings),
        running(analytics.rules.part.run, ruled.settings),
    ):
        device.announce([])
        device.announce([LEVEL])
        river.tell(*[6] * 11)
        await _wait_kinds(ruled, "raised")
    (alert,) = await _alerts(ruled)
    assert alert["onset"] == river.time(0)


async def test_a_stranger_does_not_hold_up_the_rules_while_ingest_is_away(
    ruled: Platform, admit: Admit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analytics.rules.work, "_INGEST_WAIT_S", 0.5)
    known, stranger = await admit("river-1", "river-2")
    river = _River(known)
    river.announce()
    async with running(ingest.part.run, ruled.settings):
        river.tell(1)

        async def announced() -> bool:
            return len(await rows(ruled, "SELECT 1 FROM datastream_latest")) == 1

        await eventually(announced, what="ingest knows the device")
    for _ in range(20):
        stranger.observe({"level": 1})
    river.tell(*[6] * 11)
    async with running(analytics.rules.part.run, ruled.settings) as part:
        try:
            await _wait_kinds(ruled, "raised", timeout_s=4)
        finally:
            await part.break_off()


async def test_what_ingest_refuses_or_flags_raises_nothing(ruled: Platform, admit: Admit) -> None:
    (device,) = await admit("river-1")
    river = _River(device)
    async with (
        running(ingest.part.run, ruled.settings),
        running(analytics.rules.part.run, ruled.settings),
    ):
        river.announce()
        river.tell(*[25] * 15)  # beyond the sensor's range
        device.observe(b'{"level": NaN}')
        device.observe(b"not JSON")
        river.start -= timedelta(days=40)
        river.tell(*[6] * 15)  # no working clock says so
        device.publish("smartopia/v1/gimpo/river-1/readings", b'{"level": 6}')
        river.start += timedelta(days=40)
        river.tell(1)
        await _wait_evaluated(ruled)
    assert await _alerts(ruled) == []


async def test_a_recording_raises_at_its_own_time(ruled: Platform, admit: Admit) -> None:
    start = from_rfc3339("2022-08-08T12:00:00Z")
    river = _River((await admit("river-1"))[0], start)
    async with (
        running(ingest.part.run, ruled.settings),
        running(analytics.rules.part.run, ruled.settings),
    ):
        river.announce(clock="replay")
        river.tell(1, *[6] * 11)
        await _wait_kinds(ruled, "raised")
    (alert,) = await _alerts(ruled)
    assert alert["onset"] == start + timedelta(seconds=1)
    assert abs(alert["raised_at"] - utc_now()) < timedelta(minutes=1)
