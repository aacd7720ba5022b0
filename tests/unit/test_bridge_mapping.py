"""Mappings: what is wrong in one is told with file, line and what is allowed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from devices_sim.bridge.broker_url import parse_broker_url
from devices_sim.bridge.mapping import Mapping
from devices_sim.bridge.mapping_files import load_mapping, shipped_mappings
from devices_sim.bridge.paths import ABSENT, parse_path
from devices_sim.bridge.topics import MAX_NAME, device_name, parse_pattern
from smartopia.contract.topics import valid_name
from smartopia.errors import ConfigurationError

GOOD = """\
broker: {url: mqtt://bridge@hub.local, password_env: HUB_PASSWORD}
sources:
  - topic: plant/{device}/state
    name: plant-{device}
    kind: plant
    datastreams:
      - {observed_property: temperature, path: t}
      - name: valve
        observed_property: valve_open
        unit: "{open}"
        path: valve
        values: {ON: 1, OFF: 0}
devices:
  - {name: plant-1, place: [37.6, 126.7]}
"""


def refused(tmp_path: Path, text: str) -> str:
    file = tmp_path / "m.yaml"
    file.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load_mapping(str(file))
    return str(caught.value).removeprefix(f"{tmp_path}/")


def test_the_shipped_mappings_are_mappings() -> None:
    assert shipped_mappings() == ["homeassistant", "tasmota", "zigbee2mqtt"]
    for name in shipped_mappings():
        assert isinstance(load_mapping(name), Mapping)
    with pytest.raises(ConfigurationError, match="one of homeassistant, tasmota, zigbee2mqtt"):
        load_mapping("zigbee")


def test_a_mapping_is_read(tmp_path: Path) -> None:
    file = tmp_path / "m.yaml"
    file.write_text(GOOD)
    valve = load_mapping(str(file)).sources[0].datastreams[1]
    assert valve.values == {"ON": 1, "OFF": 0}
    assert valve.datastream.unit == "{open}"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("kind: plant", "sort: plant", "m.yaml:5: sources[0]: unknown key 'sort'; allowed are"),
        (
            "path: t}",
            "path: t, unit: K}",
            "m.yaml:7: sources[0].datastreams[0]: temperature is given in Cel",
        ),
        ('unit: "{open}"', "scale: 2", "m.yaml:8: sources[0].datastreams[1]: unit: give the UCUM"),
        ("OFF: 0", "OFF: shut", "m.yaml:12: sources[0].datastreams[1].values.OFF: Input should be"),
        ("plant/{device}/state", "plant/+/state", "m.yaml:3: sources[0].topic: topic 'plant/+/"),
        ("plant/{device}/state", "plant/x{device}", "m.yaml:3: sources[0].topic: topic 'plant/x"),
        ("plant-{device}", "plant", "m.yaml:3: sources[0]: name, topic and availability.topic"),
        ("path: valve", "path: a..b", "m.yaml:11: sources[0].datastreams[1].path[0]: 'a..b' is no"),
        ("name: valve", "name: temperature", "m.yaml:3: sources[0]: datastreams: 'temperature' is"),
        ("place: [37.6, 126.7]", "place: [376, 1]", "m.yaml:14: devices[0].place: give [latitude"),
        ("name: plant-1,", "name: Plant 1,", "m.yaml:14: devices[0].name: String should match"),
        ("HUB_PASSWORD", "SMARTOPIA_HUB", "m.yaml:1: broker.password_env: SMARTOPIA_... are the"),
        ("bridge@hub", "b:geheim@hub", "m.yaml:1: broker.url: a broker address must not hold the"),
        ("mqtt://bridge", "http://bridge", "m.yaml:1: broker.url: 'http://bridge@hub.local' is no"),
        ("kind: plant", "kind: [", "m.yaml:"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    text = refused(tmp_path, GOOD.replace(old, new))
    assert text.startswith(told)
    assert "geheim" not in text


def test_the_mapping_of_the_how_to_is_one(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs/how-to/bridge.md").read_text()
    block = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert block is not None
    file = tmp_path / "m.yaml"
    file.write_text(block[1])
    assert load_mapping(str(file)).sources[0].kind == "water_plant"
    assert refused(tmp_path, GOOD.replace("kind: plant", "sort: plant")).startswith(
        "m.yaml:5: sources[0]: unknown key 'sort'; allowed are topic, name, kind, "
    )
    assert "unknown key 'sort'; allowed are topic, name, kind, " in text


def test_a_mapping_of_nothing_is_refused(tmp_path: Path) -> None:
    assert "nothing is mapped" in refused(tmp_path, "title: nothing\n")
    text = refused(tmp_path, "discovery: {style: openhab}\n")
    assert text == "m.yaml:1: discovery.style: Input should be 'homeassistant'"


@pytest.mark.parametrize(
    ("text", "data", "found"),
    [
        ("", 5, 5),
        ("ENERGY.Power", {"ENERGY": {"Power": 74}}, 74),
        ("ENERGY.Power[1]", {"ENERGY": {"Power": [7, 8]}}, 8),
        ("ENERGY.Power[2]", {"ENERGY": {"Power": [7, 8]}}, ABSENT),
        ("a['with.dot'][\"and space\"].b", {"a": {"with.dot": {"and space": {"b": 1}}}}, 1),
        ("0", {"0": "zero"}, "zero"),
        ("a.b", {"a": 5}, ABSENT),
        ("a", None, ABSENT),
        ("거실.온도", {"거실": {"온도": 3}}, 3),
    ],
)
def test_paths(text: str, data: object, found: object) -> None:
    assert parse_path(text).find(data) == found


@pytest.mark.parametrize("text", [".a", "a.", "a..b", "a[", "a[b]", "a[0]b", "a b", "['a]", "a[]"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no path"):
        parse_path(text)


def test_topics_name_devices() -> None:
    pattern = parse_pattern("tele/{device}/SENSOR")
    assert pattern.filter == "tele/+/SENSOR"
    assert pattern.match("tele/plug 7/SENSOR") == "plug 7"
    assert pattern.match("tele/a/b/SENSOR") is None
    assert pattern.match("tele//SENSOR") is None
    assert parse_pattern("a/b").match("a/b") == ""


def test_names_are_valid_and_stay_distinct() -> None:
    assert device_name("z2m-{device}", "Living Room/0x00158D") == "z2m-living-room-0x00158d"
    assert device_name("{device}", "Café") == "cafe"
    korean = {device_name("z2m-{device}", name) for name in ("거실 온도", "안방 온도", "室温")}
    assert len(korean) == 3
    strange = ["", "#", "거", "a" * 500, "-_-", "\n"]
    for name in (device_name("{device}", name) for name in (*strange, *korean)):
        assert valid_name(name), name
        assert len(name) <= MAX_NAME


def test_broker_addresses() -> None:
    url = parse_broker_url("mqtts://us%40er@hub.local")
    assert (url.host, url.port, url.user, url.tls) == ("hub.local", 8883, "us@er", True)
    assert str(url) == "mqtts://hub.local:8883"
    assert parse_broker_url("mqtt://[::1]:1884").port == 1884
    for wrong in ("hub.local", "mqtt://", "mqtt://h:99999", "mqtt://h/x", "mqtt://u:geheim@h:x"):
        with pytest.raises(ValueError, match=r"mqtt://USER@HOST:PORT") as caught:
            parse_broker_url(wrong)
        assert "geheim" not in str(caught.value)
