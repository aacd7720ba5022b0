from __future__ import annotations

from datetime import UTC, datetime, timedelta

from smartopia.containment import (
    FLOOD_BURST,
    FLOOD_RATE,
    SEQUENCE_WINDOW,
    Buckets,
    Sequences,
    flood_gate,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_a_bucket_gives_its_burst_at_once_and_then_its_rate() -> None:
    buckets = Buckets(rate=2.0, burst=3)

    assert [buckets.take("a", NOON) for _ in range(4)] == [True, True, True, False]
    assert buckets.take("a", NOON + timedelta(seconds=0.5))
    assert not buckets.take("a", NOON + timedelta(seconds=0.6))


def test_buckets_are_apart() -> None:
    buckets = Buckets(rate=1.0, burst=1)

    assert buckets.take("a", NOON)
    assert buckets.take("b", NOON)
    assert not buckets.take("a", NOON)


def test_a_clock_that_goes_back_gives_nothing() -> None:
    buckets = Buckets(rate=1.0, burst=1)
    buckets.take("a", NOON)

    assert not buckets.take("a", NOON - timedelta(hours=1))
    assert not buckets.take("a", NOON)


def test_five_hours_of_backlog_pass_and_a_flood_does_not() -> None:
    gate = flood_gate()

    assert all(gate.take("river-1", NOON) for _ in range(5 * 3600))

    flood = [
        gate.take("wild", NOON + timedelta(seconds=n / 10_000)) for n in range(4 * FLOOD_BURST)
    ]
    assert all(flood[:FLOOD_BURST])
    assert sum(flood) <= FLOOD_BURST + 8 * FLOOD_RATE + 1


def test_a_copy_is_no_reuse() -> None:
    sequences = Sequences()

    assert not sequences.reused("b1", 7, b"2.1")
    assert not sequences.reused("b1", 7, b"2.1")


def test_other_content_under_a_seq_is_reuse_and_the_first_stays() -> None:
    sequences = Sequences()
    sequences.reused("b1", 7, b"2.1")

    assert sequences.reused("b1", 7, b"9.9")
    assert sequences.reused("b1", 7, b"9.9")
    assert not sequences.reused("b1", 7, b"2.1")


def test_another_run_may_use_the_same_seqs() -> None:
    sequences = Sequences()
    sequences.reused("b1", 7, b"2.1")

    assert not sequences.reused("b2", 7, b"9.9")


def test_a_late_message_does_not_hide_a_later_reuse() -> None:
    sequences = Sequences()
    sequences.reused("b1", SEQUENCE_WINDOW + 7, b"new")

    assert not sequences.reused("b1", 7, b"late")
    assert sequences.reused("b1", SEQUENCE_WINDOW + 7, b"other")


def test_the_largest_seq_is_taken() -> None:
    assert not Sequences().reused("b1", 2**63 - 1, b"x")
