"""What a device may say of itself, and how it is told what is wrong."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartopia.contract.announce import Announce, DeviceClock
from smartopia.contract.events import DeviceEvent
from smartopia.contract.status import DeviceState, Status
from smartopia.errors import Reason, RefusedMessageError

STREAM: dict[str, Any] = {
    "name": "level",
    "observed_property": "water_level",
    "unit": "m",
    "range": [0, 12],
    "period": 1,
}
FULL: dict[str, Any] = {
    "boot": "b1",
    "seq": 0,
    "time": "2026-06-01T00:00:00Z",
    "kind": "river-gauge",
    "title": "Han river, 3rd bridge",
    "location": {"latitude": 37.6, "longitude": 126.7},
    "clock": "live",
    "datastreams": [STREAM],
    "frames": {"rate": 5},
}


YARD: dict[str, Any] = {
    "areas": [{"name": "yard", "use": "forbidden", "outline": [[0, 0], [1, 0], [1, 1], [0, 1]]}]
}
CROSSED = [[0, 0], [1, 1], [1, 0], [0, 1]]


def announce(**changes: Any) -> Announce:
    return Announce.decode(json.dumps(FULL | changes).encode())


def test_a_full_announcement_is_understood() -> None:
    message = announce()
    (stream,) = message.datastreams
    assert (stream.range, stream.interval) == ((0, 12), 0)
    assert message.location is not None
    assert message.location.longitude == 126.7


def test_a_bare_announcement_is_live_and_observes_nothing() -> None:
    message = Announce.decode(b'{"kind": "cam"}')
    assert message.clock is DeviceClock.LIVE
    assert message.datastreams == ()
    assert message.frames is None


def test_an_announcement_comes_back_as_it_was_sent() -> None:
    assert Announce.decode(announce().encode()) == announce()


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"kind": "River Gauge"}, "kind"),
        ({"kind": None}, "kind"),
        ({"title": "two\nlines"}, "title"),
        ({"title": "a" * 201}, "title"),
        ({"title": "nul\0"}, "title"),
        ({"location": {"latitude": 91, "longitude": 0}}, "location.latitude"),
        ({"location": {"latitude": 0, "longitude": -181}}, "location.longitude"),
        ({"location": {"latitude": 0}}, "location.longitude"),
        ({"clock": "sundial"}, "clock"),
        ({"boot": ""}, "boot"),
        ({"boot": "b 1"}, "boot"),
        ({"seq": -1}, "seq"),
        ({"seq": 2**63}, "seq"),
        ({"time": "2026-06-01T00:00:00"}, "time"),
        ({"firmware": "1.0"}, "firmware"),
        ({"frames": {"rate": 0}}, "frames.rate"),
        ({"frames": {"rate": 61}}, "frames.rate"),
        ({"datastreams": [STREAM, STREAM]}, "level"),
        ({"datastreams": [STREAM] * 201}, "datastreams"),
        ({"datastreams": [STREAM | {"name": "Level"}]}, "datastreams.0.name"),
        ({"datastreams": [STREAM | {"unit": ""}]}, "datastreams.0.unit"),
        ({"datastreams": [STREAM | {"unit": "cm"}]}, "given in m (UCUM), not 'cm'"),
        ({"datastreams": [STREAM | {"range": [5, 5]}]}, "low end must be below"),
        ({"datastreams": [STREAM | {"range": [5]}]}, "datastreams.0.range"),
        ({"datastreams": [STREAM | {"range": [5, float("inf")]}]}, "datastreams.0.range.1"),
        ({"datastreams": [STREAM | {"period": 0}]}, "datastreams.0.period"),
        ({"datastreams": [STREAM | {"period": float("nan")}]}, "datastreams.0.period"),
        ({"datastreams": [STREAM | {"period": 86_400 * 32}]}, "datastreams.0.period"),
        ({"datastreams": [STREAM | {"interval": -1}]}, "datastreams.0.interval"),
    ],
)
def test_a_wrong_announcement_is_refused_by_name(changes: dict[str, Any], names: str) -> None:
    with pytest.raises(RefusedMessageError) as refused:
        announce(**changes)
    wrong_unit = "UCUM" in names
    assert refused.value.reason is (Reason.WRONG_UNIT if wrong_unit else Reason.WRONG_TYPE)
    assert names in refused.value.detail


def test_a_camera_may_propose_what_is_drawn_on_its_picture() -> None:
    message = announce(view=YARD)
    assert message.view is not None
    assert message.view.areas[0].name == "yard"
    assert Announce.decode(message.encode()) == message


@pytest.mark.parametrize(
    ("view", "names", "reason"),
    [
        ({"wires": [{"name": "gate", "line": [[0.5, 0.5], [1.5, 0.5]]}]},
         "view.wires.0.line.1: (1.5, 0.5) lies outside", Reason.UNSOUND_VIEW),
        ({"areas": [YARD["areas"][0] | {"outline": CROSSED}]},
         "view.areas.0.outline: the outline crosses itself", Reason.UNSOUND_VIEW),
        ({"ground": {}}, "view.ground: give exactly one of pole, marks", Reason.UNSOUND_VIEW),
        ({"areas": YARD["areas"] * 2}, "'yard' is used twice", Reason.UNSOUND_VIEW),
        ({"camera": "cam-1"}, "view.camera", Reason.WRONG_TYPE),
        ({"fences": []}, "view.fences", Reason.WRONG_TYPE),
    ],
)  # fmt: skip
def test_an_unsound_view_is_refused_with_its_place(
    view: dict[str, Any], names: str, reason: Reason
) -> None:
    with pytest.raises(RefusedMessageError) as refused:
        announce(view=view)
    assert (refused.value.reason, names in refused.value.detail) == (reason, True)


def test_only_what_sends_pictures_has_a_view() -> None:
    with pytest.raises(RefusedMessageError, match="announce its frames"):
        announce(frames=None, view=YARD)


def test_many_mistakes_are_told_in_a_few_words() -> None:
    with pytest.raises(RefusedMessageError) as refused:
        announce(datastreams=[{"name": "Bad"}] * 50)
    assert "more)" in refused.value.detail
    assert len(refused.value.detail) < 500


def test_a_property_nobody_knows_may_have_any_unit() -> None:
    stream = STREAM | {"observed_property": "pollen", "unit": "{grain}/m3"}
    assert announce(datastreams=[stream]).datastreams[0].unit == "{grain}/m3"


@given(st.binary(max_size=300))
def test_any_bytes_are_an_announcement_or_refused(payload: bytes) -> None:
    with suppress(RefusedMessageError):
        Announce.decode(payload)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*FULL, *STREAM]) | st.text(), inner, max_size=6)
        ),
        max_leaves=12,
    )
)
def test_any_json_is_an_announcement_or_refused(content: Any) -> None:
    with suppress(RefusedMessageError):
        Announce.decode(json.dumps(content).encode())


@pytest.mark.parametrize("state", list(DeviceState))
def test_a_status_says_whether_a_device_is_there(state: DeviceState) -> None:
    assert Status.decode(f'{{"state": "{state}"}}'.encode()).state is state


@pytest.mark.parametrize(
    ("payload", "names"),
    [
        (b"{}", "state"),
        (b'{"state": "asleep"}', "state"),
        (b'{"state": "online", "note": "a\\u0007"}', "note"),
        (b'{"state": ["online"]}', "state"),
    ],
)
def test_a_wrong_status_is_refused_by_name(payload: bytes, names: str) -> None:
    with pytest.raises(RefusedMessageError, match=names):
        Status.decode(payload)


def test_an_event_has_a_name_and_perhaps_a_note() -> None:
    event = DeviceEvent.decode(b'{"boot": "b", "seq": 3, "event": "pressed", "note": "twice"}')
    assert (event.event, event.note, event.seq) == ("pressed", "twice", 3)


@pytest.mark.parametrize(
    ("payload", "names"),
    [(b'{"note": "x"}', "event"), (b'{"event": "Button Pressed"}', "event")],
)
def test_a_wrong_event_is_refused_by_name(payload: bytes, names: str) -> None:
    with pytest.raises(RefusedMessageError, match=names):
        DeviceEvent.decode(payload)
