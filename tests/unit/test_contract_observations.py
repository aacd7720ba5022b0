"""Observations: three forms, one meaning; and refusals that say what and where."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartopia.contract.base import MAX_MESSAGE_BYTES
from smartopia.contract.observations import Observation, decode_observations
from smartopia.errors import Reason, RefusedMessageError

ARRIVED = datetime(2026, 6, 1, 12, 0, 5, tzinfo=UTC)
SENT = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
LOG_SEQ = 4711


def decode(payload: bytes | dict[str, Any]) -> list[Observation]:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return decode_observations(raw, ARRIVED, LOG_SEQ)


def refused(payload: bytes | dict[str, Any]) -> RefusedMessageError:
    with pytest.raises(RefusedMessageError) as error:
        decode(payload)
    return error.value


def test_the_barest_form_takes_time_and_place_from_the_log() -> None:
    assert decode(b'{"level": 2.1, "battery": 80}') == [
        Observation("level", ARRIVED, 2.1, "", LOG_SEQ, 0, timed=False),
        Observation("battery", ARRIVED, 80, "", LOG_SEQ, 1, timed=False),
    ]


def test_the_middle_form_gives_identity_and_one_time() -> None:
    message = {"boot": "b1", "seq": 7, "time": "2026-06-01T21:00:00+09:00", "results": {"level": 2}}
    assert decode(message) == [Observation("level", SENT, 2, "b1", 7, 0)]


def test_the_fullest_form_has_a_time_for_each() -> None:
    times = [SENT - timedelta(seconds=s) for s in (2, 1, 0)]
    groups = [
        {"time": time.isoformat(), "results": {"level": n, "battery": n + 10}}
        for n, time in enumerate(times)
    ]
    seen = decode({"boot": "b1", "seq": 7, "observations": groups})
    assert [(o.datastream, o.phenomenon_time, o.result) for o in seen] == [
        (name, time, n + more)
        for n, time in enumerate(times)
        for name, more in (("level", 0), ("battery", 10))
    ]
    assert [o.ordinal for o in seen] == list(range(6)), "each is unique within its message"
    assert {(o.boot, o.seq) for o in seen} == {("b1", 7)}


def test_a_time_left_out_is_the_messages_and_then_the_logs() -> None:
    groups = [{"results": {"a": 1}}]
    of_message = decode({"time": SENT.isoformat(), "observations": groups})
    of_log = decode({"observations": groups})
    assert of_message[0].phenomenon_time == SENT
    assert of_log[0].phenomenon_time == ARRIVED


def test_results_and_observations_may_come_together() -> None:
    seen = decode({"results": {"a": 1}, "observations": [{"results": {"b": 2}}]})
    assert [(o.datastream, o.ordinal) for o in seen] == [("a", 0), ("b", 1)]


@pytest.mark.parametrize("identity", [{"boot": "b1"}, {"seq": 7}, {}])
def test_half_an_identity_is_none(identity: dict[str, Any]) -> None:
    (seen,) = decode({**identity, "results": {"a": 1}})
    assert (seen.boot, seen.seq) == ("", LOG_SEQ)


def test_a_datastream_may_be_named_like_a_field() -> None:
    assert decode(b'{"time": 5}')[0].datastream == "time"


@pytest.mark.parametrize(
    "value",
    ["NaN", "Infinity", "-Infinity", "1e400", "-1e999", "true", '"2.1"', "null", "[2]", '{"x":1}'],
)
@pytest.mark.parametrize(
    ("form", "where"),
    [
        ('{"ok": 1, "level": %s}', "level"),
        ('{"results": {"ok": 1, "level": %s}}', "results.level"),
        ('{"observations": [{"results": {"level": %s}}]}', "observations.0.results.level"),
    ],
)
def test_what_is_no_number_is_refused_where_it_stands(value: str, form: str, where: str) -> None:
    error = refused((form % value).encode())
    assert error.reason is Reason.WRONG_TYPE
    assert f"{where}: Input should be a " in error.detail


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b" ",
        b"on",
        b"\xff\xfe",
        b'{"level": 1',
        b'{"level": 1} {"level": 2}',
        b"{'level': 1}",
        b'{"level": 0x10}',
        b'{"level": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 30_000,
        b'{"results": {"level": ' + b"[" * 500 + b"]" * 500 + b"}}",
        b'{"level": "\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"\xed\xa0\x80": 1}',
    ],
    ids=lambda payload: repr(payload[:12]),
)
def test_what_is_no_json_is_malformed(payload: bytes) -> None:
    error = refused(payload)
    assert error.reason is Reason.MALFORMED
    assert "JSON" in error.detail
    assert "column" in error.detail


@pytest.mark.parametrize(
    ("payload", "names"),
    [
        (b"{}", "message: Dictionary should have at least 1 item"),
        (b"[]", "message"),
        (b"null", "message"),
        (b"2.1", "message"),
        (b'{"results": {}}', "results"),
        (b'{"observations": []}', "observations"),
        (b'{"observations": [{}]}', "observations.0.results"),
        (b'{"observations": [{"results": {}}]}', "observations.0.results"),
        (b'{"Level": 1}', "Level"),
        (b'{"": 1}', "pattern"),
        (b'{"results": {"a b": 1}}', "a b"),
        (b'{"results": {"a": 1}, "unit": "m"}', "unit"),
        (b'{"results": {"a": 1}, "boot": "b/1"}', "boot"),
        (b'{"results": {"a": 1}, "boot": 1}', "boot"),
        (b'{"results": {"a": 1}, "seq": -1}', "seq"),
        (b'{"results": {"a": 1}, "seq": 1.5}', "seq"),
        (b'{"results": {"a": 1}, "seq": 9223372036854775808}', "seq"),
    ],
)
def test_a_wrong_shape_is_refused_by_name(payload: bytes, names: str) -> None:
    error = refused(payload)
    assert error.reason is Reason.WRONG_TYPE
    assert names in error.detail


@pytest.mark.parametrize("seq", ["true", '"7"'])
def test_a_sequence_is_a_number_and_nothing_like_one(seq: str) -> None:
    assert "seq" in refused(f'{{"boot": "b", "seq": {seq}, "results": {{"a": 1}}}}'.encode()).detail


@pytest.mark.parametrize(
    "time",
    [
        '"2026-06-01T00:00:00"',
        '"2026-06-01"',
        '"12:00:00Z"',
        '"yesterday"',
        '""',
        '"2026-13-01T00:00:00Z"',
        '"2026-02-30T00:00:00Z"',
        "1780272000",
        "1780272000.5",
        "true",
        "{}",
    ],
)
@pytest.mark.parametrize(
    ("form", "where"),
    [
        ('{"time": %s, "results": {"a": 1}}', "time"),
        ('{"observations": [{"time": %s, "results": {"a": 1}}]}', "observations.0.time"),
    ],
)
def test_what_is_no_instant_is_refused_where_it_stands(time: str, form: str, where: str) -> None:
    error = refused((form % time).encode())
    assert error.reason is Reason.WRONG_TYPE
    assert f"{where}: " in error.detail


@pytest.mark.parametrize("time", ["1780272000", "1780272000.5", "-5", "1780272000000"])
def test_epoch_numbers_are_no_instants_in_quotes_either(time: str) -> None:
    assert "time" in refused({"time": time, "results": {"a": 1}}).detail


def test_a_message_too_large_is_refused_with_the_limit() -> None:
    error = refused(b'{"a": 1}' + b" " * MAX_MESSAGE_BYTES)
    assert error.reason is Reason.TOO_LARGE
    assert str(MAX_MESSAGE_BYTES) in error.detail


@pytest.mark.parametrize(
    "content",
    [
        {f"d{n}": 1 for n in range(201)},
        {"results": {f"d{n}": 1 for n in range(201)}},
        {"observations": [{"results": {"a": 1}}] * 1001},
    ],
)
def test_too_many_results_are_refused(content: dict[str, Any]) -> None:
    assert "at most" in refused(content).detail


@pytest.mark.parametrize("payload", [b'{"a": 1, "a": 2}', b'{"results": {"a": 1, "a": 2}}'])
def test_a_datastream_named_twice_counts_once_with_its_last_result(payload: bytes) -> None:
    assert [o.result for o in decode(payload)] == [2]


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53))
def test_a_result_is_stored_as_it_was_sent(result: float) -> None:
    assert decode({"level": result})[0].result == result


@given(
    st.binary(max_size=200)
    | st.builds(lambda a, b: b'{"results":' + a + b'{"a":1' + b, st.binary(), st.binary())
)
def test_any_bytes_are_observations_or_refused(payload: bytes) -> None:
    with suppress(RefusedMessageError):
        assert decode(payload)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["boot", "seq", "time", "results", "observations", "level"])
            | st.text(),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@given(ANYTHING)
def test_any_json_is_observations_or_refused(content: Any) -> None:
    with suppress(RefusedMessageError):
        assert decode(json.dumps(content).encode())
