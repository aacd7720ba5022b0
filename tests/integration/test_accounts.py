"""What a device may do at a real broker: speak for itself, and nothing else."""

from __future__ import annotations

import asyncio
import json
import queue
import socket
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from nats.aio.client import Client
from nats.errors import Error as NatsError
from paho.mqtt.enums import CallbackAPIVersion

from smartopia.bus.accounts import BrokerFolder, reload_users
from smartopia.bus.log import INGEST_CURSOR, RULES_CURSOR, STREAM, LogEntry, LogReader, backlogs
from smartopia.bus.subjects import HEALTH, LIVE_VALUES, REFUSED, health_of
from smartopia.contract.topics import Channel, DeviceKey
from smartopia.embedded.broker import read_refusal
from smartopia.errors import ConfigurationError
from tests.integration.conftest import Admit
from tests.support.device import Device
from tests.support.parts import broker_of, eventually, read_until
from tests.support.servers import Platform

_NOTHING_COMES_S = 0.3
_REFUSED = 0x80


async def _log(platform: Platform, last: bytes) -> list[LogEntry]:
    """All that came into the log until this payload."""
    async with broker_of(platform) as broker:
        reader = LogReader(broker, INGEST_CURSOR)
        entries: list[LogEntry] = []
        while not entries or entries[-1].payload != last:
            more = await read_until(reader, 1)
            assert more, f"{last!r} never came; {[e.payload for e in entries]}"
            entries += more
        await reader.close()
    return entries


def _refusals(platform: Platform) -> list[tuple[str, str]]:
    lines = (platform.folder / "broker.log").read_text().splitlines()
    found = [read_refusal(line) for line in lines]
    return [(refusal.reason, refusal.client) for refusal in found if refusal is not None]


async def _answer(device: Device, subscribe_to: str) -> int:
    """What the broker answers to a subscription."""
    answers: queue.Queue[int] = queue.Queue()

    def told(_c: Any, _u: Any, _m: Any, reasons: list[Any], _p: Any) -> None:
        answers.put(int(reasons[0].value))

    device.client.on_subscribe = told
    device.client.subscribe(subscribe_to, qos=1)
    return await asyncio.to_thread(answers.get, timeout=5)


def _listen(device: Device) -> queue.Queue[tuple[str, bytes]]:
    heard: queue.Queue[tuple[str, bytes]] = queue.Queue()

    def take(_c: Any, _u: Any, message: mqtt.MQTTMessage) -> None:
        heard.put((message.topic, bytes(message.payload)))

    device.client.on_message = take
    return heard


async def test_a_wrong_name_or_password_is_refused(platform: Platform, admit: Admit) -> None:
    await admit("river-1")
    for who in ("river-1", "nobody", "platform", "system"):
        stranger = Device(DeviceKey("gimpo", who), "wrong", platform.settings.mqtt_port)
        stranger.wait_connected()
        stranger.close()
        assert stranger.refused is not None, who
        assert ("bad_login", who) in _refusals(platform)


async def test_the_password_of_one_device_does_not_open_the_account_of_another(
    platform: Platform, admit: Admit
) -> None:
    assert platform.settings.broker_dir is not None
    keys = [DeviceKey("gimpo", "river-1"), DeviceKey("gimpo", "river-2")]
    passwords = BrokerFolder(platform.settings.broker_dir).add_devices(keys)
    await reload_users(platform.settings)
    swapped = Device(keys[0], passwords[keys[1]], platform.settings.mqtt_port)
    swapped.wait_connected()
    swapped.close()
    assert swapped.refused is not None


async def test_without_name_and_password_nobody_comes_in(platform: Platform) -> None:
    answers: queue.Queue[bool] = queue.Queue()

    def told(_c: Any, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
        answers.put(bool(reason.is_failure))

    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="river-1")
    client.on_connect = told
    client.connect("127.0.0.1", platform.settings.mqtt_port)
    client.loop_start()
    assert await asyncio.to_thread(answers.get, timeout=5)
    client.disconnect()
    client.loop_stop()


async def test_a_device_speaks_for_nobody_else(platform: Platform, admit: Admit) -> None:
    honest, liar = await admit("river-1", "river-2")
    for channel in (Channel.OBSERVATIONS, Channel.ANNOUNCE, Channel.STATUS, Channel.EVENTS):
        liar.publish(honest.key.topic(channel), b"lie")
    liar.publish("smartopia/v1/elsewhere/river-2/observations", b"lie")
    liar.publish("smartopia/v1/gimpo/river-2/observations/deeper", b"lie")
    liar.publish("smartopia/v1/gimpo/river-2x/observations", b"lie")
    liar.publish("smartopia/v2/gimpo/river-2/observations", b"lie")
    liar.observe(b"truth")
    assert [(e.topic, e.payload) for e in await _log(platform, b"truth")] == [
        (liar.key.topic(Channel.OBSERVATIONS), b"truth")
    ]
    assert ("not_permitted", "river-2") in _refusals(platform)


_FOREIGN = (
    "#",
    "+/#",
    "smartopia/#",
    "smartopia/v1/gimpo/+/commands",
    "smartopia/v1/gimpo/river-1/commands",
    "smartopia/v1/gimpo/river-1/observations",
    "smartopia/v1/gimpo/river-2/#",
    "smartopia/v1/gimpo/river-2/observations",
    "platform/#",
    "$SYS/#",
    "$JS/#",
    "$MQTT/#",
)


async def test_a_device_hears_nobody_else(platform: Platform, admit: Admit) -> None:
    honest, spy = await admit("river-1", "river-2")
    heard = _listen(spy)
    answers = {topic: await _answer(spy, topic) for topic in _FOREIGN}
    assert answers == dict.fromkeys(_FOREIGN, _REFUSED)
    honest.observe(b"private")
    spy.observe(b"its own is not for it to hear either")
    async with broker_of(platform) as broker:
        await broker.client.publish(honest.key.subject(Channel.COMMANDS), b"for river-1")
        await broker.client.publish(health_of("ingest"), b"{}")
        await broker.client.flush()
    with pytest.raises(queue.Empty):
        await asyncio.to_thread(heard.get, timeout=_NOTHING_COMES_S)


async def test_a_device_hears_its_commands(platform: Platform, admit: Admit) -> None:
    device, other = await admit("river-1", "river-2")
    heard, others = _listen(device), _listen(other)
    for one in (device, other):
        assert await _answer(one, one.key.topic(Channel.COMMANDS)) <= 1
    async with broker_of(platform) as broker:
        await broker.client.publish(device.key.subject(Channel.COMMANDS), b"restart")
        await broker.client.flush()
    got = await asyncio.to_thread(heard.get, timeout=5)
    assert got == (device.key.topic(Channel.COMMANDS), b"restart")
    assert others.empty()


async def test_a_device_cannot_reach_what_the_platform_talks_on(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    stolen: list[str] = []
    async with broker_of(platform) as broker:

        async def take(message: Any) -> None:
            stolen.append(message.subject)

        for subject in (f"{HEALTH}.>", LIVE_VALUES, REFUSED, "platform.>", "smartopia.v1.*.*.>"):
            await broker.client.subscribe(subject, cb=take)
        await broker.client.flush()
        for topic in (
            "platform/health/ingest",
            "platform/live/values",
            "platform/live/things",
            "platform/refused",
            device.key.topic(Channel.COMMANDS),
            DeviceKey("gimpo", "river-2").topic(Channel.COMMANDS),
            f"$JS/API/STREAM/DELETE/{STREAM}",
            f"$JS/API/STREAM/PURGE/{STREAM}",
            f"$JS/API/CONSUMER/DELETE/{STREAM}/{INGEST_CURSOR}",
            f"$JS/API/CONSUMER/RESET/{STREAM}/{INGEST_CURSOR}",
            "$SYS/REQ/SERVER/PING",
            "$MQTT/msgs/smartopia/v1/gimpo/river-2/observations",
        ):
            device.publish(topic, b"{}", qos=0)
            device.publish(topic, b"{}", qos=1)
        device.observe(b"last")
        await eventually(lambda: stolen, what="its own observation is heard")
        await broker.client.flush()
        assert stolen == [device.key.subject(Channel.OBSERVATIONS)]
        # The log and its cursors stand, and hold that one message.
        assert await backlogs(broker) == {INGEST_CURSOR: 1, RULES_CURSOR: 1}


async def test_a_device_cannot_use_its_account_past_mqtt(platform: Platform) -> None:
    assert platform.settings.broker_dir is not None
    key = DeviceKey("gimpo", "river-1")
    password = BrokerFolder(platform.settings.broker_dir).add_devices([key])[key]
    await reload_users(platform.settings)
    port = platform.broker.embedded.nats_port
    client = Client()
    with pytest.raises(NatsError):
        await client.connect(
            f"nats://river-1:{password}@127.0.0.1:{port}",
            allow_reconnect=False,
            error_cb=_silent,
        )
    await client.close()


async def _silent(_: Exception) -> None:
    """The error is raised as well."""


async def test_a_new_device_is_let_in_without_disturbing_others(
    platform: Platform, admit: Admit
) -> None:
    (first,) = await admit("river-1")
    server = (platform.broker.embedded.folder / "nats.pid").read_text()
    async with broker_of(platform) as broker:
        (second,) = await admit("river-2")
        second.observe(b"new")
        first.observe(b"old")
        assert not first.lost.is_set()
        assert broker.epoch == 0
    assert (platform.broker.embedded.folder / "nats.pid").read_text() == server
    assert [entry.payload for entry in await _log(platform, b"old")] == [b"new", b"old"]


async def test_a_new_password_ends_the_old_one(platform: Platform, admit: Admit) -> None:
    (old,) = await admit("river-1")
    (new,) = await admit("river-1")
    new.observe(b"new")
    await eventually(old.lost.is_set, what="who came in with the old password is put out")
    assert (await _log(platform, b"new"))[-1].payload == b"new"


async def test_accounts_outlive_the_broker(platform: Platform, admit: Admit) -> None:
    (device,) = await admit("river-1")
    assert platform.settings.broker_dir is not None
    folder = BrokerFolder(platform.settings.broker_dir)
    assert folder.devices() == [device.key]
    for file in ("accounts.json", "users.conf", "nats.conf"):
        path = platform.settings.broker_dir / file
        assert path.stat().st_mode & 0o077 == 0, f"{file} can be read by others"
    book = json.loads((platform.settings.broker_dir / "accounts.json").read_text())
    assert all(entry["hash"].startswith("$2") for entry in book["devices"].values())


@pytest.fixture
def folder(tmp_path: Path) -> BrokerFolder:
    """Accounts without a broker."""
    folder = BrokerFolder(tmp_path)
    folder.initialise(
        platform_password="x",
        system_password="x",
        host="",
        nats_host="",
        nats_port=1,
        mqtt_port=1,
        store_dir="",
    )
    return folder


@pytest.mark.parametrize(
    "key",
    [
        DeviceKey("gimpo", "River-1"),
        DeviceKey("gimpo", ""),
        DeviceKey("gimpo", "a.b"),
        DeviceKey("gimpo", "*"),
        DeviceKey("gimpo", ">"),
        DeviceKey("gimpo", "a b"),
        DeviceKey("gimpo", "x" * 64),
        DeviceKey("gimpo", 'a", "permissions": {}'),
        DeviceKey("gimpo", "río"),
        DeviceKey("gimpo", "river-1\n"),
        DeviceKey(">", "river-1"),
        DeviceKey("", "river-1"),
        DeviceKey("gimpo.*", "river-1"),
    ],
)
def test_a_name_that_would_reach_further_is_not_registered(
    folder: BrokerFolder, key: DeviceKey
) -> None:
    with pytest.raises(ConfigurationError):
        folder.add_devices([key])
    assert folder.devices() == []


def test_a_device_name_is_taken_once_for_all_sites(folder: BrokerFolder) -> None:
    folder.add_devices([DeviceKey("gimpo", "river-1")])
    with pytest.raises(ConfigurationError, match="taken by gimpo/river-1"):
        folder.add_devices([DeviceKey("seoul", "river-1")])


def test_a_device_name_is_taken_once_within_one_call(folder: BrokerFolder) -> None:
    """Two users of one name, and the broker neither reloads nor starts again."""
    with pytest.raises(ConfigurationError, match="river-9"):
        folder.add_devices([DeviceKey("a", "river-9"), DeviceKey("b", "river-9")])


@pytest.mark.parametrize("name", ["platform", "system"])
def test_no_device_takes_the_name_of_the_broker_s_own_users(
    folder: BrokerFolder, name: str
) -> None:
    """Two users of one name, and the broker neither reloads nor starts again."""
    with pytest.raises(ConfigurationError, match=name):
        folder.add_devices([DeviceKey("gimpo", name)])


async def _connect_with_will(platform: Platform, key: DeviceKey) -> mqtt.Client:
    assert platform.settings.broker_dir is not None
    password = BrokerFolder(platform.settings.broker_dir).add_devices([key])[key]
    await reload_users(platform.settings)
    connected: queue.Queue[bool] = queue.Queue()

    def told(_c: Any, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
        connected.put(not reason.is_failure)

    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=key.device)
    client.username_pw_set(key.device, password)
    client.will_set(key.topic(Channel.STATUS), b"vanished", qos=1, retain=True)
    client.on_connect = told
    client.connect("127.0.0.1", platform.settings.mqtt_port)
    client.loop_start()
    assert await asyncio.to_thread(connected.get, timeout=5)
    return client


async def test_a_last_will_arrives_when_a_device_vanishes(platform: Platform) -> None:
    key = DeviceKey("gimpo", "river-1")
    client = await _connect_with_will(platform, key)
    line = client.socket()
    assert isinstance(line, socket.socket)
    client.loop_stop()
    line.shutdown(socket.SHUT_RDWR)  # no DISCONNECT: as if it lost power
    entries = await _log(platform, b"vanished")
    assert entries[-1].topic == key.topic(Channel.STATUS)
    client.disconnect()


async def test_no_last_will_when_a_device_takes_leave(platform: Platform, admit: Admit) -> None:
    client = await _connect_with_will(platform, DeviceKey("gimpo", "river-1"))
    client.disconnect()
    client.loop_stop()
    (other,) = await admit("river-2")
    other.observe(b"last")
    assert [entry.payload for entry in await _log(platform, b"last")] == [b"last"]
