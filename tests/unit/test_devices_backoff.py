"""Who cannot connect tries again ever more rarely, and not in step with all others."""

from __future__ import annotations

from devices_sim.sdk.backoff import Backoff


def test_pauses_double_up_to_the_longest_and_begin_anew_after_a_success() -> None:
    backoff = Backoff(1.0, 3.0)
    for about in (1.0, 2.0, 3.0, 3.0):
        assert about / 2 <= backoff.next_s() <= about * 1.5
    backoff.reset()
    assert backoff.next_s() <= 1.5


def test_two_do_not_wait_equally_long() -> None:
    assert len({Backoff(1.0, 3.0).next_s() for _ in range(50)}) > 5
