"""From foreign payloads to results: what is told, what is left out, and what is said about it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices_sim.bridge.mapping import Mapping
from devices_sim.bridge.mapping_files import load_mapping
from devices_sim.bridge.outcomes import Arrived, LeftOut, Outcome, Present, Told, Trouble
from devices_sim.bridge.translate import Translator
from devices_sim.bridge.trial import try_out
from smartopia.yaml_lines import parse_yaml

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def mapped(text: str) -> Translator:
    return Translator(parse_yaml(text, "m.yaml").validate(Mapping))


def take(
    translator: Translator, topic: str, payload: Any, *, retained: bool = False
) -> list[Outcome]:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return translator.take(Arrived(topic, raw, NOW, retained))


def only_told(outcomes: list[Outcome]) -> Told:
    (told,) = outcomes
    assert isinstance(told, Told)
    return told


def trouble(outcomes: list[Outcome]) -> str:
    (found,) = (outcome.text for outcome in outcomes if isinstance(outcome, Trouble))
    return found


ONE = """\
sources:
- topic: x/{{device}}
  name: x-{{device}}
  kind: k
  {more}
  datastreams:
  - {{observed_property: speed, unit: m/s, path: v, {stream}}}
"""


def one(stream: str = "", more: str = "") -> Translator:
    return mapped(ONE.format(stream=stream, more=more))


@pytest.mark.parametrize(
    ("found", "stream", "result"),
    [
        (3, "", 3),
        ("3.5", "", 3.5),
        (" -2e1 ", "", -20),
        (True, "", 1),
        (10, "scale: 0.1, offset: -1", 0),
        ("ON", "values: {ON: 1, OFF: 0}", 1),
        ("off", "values: {ON: 1, OFF: 0}", 0),
        (False, "values: {true: 5, false: 6}", 6),
        (2, "values: {1: 10, 2: 20}", 20),
    ],
)
def test_a_number_is_found(found: object, stream: str, result: float) -> None:
    told = only_told(take(one(stream), "x/a", {"v": found}))
    assert told.results == {"speed": result}
    assert told.time == NOW


@pytest.mark.parametrize("nothing", [None, "", "unavailable", "unknown", "nan", "None"])
def test_no_value_at_the_moment_is_no_trouble(nothing: object) -> None:
    assert take(one(), "x/a", {"v": nothing}) == [LeftOut("left_empty")]
    assert take(one("values: {ON: 1}"), "x/a", {"v": nothing}) == [LeftOut("left_empty")]


@pytest.mark.parametrize(
    ("payload", "stream", "said"),
    [
        ({"v": "fast"}, "", "v: 'fast' is no number; if it is a word, give its number in values"),
        ({"v": "Infinity"}, "", "v: 'Infinity' is no finite number"),
        ({"v": [1]}, "", "v: '[1]' is no number"),
        ({"v": "HALF"}, "values: {ON: 1}", "v: 'HALF' is none of the values ON"),
        ({"w": 1, "a": {"b": 2}}, "", "nothing of what is mapped is in it; it has w, a.b"),
        (b"hello", "", "nothing of what is mapped is in it; it has only 'hello'"),
        (b"\xff\xfe", "", "the payload is neither JSON nor text"),
        (b"1" * 70_000, "", "70000 bytes; at most 65536 are read"),
    ],
)
def test_what_is_not_understood_is_said(payload: object, stream: str, said: str) -> None:
    assert trouble(take(one(stream), "x/a", payload)).startswith(said)


def test_what_is_understood_is_told_beside_what_is_not() -> None:
    translator = Translator(load_mapping("tasmota"))
    outcomes = take(translator, "tele/p/SENSOR", {"ENERGY": {"Power": "?", "Voltage": 230}})
    assert trouble(outcomes).startswith("ENERGY.Power: '?' is no number")
    assert [o.results for o in outcomes if isinstance(o, Told)] == [{"voltage": 230}]


def test_an_old_retained_value_does_not_look_fresh() -> None:
    plain = one()
    assert take(plain, "x/a", {"v": 1}, retained=True) == [LeftOut("left_retained")]
    timed = one(more="time: {path: at}")
    told = only_told(take(timed, "x/a", {"v": 1, "at": "2026-04-30T12:00:00Z"}, retained=True))
    assert told.time == NOW - timedelta(days=1)
    assert not told.fresh
    assert take(timed, "x/a", {"v": 1}, retained=True) == [LeftOut("left_retained")]


@pytest.mark.parametrize(
    ("at", "more", "hours"),
    [
        ("2026-05-01T11:00:00Z", "{path: at}", -1),
        ("2026-05-01T19:00:00", "{path: at, zone: Asia/Seoul}", -2),
        (NOW.timestamp() - 3600, "{path: at, form: seconds}", -1),
        ((NOW.timestamp() - 3600) * 1000, "{path: at, form: milliseconds}", -1),
        (None, "{path: at}", 0),
    ],
)
def test_a_payload_may_tell_its_time(at: object, more: str, hours: int) -> None:
    told = only_told(take(one(more=f"time: {more}"), "x/a", {"v": 1, "at": at}))
    assert told.time == NOW + timedelta(hours=hours)


@pytest.mark.parametrize("at", ["noon", 1e300, "2031-01-01T00:00:00Z", "1999-01-01T00:00:00Z", {}])
def test_a_clock_that_is_wrong_is_named_and_arrival_taken(at: object) -> None:
    outcomes = take(one(more="time: {path: at}"), "x/a", {"v": 1, "at": at})
    assert trouble(outcomes).startswith("at: ")
    assert [o.time for o in outcomes if isinstance(o, Told)] == [NOW]


def test_several_topics_make_one_device() -> None:
    translator = mapped(
        "sources:\n"
        "- {topic: 's/{device}/t', name: 's-{device}', kind: k,"
        " datastreams: [{observed_property: temperature}]}\n"
        "- {topic: 's/{device}/h', name: 's-{device}', kind: k,"
        " datastreams: [{observed_property: relative_humidity}]}\n"
        "devices: [{name: s-a, title: Attic, place: [37.6, 126.7]}, {name: s-b, ignore: true}]\n"
    )
    warm = only_told(take(translator, "s/a/t", b"21.5"))
    damp = only_told(take(translator, "s/a/h", b"60"))
    assert warm.device == damp.device
    assert (warm.device.title, warm.device.place) == ("Attic", (37.6, 126.7))
    assert damp.results == {"relative_humidity": 60}
    assert take(translator, "s/b/t", b"1") == [LeftOut("left_ignored")]
    assert take(translator, "s/b/x", b"1") == [LeftOut("left_unmapped")]


def test_two_devices_never_share_a_name_and_there_are_not_too_many() -> None:
    translator = one()
    only_told(take(translator, "x/Living Room", {"v": 1}))
    said = trouble(take(translator, "x/living-room", {"v": 1}))
    assert said.startswith("'x-living-room' would be called x-living-room, as 'x-Living Room' is")
    few = mapped("max_devices: 2\n" + ONE.format(stream="", more=""))
    for name in ("a", "b"):
        only_told(take(few, f"x/{name}", {"v": 1}))
    assert "max_devices (2)" in trouble(take(few, "x/c", {"v": 1}))
    only_told(take(few, "x/a", {"v": 1}))


def test_presence_is_told() -> None:
    translator = Translator(load_mapping("zigbee2mqtt"))

    def presence(payload: object) -> list[Outcome]:
        return take(translator, "zigbee2mqtt/lamp/availability", payload, retained=True)

    for online in (b"online", {"state": "online"}):
        (there,) = presence(online)
        assert isinstance(there, Present)
        assert there.online
    (gone,) = presence({"state": "offline"})
    assert isinstance(gone, Present)
    assert not gone.online
    assert "'asleep' is neither 'online' nor 'offline'" in trouble(presence(b"asleep"))
    assert presence(b"") == [LeftOut("left_empty")]


@given(
    payload=st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["temperature", "last_seen", "contact", "state", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
    retained=st.booleans(),
)
def test_no_payload_stops_the_bridge(payload: bytes, retained: bool) -> None:
    translator = Translator(load_mapping("zigbee2mqtt"))
    for topic in ("zigbee2mqtt/x", "zigbee2mqtt/x/availability"):
        assert translator.take(Arrived(topic, payload, NOW, retained))


def test_a_mapping_is_tried_without_a_broker() -> None:
    lines = [
        "# recorded by mosquitto_sub -v\n",
        'tele/p/SENSOR {"ENERGY": {"Power": 74}}\n',
        "\n",
        "(retained) tele/p/LWT Offline\n",
        "(retained) tele/p/SENSOR {}\n",
        "other 1\n",
    ]
    assert list(try_out(load_mapping("tasmota"), lines, NOW)) == [
        "subscribes to tele/+/SENSOR, tele/+/LWT",
        "tele/p/SENSOR",
        "  tasmota-p (tasmota) tells active_power 74 W, as of arrival",
        "tele/p/LWT (retained)",
        "  tasmota-p is lost",
        "tele/p/SENSOR (retained)",
        "  left out: retained, with no time of its own",
        "other",
        "  left out: no source has this topic",
    ]
