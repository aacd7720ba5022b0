"""`smartopia bridge` between two real brokers: another's devices become ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from devices_sim.attached import attaching_settings
from devices_sim.bridge import run as bridge_run
from devices_sim.bridge.broker_url import BrokerUrl
from devices_sim.bridge.foreign import Access
from devices_sim.bridge.mapping import Mapping
from devices_sim.bridge.mapping_files import load_mapping
from ingest.part import run as ingest_run
from smartopia.cli.state import free_port
from smartopia.settings import Settings
from smartopia.yaml_lines import parse_yaml
from tests.integration.conftest import Admit
from tests.support.foreign import ForeignBroker, ForeignDevice
from tests.support.parts import Row, broker_of, eventually, listen_to, rows, running
from tests.support.servers import Platform

PLUG = {
    "Time": "2026-05-01T12:00:00",
    "ENERGY": {"Total": 3.185, "Power": 74, "Voltage": 230, "Current": 0.322},
    "AM2301": {"Temperature": 21.4, "Humidity": 52.1, "DewPoint": 11.2},
    "TempUnit": "C",
}
ROOM = {
    "battery": 97,
    "humidity": 46.3,
    "linkquality": 120,
    "occupancy": True,
    "temperature": 22.48,
}
ESPHOME = {
    "dev_cla": "temperature",
    "unit_of_meas": "°C",
    "stat_cla": "measurement",
    "name": "Air temperature",
    "stat_t": "greenhouse/sensor/air_temperature/state",
    "avty_t": "greenhouse/status",
    "uniq_id": "ESPsensorair_temperature",
    "dev": {"ids": "a4cf12f03a5b", "name": "greenhouse", "sw": "esphome v2026.4.0"},
}


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[ForeignBroker]:
    broker = ForeignBroker(tmp_path / "foreign", free_port())
    broker.start()
    yield broker
    broker.stop()


@dataclass
class Bridged:
    """A bridge that runs, and what came of it."""

    platform: Platform
    device: ForeignDevice

    async def told(self) -> dict[tuple[str, str], float]:
        """The results stored, by thing and datastream."""
        query = (
            "SELECT t.name AS thing, d.name, o.result FROM observation o"
            " JOIN datastream d ON d.id = o.datastream_id JOIN thing t ON t.id = d.thing_id"
            " ORDER BY o.received_at, o.seq"
        )
        return {(r["thing"], r["name"]): r["result"] for r in await rows(self.platform, query)}

    async def until_told(self, *expected: tuple[str, str]) -> dict[tuple[str, str], float]:
        async def all_there() -> dict[tuple[str, str], float] | None:
            found = await self.told()
            return found if set(expected) <= found.keys() else None

        return await eventually(all_there, what=f"{expected} stored", timeout_s=15)

    async def until_state(self, thing: str, state: str) -> Row:
        async def so() -> Row | None:
            found = await rows(self.platform, "SELECT * FROM thing WHERE name = %s", (thing,))
            return found[0] if found and found[0]["state"] == state else None

        return await eventually(so, what=f"{thing} is {state}", timeout_s=15)


@asynccontextmanager
async def bridged(
    platform: Platform, foreign: ForeignBroker, mapping: Mapping
) -> AsyncIterator[Bridged]:
    """A bridge and ingest, and a device at the other broker that may say anything."""
    access = Access(BrokerUrl("127.0.0.1", foreign.port, None, tls=False))

    async def bridge(settings: Settings, stop: asyncio.Event) -> None:
        own = attaching_settings(settings, bridge_run.PART, None)
        await bridge_run.run_bridge(mapping, access, own, stop)

    async with (
        running(ingest_run, platform.settings),
        running(bridge, platform.settings),
        broker_of(platform) as broker,
    ):
        beats = await listen_to(broker, bridge_run.PART)
        await eventually(
            lambda: beats.came and "foreign_broker" not in beats.codes(), what="bridge connected"
        )
        with foreign.device() as device:
            yield Bridged(platform, device)


async def test_tasmota_devices_become_ours(platform: Platform, foreign: ForeignBroker) -> None:
    async with bridged(platform, foreign, load_mapping("tasmota")) as bridge:
        bridge.device.say("tele/plug-7/LWT", "Online", retain=True)
        bridge.device.say("tele/plug-7/SENSOR", PLUG)
        name = "tasmota-plug-7"
        told = await bridge.until_told(
            (name, "active_power"), (name, "temperature"), (name, "relative_humidity")
        )
        assert told[name, "active_power"] == 74
        assert told[name, "temperature"] == 21.4
        assert told[name, "energy"] == 3.185
        await bridge.until_state(name, "online")
        bridge.device.say("tele/plug-7/LWT", "Offline", retain=True)
        await bridge.until_state(name, "lost")
        bridge.device.say("tele/plug-7/SENSOR", PLUG | {"TempUnit": "F"})
        await bridge.until_state(name, "online")
        assert (await bridge.told())[name, "temperature"] == pytest.approx((21.4 - 32) / 1.8)


async def test_zigbee_devices_become_ours_and_show_more_as_they_do(
    platform: Platform, foreign: ForeignBroker
) -> None:
    async with bridged(platform, foreign, load_mapping("zigbee2mqtt")) as bridge:
        bridge.device.say("zigbee2mqtt/거실-센서/availability", {"state": "online"}, retain=True)
        bridge.device.say("zigbee2mqtt/거실-센서", {"temperature": 22.48})

        async def there() -> Row | None:
            found = await rows(platform, "SELECT * FROM thing")
            return found[0] if found else None

        thing = await eventually(there, what="the sensor is a thing of ours", timeout_s=15)
        assert thing["name"].startswith("z2m-")
        assert thing["title"] == "거실-센서"
        bridge.device.say("zigbee2mqtt/거실-센서", ROOM)
        name = thing["name"]
        told = await bridge.until_told((name, "motion"), (name, "battery"))
        assert told[name, "motion"] == 1
        assert told[name, "relative_humidity"] == 46.3


async def test_what_describes_itself_for_home_assistant_becomes_ours(
    platform: Platform, foreign: ForeignBroker
) -> None:
    with foreign.device() as early:
        topic = "homeassistant/sensor/greenhouse/air_temperature/config"
        early.say(topic, ESPHOME, retain=True)
        early.say("greenhouse/status", "online", retain=True)
        early.say("greenhouse/sensor/air_temperature/state", "99.9", retain=True)
    async with bridged(platform, foreign, load_mapping("homeassistant")) as bridge:
        name = "ha-a4cf12f03a5b"
        await bridge.until_state(name, "online")
        bridge.device.say("greenhouse/sensor/air_temperature/state", "23.1", retain=True)
        told = await bridge.until_told((name, "air_temperature"))
        assert told == {(name, "air_temperature"): 23.1}, (
            "what was retained is of nobody knows when"
        )
        bridge.device.say("greenhouse/status", "offline", retain=True)
        await bridge.until_state(name, "lost")


async def test_when_the_other_broker_goes_its_devices_are_lost_and_it_is_said(
    platform: Platform, foreign: ForeignBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge_run, "_GRACE_S", 0.2)
    async with bridged(platform, foreign, load_mapping("tasmota")) as bridge:
        bridge.device.say("tele/plug-7/SENSOR", PLUG)
        await bridge.until_state("tasmota-plug-7", "online")
        async with broker_of(platform) as broker:
            beats = await listen_to(broker, "bridge")
            bridge.device.close()
            await asyncio.to_thread(foreign.stop)
            thing = await bridge.until_state("tasmota-plug-7", "lost")
            assert "cannot reach the broker" in thing["state_note"]
            await eventually(
                lambda: "foreign_broker" in beats.codes(), what="it is said that it is away"
            )
            foreign.start()
            await eventually(
                lambda: "foreign_broker" not in beats.codes(), what="it is back", timeout_s=20
            )
        with foreign.device() as again:
            again.say("tele/plug-7/SENSOR", PLUG)
            await bridge.until_state("tasmota-plug-7", "online")


async def test_what_is_not_understood_is_said_until_it_is(
    platform: Platform, foreign: ForeignBroker
) -> None:
    async with (
        bridged(platform, foreign, load_mapping("tasmota")) as bridge,
        broker_of(platform) as broker,
    ):
        beats = await listen_to(broker, "bridge")

        def reasons() -> str:
            return " ".join(reason.text for reason in beats.came[-1].reasons)

        bridge.device.say("tele/lamp/SENSOR", {"Switch1": "ON"})
        code = "topic tele/lamp/SENSOR"
        await eventually(lambda: beats.came and code in beats.codes(), what="the lamp is told")
        assert "nothing of what is mapped is in it; it has Switch1" in reasons()
        bridge.device.say("tele/lamp/SENSOR", {"ENERGY": {"Power": "many"}})
        await eventually(lambda: "ENERGY.Power: 'many' is no number" in reasons(), what="why")
        bridge.device.say("tele/lamp/SENSOR", PLUG)
        await eventually(lambda: code not in beats.codes(), what="it is understood")
        assert beats.came[-1].counters["not_understood"] == 2


async def test_a_device_of_ours_keeps_its_account_whatever_others_are_called(
    platform: Platform, foreign: ForeignBroker, admit: Admit
) -> None:
    (ours,) = await admit("river-1")
    mapping = parse_yaml(
        "sources:\n- {topic: 'x/{device}', name: '{device}', kind: k,"
        " datastreams: [{observed_property: temperature}]}",
        "m.yaml",
    ).validate(Mapping)
    async with (
        bridged(platform, foreign, mapping) as bridge,
        broker_of(platform) as broker,
    ):
        beats = await listen_to(broker, "bridge")
        for name in ("river-1", "platform", "attic"):
            bridge.device.say(f"x/{name}", "21.5")
        await bridge.until_told(("attic", "temperature"))
        expected = {"name river-1", "name platform"}
        await eventually(lambda: expected <= beats.codes(), what="the others are refused")
        ours.client.reconnect()
        ours.announce([])
        assert ours.refused is None
        assert {thing for thing, _ in await bridge.told()} == {"attic"}


async def test_a_flood_is_bounded_and_ends_with_its_newest_state(
    platform: Platform, foreign: ForeignBroker
) -> None:
    async with (
        bridged(platform, foreign, load_mapping("tasmota")) as bridge,
        broker_of(platform) as broker,
    ):
        beats = await listen_to(broker, "bridge")
        for power in range(3000):
            last: dict[str, Any] = {"ENERGY": {"Power": power}}
            bridge.device.say("tele/wild/SENSOR", last, wait=power == 2999)

        async def newest() -> bool:
            return (await bridge.told()).get(("tasmota-wild", "active_power")) == 2999

        await eventually(newest, what="the newest state is told", timeout_s=15)
        stored = await rows(platform, "SELECT count(*) AS n FROM observation")
        assert stored[0]["n"] < 100
        await eventually(
            lambda: beats.came and beats.came[-1].counters["left_flood"] > 2900,
            what="the rest is counted",
        )
