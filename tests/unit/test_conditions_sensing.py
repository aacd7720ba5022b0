"""A conditioned sensor: what the broker gets of it, and what is recorded."""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from devices_sim.conditions.model import Span
from devices_sim.conditions.registry import discover_conditions
from devices_sim.conditions.sensing import ConditionedSensor
from devices_sim.sdk.outbox import Outgoing
from smartopia.errors import ConfigurationError

CONDITIONS = discover_conditions()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Speaker:
    """Stands in for the device: keeps what is sent, and in which order."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.cuts = 0
        self.heard = asyncio.Event()
        self._seqs = itertools.count()

    def observation(self, results: Mapping[str, float], time: datetime) -> Outgoing:
        assert time == NOON
        return Outgoing("topic", f"{next(self._seqs)}: {results['level']:g}".encode())

    def send(self, message: Outgoing) -> None:
        self.sent.append(message.payload.decode())
        self.heard.set()

    def cut(self) -> None:
        self.cuts += 1


class Watch:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def sensor(speaker: Speaker, clock: Any, *spans: Span, **more: Any) -> ConditionedSensor:
    return ConditionedSensor(
        speaker,
        spans,
        CONDITIONS,
        seed=3,
        clock=clock,
        period=1.0,
        ranges={"level": (0.0, 10.0)},
        **more,
    )


def observe(conditioned: ConditionedSensor, clock: Watch, count: int) -> None:
    """One reading a second; its level is its number."""
    for step in range(count):
        clock.now = float(step)
        conditioned.observe({"level": step}, NOON)


async def test_without_conditions_all_is_sent_at_once() -> None:
    speaker, clock = Speaker(), Watch()
    observe(sensor(speaker, clock), clock, 3)
    assert speaker.sent == ["0: 0", "1: 1", "2: 2"]


async def test_a_condition_holds_from_its_begin_to_its_end() -> None:
    speaker, clock = Speaker(), Watch()
    observe(sensor(speaker, clock, Span("g", "flat_line", 5, begin=2, end=5)), clock, 7)
    assert [sent.split()[1] for sent in speaker.sent] == list("0122256")


async def test_duplicates_are_the_same_bytes() -> None:
    speaker, clock = Speaker(), Watch()
    observe(sensor(speaker, clock, Span("g", "duplicate", 4)), clock, 2)
    assert speaker.sent == ["0: 0"] * 3 + ["1: 1"] * 3


async def test_a_late_batch_comes_in_one_go_and_in_order() -> None:
    began = time.monotonic()

    def clock() -> float:  # 100 seconds of the run in one of life
        return (time.monotonic() - began) * 100

    def wait(due: float) -> float:
        return max(0.0, (due - clock()) / 100)

    speaker = Speaker()
    late = sensor(speaker, clock, Span("g", "late_batch", 2), wait=wait)
    for level in range(4):
        late.observe({"level": level}, NOON)
    assert speaker.sent == []
    await speaker.heard.wait()
    assert speaker.sent == ["0: 0", "1: 1", "2: 2", "3: 3"]
    assert clock() >= 15


async def test_what_is_held_is_sent_when_the_sensor_stops() -> None:
    speaker, clock = Speaker(), Watch()
    late = sensor(speaker, clock, Span("g", "late_batch", 5), Span("g", "duplicate", 3))
    observe(late, clock, 3)
    assert speaker.sent == []
    late.close()
    assert speaker.sent == ["0: 0", "0: 0", "1: 1", "1: 1", "2: 2", "2: 2"]


async def test_reordered_messages_have_older_sequence_numbers_and_none_is_lost() -> None:
    speaker, clock = Speaker(), Watch()
    mixed = sensor(speaker, clock, Span("g", "reorder", 5))
    observe(mixed, clock, 50)
    mixed.close()
    seqs = [int(sent.split(":")[0]) for sent in speaker.sent]
    assert seqs != sorted(seqs)
    assert sorted(seqs) == list(range(50))


async def test_a_gap_takes_no_sequence_number() -> None:
    speaker, clock = Speaker(), Watch()
    observe(sensor(speaker, clock, Span("g", "gap", 3)), clock, 20)
    assert [int(sent.split(":")[0]) for sent in speaker.sent] == list(range(10))


async def test_the_connection_is_cut_after_the_reading_was_sent() -> None:
    speaker, clock = Speaker(), Watch()
    observe(sensor(speaker, clock, Span("g", "reconnect_storm", 4)), clock, 10)
    assert (len(speaker.sent), speaker.cuts) == (10, 2)


async def test_conditions_meet_a_reading_in_their_order() -> None:
    speaker, clock = Speaker(), Watch()
    spans = (Span("g", "unit_error", 4), Span("g", "flat_line", 5, begin=1))
    observe(sensor(speaker, clock, *spans), clock, 3)
    assert speaker.sent == ["0: 0", "1: 10", "2: 10"]


async def test_what_was_in_force_is_recorded_when_it_begins_and_when_it_is_over() -> None:
    speaker, clock = Speaker(), Watch()
    record: list[Span] = []
    spans = (Span("g", "noise", 1, 1.5, 3.5), Span("g", "drift", 2), Span("g", "gap", 1, 90, 99))
    recorded = sensor(speaker, clock, *spans, record=record.append)
    observe(recorded, clock, 6)
    recorded.close()
    assert record == [
        Span("g", "drift", 2, 0, math.inf),
        Span("g", "noise", 1, 2, math.inf),
        Span("g", "noise", 1, 2, 3.5),
        Span("g", "drift", 2, 0, 5),
    ]


async def test_what_there_is_not_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(ConfigurationError, match=r"'fogg' of sensors; allowed are clock_skew, dri"):
        sensor(Speaker(), Watch(), Span("g", "fogg", 1))
    with pytest.raises(ConfigurationError, match=r"drift: grade 6; allowed are .* from 1 to 5"):
        sensor(Speaker(), Watch(), Span("g", "drift", 6))
