"""The published contract: official to AsyncAPI's own schema, true to the real decoders."""

from __future__ import annotations

import io
import json
import subprocess
from html.parser import HTMLParser
from typing import Any

import click.testing
import cv2
import jsonschema
import numpy as np
import pytest
import yaml

from control_center.web import build
from smartopia.cli.contract import contract
from smartopia.clock import utc_now
from smartopia.contract.announce import DeviceClock
from smartopia.contract.asyncapi import Door, asyncapi_document
from smartopia.contract.channels import CHANNELS, ChannelForm
from smartopia.contract.fields import fields
from smartopia.contract.frames import FrameStamp, read_frame, stamp_frame
from smartopia.contract.observations import decode_observations
from smartopia.contract.page import contract_page, shell_lines
from smartopia.contract.properties import PROPERTIES
from smartopia.contract.remedies import REMEDIES
from smartopia.contract.schemas import json_schemas
from smartopia.contract.times import check_time
from smartopia.contract.topics import TO_DEVICE, Channel, parse_topic
from smartopia.errors import Reason
from smartopia.settings import Settings
from tests.unit.test_contract_schemas import decode

DOOR = Door("gimpo", "127.0.0.1", 1883)
EXAMPLES = [
    (message.name, title, example)
    for form in CHANNELS
    for message in form.messages
    for title, example in message.examples.items()
]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    # As a reader gets it.
    read: dict[str, Any] = json.loads(json.dumps(asyncapi_document(DOOR)))
    return read


def messages_of(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = document["components"]["messages"]
    return found


def test_the_document_is_one_of_asyncapi_3(document: dict[str, Any]) -> None:
    build.install(build.find_node())
    official = build.NODE_MODULES / "@asyncapi" / "specs" / "schemas" / "3.0.0.json"
    jsonschema.Draft7Validator(json.loads(official.read_text())).validate(document)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if "$ref" in part:
                target: Any = document
                for step in part["$ref"].removeprefix("#/").split("/"):
                    target = target[step]
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(document)


def test_every_channel_is_told_with_its_direction_and_delivery(document: dict[str, Any]) -> None:
    assert set(document["channels"]) == set(Channel)
    delivery = {}
    for operation in document["operations"].values():
        channel = operation["channel"]["$ref"].rpartition("/")[2]
        mqtt = operation["bindings"]["mqtt"]
        delivery[channel] = (operation["action"], mqtt["qos"], mqtt["retain"])
    assert delivery == {
        "announce": ("send", 1, True),
        "status": ("send", 1, True),
        "observations": ("send", 1, False),
        "frames": ("send", 0, False),
        "events": ("send", 1, False),
        "commands": ("receive", 0, False),
        "errors": ("receive", 0, False),
    }
    assert {name for name, (action, *_) in delivery.items() if action == "receive"} == set(
        TO_DEVICE
    )


def test_addresses_are_topics_of_the_contract(document: dict[str, Any]) -> None:
    for name, channel in document["channels"].items():
        topic = channel["address"].format(site="gimpo", device="river-2")
        assert parse_topic(topic)[1] == name
    will = document["servers"]["broker"]["bindings"]["mqtt"]["lastWill"]
    assert parse_topic(will["topic"].format(site="gimpo", device="river-2"))[1] == "status"
    decode("status", will["message"].encode())


@pytest.mark.parametrize(("name", "title", "example"), EXAMPLES)
def test_each_example_is_valid_to_its_schema_and_to_the_platform(
    document: dict[str, Any], name: str, title: str, example: Any
) -> None:
    message = messages_of(document)[name]
    assert {"summary": title, "payload": example} in message["examples"]
    jsonschema.Draft202012Validator(json_schemas()[name]).validate(example)
    in_document = {**message["payload"], "components": document["components"]}
    jsonschema.Draft7Validator(in_document).validate(example)
    decode(name, json.dumps(example).encode())


def test_the_document_is_as_strict_as_the_platform(document: dict[str, Any]) -> None:
    announce = messages_of(document)["announce"]["payload"]
    validator = jsonschema.Draft7Validator({**announce, "components": document["components"]})
    stream = {"name": "level", "observed_property": "water_level", "unit": "m", "period": 1}
    for wrong in ({"range": [0]}, {"range": [0, "x"]}, {"period": 0}, {"colour": "red"}):
        assert not validator.is_valid({"kind": "gauge", "datastreams": [stream | wrong]}), wrong
    assert not validator.is_valid({"kind": "gauge", "clock": "sundial"})
    assert validator.is_valid({"kind": "gauge", "datastreams": [stream | {"range": [0, 1]}]})


def test_a_frame_stamped_as_told_is_read(document: dict[str, Any]) -> None:
    told = messages_of(document)["frame"]["x-stamp"]["example"]
    done, encoded = cv2.imencode(".jpg", np.zeros((16, 16, 3), np.uint8))
    assert done
    stamp = FrameStamp.model_validate_json(json.dumps(told))
    frame = read_frame(stamp_frame(encoded.tobytes(), stamp), utc_now())
    assert frame.stamp == stamp


def test_every_property_and_reason_is_told_and_how_to_mend_it(document: dict[str, Any]) -> None:
    assert set(document["x-observed-properties"]) == set(PROPERTIES)
    assert set(REMEDIES) == set(Reason)
    told = document["x-refusal-reasons"]
    assert all(told[reason]["means"] and told[reason]["mend"] for reason in Reason)


def test_the_server_is_where_devices_connect() -> None:
    everywhere = Settings(mqtt_host="0.0.0.0", mqtt_port=18830, site="seoul")  # noqa: S104
    door = Door.of(everywhere, "broker.example")
    document = asyncapi_document(door)
    assert document["servers"]["broker"]["host"] == "broker.example:18830"
    assert document["components"]["parameters"]["site"]["default"] == "seoul"
    assert str(Door.of(Settings(mqtt_host="::1"), "broker.example")) == "[::1]:1883"


# The page


class _Text(HTMLParser):
    """What a person reads, and what a browser would have to close."""

    def __init__(self) -> None:
        super().__init__()
        self.text = io.StringIO()
        self.ids: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        assert tag != "script"
        self.ids.add(values.get("id") or "")
        if tag == "a":
            self.links.add(values.get("href") or "")

    def handle_data(self, data: str) -> None:
        self.text.write(data)


def page() -> _Text:
    parser = _Text()
    parser.feed(contract_page(DOOR))
    return parser


def test_the_page_tells_every_channel_field_property_and_reason() -> None:
    read = page()
    text = read.text.getvalue()
    for form in CHANNELS:
        assert f"smartopia/v1/gimpo/river-2/{form.channel}" in text
    for schema in json_schemas().values():
        for field in fields(schema):
            assert field.path in text
    for name, known in PROPERTIES.items():
        assert name in text
        assert known.unit in text
    for remedy in REMEDIES.values():
        assert remedy.mend.replace("`", "") in text
    assert {link[1:] for link in read.links if link.startswith("#")} <= read.ids


def test_a_field_is_told_with_its_type_limits_and_place() -> None:
    told = {field.path: field for field in fields(json_schemas()["announce"])}
    assert told["kind"].required
    assert not told["title"].required
    assert told["clock"].kind == "one of live, replay"
    assert told["location.latitude"].limits == "at least -90, at most 90"
    assert told["datastreams"].kind == "list of objects"
    assert told["datastreams[].range"].kind == "[number, number]"
    assert told["datastreams[].period"].text == "seconds between results"
    assert fields(json_schemas()["observations"])[3].kind == "object of name: number"


def sent(line: str) -> tuple[str, str]:
    """Topic and payload a shell hands to the program."""
    script = f'{line.split(maxsplit=1)[0]}() {{ printf "%s\\0" "$@"; }}; {line}'
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=True, text=True)
    words = done.stdout.split("\0")
    return words[words.index("-t") + 1], words[words.index("-m") + 1] if "-m" in words else ""


@pytest.mark.parametrize("form", CHANNELS, ids=lambda form: form.channel.value)
def test_each_line_to_paste_says_what_the_platform_takes(form: ChannelForm) -> None:
    for line in shell_lines(DOOR, form).values():
        topic, payload = sent(line)
        assert parse_topic(topic)[1] is form.channel
        if form.channel is Channel.OBSERVATIONS:
            now = utc_now()
            for observation in decode_observations(payload.encode(), now, 1):
                check_time(observation.phenomenon_time, now, DeviceClock.LIVE)
        elif payload:
            decode(form.channel, payload.encode())


# The command


def run(*arguments: str) -> click.testing.Result:
    return click.testing.CliRunner().invoke(contract, arguments)


def test_the_command_prints_all_of_it_with_nothing_running(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("smartopia.cli.state.default_data_dir", lambda: tmp_path)
    assert json.loads(run("asyncapi").output)["asyncapi"] == "3.0.0"
    assert yaml.safe_load(run("asyncapi", "--yaml").output) == json.loads(run("asyncapi").output)
    assert json.loads(run("schema", "status").output) == json_schemas()["status"]
    assert set(json.loads(run("schema").output)) == set(json_schemas())
    assert run("page").output.startswith("<!doctype html>")


def test_a_wrong_channel_is_told_with_those_there_are() -> None:
    wrong = run("schema", "frames")
    assert "announce" in str(wrong.exception)
    assert "frames" in str(wrong.exception)
