"""Heartbeats say how a part is; other bytes are none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartopia.bus.health import Problem, ProcessState, Reporter, read_heartbeat
from smartopia.metrics import Latencies, Metrics
from smartopia.settings import Settings

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def reporter(metrics: Metrics | None = None) -> Reporter:
    return Reporter(Settings(), "ingest", metrics or Metrics())


def test_a_heartbeat_is_read_as_it_was_sent() -> None:
    metrics = Metrics()
    metrics.count("stored", 12)
    metrics.observe("log_to_stored", 0.5)
    told = reporter(metrics)
    told.degraded("disk", "the disk is full; make room")
    state = ProcessState(name="ingest", pid=7, state="running", restarts=1, last_exit="was killed")
    told.tell_processes(lambda: (state,))
    beat = told.beat(NOW)
    assert read_heartbeat(beat.model_dump_json().encode()) == beat
    assert beat.counters == {"stored": 12}
    assert Latencies(beat.latencies["log_to_stored"]).summary()["n"] == 1
    assert beat.processes == (state,)


def test_a_part_is_degraded_until_each_reason_is_gone() -> None:
    part = reporter()
    assert part.beat(NOW).state == "ok"
    part.degraded("a", "first")
    part.degraded("b", "second")
    part.degraded("a", "first, as it is now")
    assert part.beat(NOW).reasons == (
        Problem(code="a", text="first, as it is now"),
        Problem(code="b", text="second"),
    )
    part.recovered("a")
    assert part.beat(NOW).state == "degraded"
    part.recovered("b")
    part.recovered("never said")
    assert part.beat(NOW).state == "ok"
    assert part.beat(NOW).reasons == ()


def test_a_part_that_stops_says_so() -> None:
    assert reporter().beat(NOW, "stopped").state == "stopped"


def test_two_instances_of_a_part_are_told_apart() -> None:
    assert reporter().beat(NOW).instance != reporter().beat(NOW).instance


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"part": "ingest"}',
        b'{"part": "i", "instance": "i", "pid": 1, "at": "2026-06-01T00:00:00", "state": "ok"}',
        b'{"part": "i", "instance": "i", "pid": 1, "at": "2026-06-01T00:00:00Z", "state": "fine"}',
    ],
)
def test_what_is_no_heartbeat_is_left_out(data: bytes) -> None:
    assert read_heartbeat(data) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_a_heartbeat_or_none(data: bytes) -> None:
    assert read_heartbeat(data) is None


def test_a_later_versions_heartbeat_is_still_read() -> None:
    beat = read_heartbeat(
        b'{"part": "i", "instance": "i", "pid": 1, "at": "2026-06-01T00:00:00Z", "state": "ok",'
        b' "mood": "good"}'
    )
    assert beat is not None
    assert beat.state == "ok"
