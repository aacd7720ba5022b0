"""Floods and troubles are bounded, and nothing of it is silent."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest

from devices_sim.bridge.outcomes import Arrived
from devices_sim.bridge.throttle import Throttle
from devices_sim.bridge.troubles import SHOWN, Troubles

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def message(topic: str, number: int = 0) -> Arrived:
    return Arrived(topic, str(number).encode(), NOW)


def test_a_flood_goes_on_at_its_rate_and_ends_with_the_newest() -> None:
    throttle = Throttle(rate=2, burst=5)
    passed = []
    for n in range(1000):  # a hundred a second, for ten seconds
        now = n / 100
        passed += [m for m in (throttle.offer(message("t", n), now), *throttle.due(now)) if m]
    passed += throttle.due(11)
    numbers = [int(m.payload) for m in passed]
    assert numbers == sorted(set(numbers))
    assert numbers[:5] == [0, 1, 2, 3, 4]
    assert numbers[-1] == 999
    assert 24 <= len(numbers) <= 26
    assert throttle.left_out == 1000 - len(numbers)
    assert throttle.due(100) == []


def test_a_flood_leaves_other_topics_alone() -> None:
    throttle = Throttle(rate=1, burst=1)
    for n in range(100):
        throttle.offer(message("wild", n), 0)
    assert throttle.offer(message("calm"), 0) is not None


def test_there_are_only_so_many_topics_at_a_time() -> None:
    throttle = Throttle(rate=1, burst=1, most=2)
    assert throttle.offer(message("a"), 0)
    assert throttle.offer(message("b"), 0)
    assert throttle.offer(message("c"), 0) is None
    assert throttle.left_out == 1
    assert throttle.offer(message("c"), 5) is not None, "the others have been quiet since"


class Board:
    """What is shown."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def degraded(self, reason: str, text: str) -> None:
        self.texts[reason] = text

    def recovered(self, reason: str) -> None:
        self.texts.pop(reason, None)


def test_troubles_are_logged_once_and_shown_until_they_are_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    board = Board()
    troubles = Troubles(board)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            troubles.tell("t", "no number")
    assert [record.message for record in caplog.records] == ["not understood at t: no number"]
    assert board.texts == {"topic t": "not understood at t: no number"}
    troubles.over("t")
    assert board.texts == {}


def test_of_many_troubles_the_first_are_shown_and_the_rest_counted() -> None:
    board = Board()
    troubles = Troubles(board)
    for n in range(SHOWN + 5):
        troubles.tell(f"t{n}", "odd")
    assert len(board.texts) == SHOWN + 1
    assert board.texts["more topics"].startswith("5 more topics")
    for n in range(5):
        troubles.over(f"t{n}")
    assert set(board.texts) == {f"topic t{n}" for n in range(5, SHOWN + 5)}
