"""Home Assistant discovery: devices that describe themselves become devices of ours."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from devices_sim.bridge.discovery import read_template
from devices_sim.bridge.mapping import DeviceEntry
from devices_sim.bridge.mapping_files import load_mapping
from devices_sim.bridge.outcomes import (
    Arrived,
    Described,
    Follow,
    LeftOut,
    Outcome,
    Present,
    Told,
    Trouble,
)
from devices_sim.bridge.reading import NotUnderstoodError
from devices_sim.bridge.translate import Translator
from devices_sim.bridge.units import into_property, to_ucum

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
SENSOR = "homeassistant/sensor/greenhouse/air_temperature/config"
ESPHOME = {
    "~": "greenhouse",
    "dev_cla": "temperature",
    "unit_of_meas": "°F",
    "name": "Air temperature",
    "stat_t": "~/sensor/air_temperature/state",
    "avty_t": "~/status",
    "uniq_id": "ESPsensorair_temperature",
    "dev": {"ids": ["a4cf12f03a5b"], "name": "Greenhouse", "mf": "espressif"},
}
Z2M = {
    "availability": [
        {"topic": "zigbee2mqtt/bridge/state", "value_template": "{{ value_json.state }}"},
        {"topic": "zigbee2mqtt/door/availability", "value_template": "{{ value_json.state }}"},
    ],
    "availability_mode": "all",
    "device": {"identifiers": ["zigbee2mqtt_0x00158d0001"], "name": "door"},
    "device_class": "door",
    "payload_off": True,
    "payload_on": False,
    "state_topic": "zigbee2mqtt/door",
    "value_template": "{{ value_json['contact'] }}",
}


class Home:
    """A translator that discovers, and what comes of messages."""

    def __init__(self, *devices: DeviceEntry) -> None:
        mapping = load_mapping("homeassistant")
        self.translator = Translator(mapping.model_copy(update={"devices": devices}))

    def take(self, topic: str, payload: Any) -> list[Outcome]:
        raw = payload.encode() if isinstance(payload, str) else json.dumps(payload).encode()
        return self.translator.take(Arrived(topic, raw, NOW))


def test_an_esphome_sensor_is_described_followed_and_read() -> None:
    home = Home()
    followed, watched, described = home.take(SENSOR, ESPHOME)
    assert followed == Follow("greenhouse/sensor/air_temperature/state")
    assert watched == Follow("greenhouse/status")
    assert isinstance(described, Described)
    assert (described.device.name, described.device.title) == ("ha-a4cf12f03a5b", "Greenhouse")
    (stream,) = described.streams
    assert (stream.observed_property, stream.unit) == ("temperature", "Cel")
    (told,) = home.take("greenhouse/sensor/air_temperature/state", "70.7")
    assert isinstance(told, Told)
    assert told.results == {"air_temperature": 21.5}
    (gone,) = home.take("greenhouse/status", "offline")
    assert gone == Present(told.device, online=False)
    assert not home.take(SENSOR, ESPHOME)[1:], "told once"


def test_the_entities_of_a_device_are_one_thing() -> None:
    home = Home()
    home.take("homeassistant/binary_sensor/0x00158d0001/contact/config", Z2M)
    battery = {key: Z2M[key] for key in ("device", "state_topic")} | {
        "device_class": "battery",
        "unit_of_measurement": "%",
        "value_template": "{{ value_json.battery | float }}",
    }
    described = home.take("homeassistant/sensor/0x00158d0001/battery/config", battery)[-1]
    assert isinstance(described, Described)
    assert [s.name for s in described.streams] == ["contact", "battery"]
    (told,) = home.take("zigbee2mqtt/door", {"contact": False, "battery": 97})
    assert isinstance(told, Told)
    assert told.results == {"contact": 1, "battery": 97}, "the door is open"


def test_all_of_several_availabilities_must_hold() -> None:
    home = Home()
    home.take("homeassistant/binary_sensor/0x00158d0001/contact/config", Z2M)
    assert home.take("zigbee2mqtt/bridge/state", {"state": "online"}) == [LeftOut("left_unmapped")]
    (there,) = home.take("zigbee2mqtt/door/availability", {"state": "online"})
    assert isinstance(there, Present)
    assert there.online
    (gone,) = home.take("zigbee2mqtt/bridge/state", {"state": "offline"})
    assert isinstance(gone, Present)
    assert not gone.online


def test_a_device_may_describe_all_its_components_at_once() -> None:
    home = Home()
    config = {
        "dev": {"ids": "ea334450945afc", "name": "Kitchen"},
        "o": {"name": "bla2mqtt"},
        "stat_t": "kitchen/state",
        "cmps": {
            "t1": {
                "p": "sensor",
                "dev_cla": "temperature",
                "unit_of_meas": "°C",
                "val_tpl": "{{ value_json.temperature }}",
            },
            "sw": {"p": "switch", "cmd_t": "kitchen/set"},
        },
    }
    outcomes = home.take("homeassistant/device/0AFFD2/config", config)
    assert LeftOut("left_no_sensor") in outcomes
    (described,) = (o for o in outcomes if isinstance(o, Described))
    assert [s.name for s in described.streams] == ["t1"]
    (told,) = home.take("kitchen/state", {"temperature": 20})
    assert isinstance(told, Told)


def test_an_entity_that_is_taken_back_is_read_no_more() -> None:
    home = Home()
    home.take(SENSOR, ESPHOME)
    assert home.take(SENSOR, "") == [LeftOut("left_empty")]
    state = home.take("greenhouse/sensor/air_temperature/state", "70.7")
    assert state == [LeftOut("left_unmapped")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"val_tpl": "{{ value_json.t * 2 }}"}, "the template '{{ value_json.t * 2 }}' is not run"),
        ({"unit_of_meas": "furlong"}, "the unit 'furlong' is not known"),
        ({"unit_of_meas": "hPa"}, "temperature is given in Cel, which hPa cannot become"),
        ({"stat_t": "a/#"}, "state_topic is missing, or is no topic"),
    ],
)
def test_what_is_not_understood_is_named(change: dict[str, str], said: str) -> None:
    (found,) = Home().take(SENSOR, ESPHOME | change)
    assert isinstance(found, Trouble)
    assert found.text.startswith(f"air_temperature: {said}")


def test_a_device_that_is_ignored_is_not_complained_of() -> None:
    home = Home(DeviceEntry(name="ha-a4cf12f03a5b", ignore=True))
    assert home.take(SENSOR, ESPHOME | {"val_tpl": "{{ now() }}"}) == [LeftOut("left_unmapped")]
    assert home.take(SENSOR, ESPHOME)[-1] == LeftOut("left_ignored")
    state = home.take("greenhouse/sensor/air_temperature/state", "70.7")
    assert state == [LeftOut("left_ignored")]


def test_no_configuration_stops_the_bridge() -> None:
    strange = [
        "[]",
        "{",
        "5",
        {"dev": 5, "stat_t": 7},
        {"cmps": [1]},
        {"cmps": {"a": 1}},
        {"stat_t": "x", "dev": {"ids": []}, "avty": [5, {"t": 1}]},
        {"stat_t": "x", "dev": {"cns": [["mac", "02:5b"]]}, "exp_aft": "x"},
    ]
    for payload in strange:
        for component in ("sensor", "binary_sensor", "device", "switch"):
            assert Home().take(f"homeassistant/{component}/x/config", payload)


@pytest.mark.parametrize(
    ("template", "path"),
    [
        (None, ""),
        ("{{ value }}", ""),
        ("{{value_json.a.b}}", "a.b"),
        ("{{ value_json['a']['b c'] }}", "['a']['b c']"),
        ('{{ value_json["a"].b[0] | float | round(1) }}', '["a"].b[0]'),
        ("{{ value_json.tempc | is_defined }}", "tempc"),
    ],
)
def test_simple_templates_are_read(template: str | None, path: str) -> None:
    assert read_template(template).text == path


@pytest.mark.parametrize(
    "template",
    [
        "{{ value_json.a + 1 }}",
        "{% if value %}1{% endif %}",
        "{{ value.a }}",
        "{{ now() }}",
        "{{ value_json.a }}x",
        "{{ value_json.a | replace('a', 'b') }}",
        "{{ value_json[a] }}",
        "{{ ''.__class__ }}",
    ],
)
def test_no_template_is_run(template: str) -> None:
    with pytest.raises(NotUnderstoodError, match="the template"):
        read_template(template)


def test_units_become_ucum() -> None:
    assert to_ucum("μg/m³") == to_ucum("µg/m³") == "ug/m3"
    assert to_ucum(None) == "1"
    unit, factor, offset = into_property("wind_speed", "km/h")
    assert (unit, factor, offset) == ("m/s", 1 / 3.6, 0)
    assert into_property("co2", "[ppm]") == ("[ppm]", 1, 0)
