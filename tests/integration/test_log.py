"""The durable log keeps its promise: nothing lost, nothing out of order, by a real broker."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from smartopia.bus import log as log_module
from smartopia.bus.accounts import BrokerFolder
from smartopia.bus.connection import Broker
from smartopia.bus.log import INGEST_CURSOR, RULES_CURSOR, LogEntry, LogReader, backlogs
from smartopia.bus.provision import prepare_log
from smartopia.clock import utc_now
from smartopia.contract.topics import Channel, DeviceKey
from smartopia.errors import UnavailableError
from tests.integration.conftest import Admit
from tests.support.device import Device
from tests.support.parts import broker_of, eventually, kill_broker, read_until
from tests.support.servers import Platform, prepared, run_broker

# A reset that reaches a broker which forgot the cursor would say so within this time.
_NOTHING_COMES_S = 0.6


async def test_entries_come_in_order_with_their_arrival_times(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    before = utc_now()
    for n in range(100):
        device.observe({"level": n})
    after = utc_now()
    async with broker_of(platform) as broker:
        reader = LogReader(broker, INGEST_CURSOR)
        entries = await read_until(reader, 100)
        await reader.close()
    assert [entry.payload for entry in entries] == [b'{"level": %d}' % n for n in range(100)]
    assert {entry.topic for entry in entries} == {"smartopia/v1/gimpo/river-1/observations"}
    assert [entry.seq for entry in entries] == sorted({entry.seq for entry in entries})
    assert [entry.arrived for entry in entries] == sorted(entry.arrived for entry in entries)
    assert before <= entries[0].arrived
    assert entries[-1].arrived <= after
    assert entries[-1].pending == 0


async def test_arrival_is_when_the_log_took_it_not_when_it_was_read(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    device.observe({"level": 1})
    taken = utc_now()
    await asyncio.sleep(0.3)
    async with broker_of(platform) as broker:
        reader = LogReader(broker, INGEST_CURSOR)
        (entry,) = await read_until(reader, 1)
        await reader.close()
    assert entry.arrived <= taken


async def _hand_over(
    platform: Platform, device: Device, *, patience_s: float
) -> tuple[list[bytes], list[bytes]]:
    """What a successor reads, and what the successor's successor reads.

    The first reader is handed ten entries and dies. The second acknowledges only the first
    entry it gets.
    """
    for n in range(10):
        device.observe(b"%d" % n)
    async with broker_of(platform) as broker:
        dropped = LogReader(broker, INGEST_CURSOR)
        assert len(await read_until(dropped, 10)) == 10
        await dropped.close()
    for n in range(10, 15):
        device.observe(b"%d" % n)
    async with broker_of(platform) as broker:
        second = LogReader(broker, INGEST_CURSOR)
        seen = await read_until(second, 15, timeout_s=patience_s)
        if seen:
            await second.acknowledge(seen[0])
        await broker.client.flush()
        await second.close()
    async with broker_of(platform) as broker:
        third = LogReader(broker, INGEST_CURSOR)
        left = await read_until(third, 14, timeout_s=patience_s)
        await third.close()
    return [entry.payload for entry in seen], [entry.payload for entry in left]


async def test_a_successor_gets_what_its_predecessor_did_not_acknowledge(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    seen, left = await _hand_over(platform, device, patience_s=5)
    assert seen == [b"%d" % n for n in range(15)]
    # Acknowledging the first covered the first, and none of those handed out before.
    assert left == [b"%d" % n for n in range(1, 15)]


async def test_without_the_reset_a_successor_misses_entries(
    platform: Platform, admit: Admit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trap the reset is there for. Should a broker close it, the reset may go."""
    real = log_module._api

    async def without_reset(
        broker: Broker, verb: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return {} if verb.startswith("CONSUMER.RESET") else await real(broker, verb, body)

    monkeypatch.setattr(log_module, "_api", without_reset)
    (device,) = await admit("river-1")
    seen, _ = await _hand_over(platform, device, patience_s=_NOTHING_COMES_S)
    assert b"0" not in seen


async def test_a_reader_that_rewinds_does_not_acknowledge_what_it_read_before(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    for n in range(5):
        device.observe(b"%d" % n)
    async with broker_of(platform) as broker:
        reader = LogReader(broker, INGEST_CURSOR)
        before = await read_until(reader, 5)
        await reader.rewind()
        await reader.acknowledge(before[-1])
        again = await read_until(reader, 5)
        await broker.client.flush()
        assert [entry.seq for entry in again] == [entry.seq for entry in before]
        assert (await backlogs(broker))[INGEST_CURSOR] == 5
        await reader.close()


async def test_acknowledged_messages_outlive_a_killed_broker_once_and_in_order(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    topic = device.key.topic(Channel.OBSERVATIONS)
    sent = [device.send(topic, b"%d" % n) for n in range(2000)]
    for message in sent:
        message.wait_for_publish(20)
    kill_broker(platform)
    platform.broker.start_again()
    async with broker_of(platform) as broker:
        reader = LogReader(broker, INGEST_CURSOR)
        entries = await read_until(reader, 2000)
        more = await reader.read(1, _NOTHING_COMES_S)
        await reader.close()
    assert [entry.payload for entry in entries] == [b"%d" % n for n in range(2000)]
    assert more == []
    numbers = [entry.seq for entry in entries]
    assert numbers == sorted(set(numbers))


async def test_a_broker_killed_while_messages_come_loses_none_that_it_acknowledged(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    topic = device.key.topic(Channel.OBSERVATIONS)
    async with broker_of(platform) as broker:
        reader = LogReader(broker, INGEST_CURSOR)
        sent = [device.send(topic, b"%d" % n) for n in range(1500)]
        sent[300].wait_for_publish(20)
        read = await read_until(reader, 100)
        await reader.acknowledge(read[-1])
        kill_broker(platform)
        acknowledged = sum(message.is_published() for message in sent)
        assert acknowledged < 1500, "the broker was killed too late to show anything"
        platform.broker.start_again()
        position, kept = read[-1].seq, [entry.payload for entry in read]
        deadline = time.monotonic() + 15
        while b"1499" not in kept and time.monotonic() < deadline:
            entries = await _read_on(reader)
            # What a worker does: skip what its saved position says is done.
            kept += [entry.payload for entry in entries if entry.seq > position]
            position = max([position, *(entry.seq for entry in entries)])
        await reader.close()
    # At least once: those on their way may stand there twice. None is missing.
    assert {int(payload) for payload in kept} == set(range(1500))
    firsts = list(dict.fromkeys(kept))
    assert firsts == [b"%d" % n for n in range(1500)]


async def _read_on(reader: LogReader) -> list[LogEntry]:
    try:
        return await reader.read(500, 0.1)
    except UnavailableError:
        await asyncio.sleep(0.05)
        return []


async def test_the_backlog_counts_what_each_cursor_has_not_acknowledged(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    for n in range(30):
        device.observe(b"%d" % n)
    async with broker_of(platform) as broker:
        assert await backlogs(broker) == {INGEST_CURSOR: 30, RULES_CURSOR: 30}
        reader = LogReader(broker, RULES_CURSOR)
        entries = await read_until(reader, 30)
        # Handed out is not done.
        assert await backlogs(broker) == {INGEST_CURSOR: 30, RULES_CURSOR: 30}
        await reader.acknowledge(entries[19])

        async def down() -> bool:
            return await backlogs(broker) == {INGEST_CURSOR: 30, RULES_CURSOR: 10}

        await eventually(down, what="an acknowledgement covers all before it")
        await reader.close()


async def test_registered_devices_are_kept_out_until_the_cursors_exist(
    database_url: str, open_folder: Path
) -> None:
    key = DeviceKey("gimpo", "river-1")
    folder = BrokerFolder(open_folder / "broker")
    folder.initialise(
        platform_password="x",
        system_password="x",
        host="",
        nats_host="",
        nats_port=1,
        mqtt_port=1,
        store_dir="",
    )
    password = folder.add_devices([key])[key]
    # As `up` starts it again: with its devices, but maybe with a new and empty store.
    with run_broker(open_folder / "broker") as broker:
        platform_url = broker.embedded.mqtt_port
        await asyncio.to_thread(_wait_listening, platform_url)
        device = Device(key, password, platform_url)
        device.wait_connected()
        assert device.refused is not None
        device.send(key.topic(Channel.OBSERVATIONS), b"early")
        platform = await prepared(database_url, broker, open_folder)
        async with broker_of(platform) as connection:
            for cursor in (INGEST_CURSOR, RULES_CURSOR):
                reader = LogReader(connection, cursor)
                assert [e.payload for e in await read_until(reader, 1)] == [b"early"]
                await reader.close()
        device.close()


async def test_a_message_published_before_any_cursor_exists_is_dropped(
    open_folder: Path, database_url: str
) -> None:
    """Why devices are kept out: the broker acknowledges, and keeps nothing."""
    with run_broker(open_folder / "broker") as broker:
        embedded = broker.embedded
        await asyncio.to_thread(_wait_listening, embedded.mqtt_port)
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="early")
        client.username_pw_set("platform", embedded.platform_password)
        client.connect("127.0.0.1", embedded.mqtt_port)
        client.loop_start()
        topic = DeviceKey("gimpo", "river-1").topic(Channel.OBSERVATIONS)
        client.publish(topic, b"early", qos=1).wait_for_publish(5)
        platform = await prepared(database_url, broker, open_folder)
        client.publish(topic, b"late", qos=1).wait_for_publish(5)
        client.disconnect()
        client.loop_stop()
        async with broker_of(platform) as connection:
            reader = LogReader(connection, INGEST_CURSOR)
            assert [e.payload for e in await read_until(reader, 1)] == [b"late"]
            await reader.close()


async def test_preparing_again_keeps_what_the_log_holds(platform: Platform, admit: Admit) -> None:
    (device,) = await admit("river-1")
    device.observe(b"kept")
    await prepare_log(platform.settings)
    async with broker_of(platform) as broker:
        assert await backlogs(broker) == {INGEST_CURSOR: 1, RULES_CURSOR: 1}


def _wait_listening(mqtt_port: int) -> None:
    deadline = time.monotonic() + 5
    while True:
        client = mqtt.Client(CallbackAPIVersion.VERSION2)
        try:
            client.connect("127.0.0.1", mqtt_port)
        except OSError:
            assert time.monotonic() < deadline, "the broker does not listen"
            time.sleep(0.02)
        else:
            client.disconnect()
            return
