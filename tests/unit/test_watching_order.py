"""A camera's frames go on in order, whoever answered first, and none waits for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analytics.vision.watching.order import WAIT_S, Order
from smartopia.seen import Seen, Sighted

T0 = datetime(2026, 6, 1, 12, tzinfo=UTC)


def frame(seq: int, *, boot: str | None = "a", seconds: float | None = None) -> Sighted:
    at = T0 + timedelta(seconds=seq * 0.2 if seconds is None else seconds)
    return Sighted(
        Seen(
            site="gimpo",
            device="cam-1",
            time=at,
            boot=boot,
            seq=seq if boot else None,
            width=640,
            height=360,
            detector="test@0",
            labels=("person",),
        )
    )


def gone(order: Order, now: float) -> list[int | None]:
    return [sighted.seen.seq for sighted in order.ready(now)]


def test_a_frame_whose_predecessor_has_gone_does_not_wait() -> None:
    order = Order()
    order.put(frame(4), 0)
    assert gone(order, 0.1) == []
    assert gone(order, WAIT_S) == [4]
    order.put(frame(5), 1)
    assert gone(order, 1) == [5]


def test_a_gap_is_waited_for_so_long_and_filled_when_it_comes() -> None:
    order = Order()
    order.put(frame(1), 0)
    assert gone(order, 1) == [1]
    order.put(frame(3), 1.0)
    order.put(frame(4), 1.1)
    assert gone(order, 1.2) == []
    order.put(frame(2), 1.3)
    assert gone(order, 1.3) == [2, 3, 4]
    order.put(frame(6), 2.0)
    assert gone(order, 2.4) == []
    assert gone(order, 2.5) == [6]


def test_what_comes_too_late_or_twice_is_counted_and_left_out() -> None:
    order = Order()
    for sighted in (frame(1), frame(3), frame(3)):
        order.put(sighted, 0)
    assert gone(order, 1) == [1, 3]
    order.put(frame(2), 1)
    assert gone(order, 5) == []
    assert order.late == 2


def test_frames_without_a_number_are_put_in_order_by_time_alone() -> None:
    order = Order()
    order.put(frame(0, boot=None, seconds=2), 0)
    order.put(frame(0, boot=None, seconds=1), 0.1)
    assert gone(order, 0.4) == []
    assert [s.seen.time.second for s in order.ready(0.6)] == [1, 2]


def test_a_clock_that_was_set_back_does_not_make_a_camera_unseen() -> None:
    order = Order()
    order.put(frame(8, seconds=100), 0)
    assert gone(order, 1) == [8]
    order.put(frame(9, seconds=60), 1)
    assert gone(order, 2) == [9], "the same boot, numbered on"
    order.put(frame(0, boot="b", seconds=20), 2)
    assert gone(order, 3) == [0], "started again"
    order.put(frame(7, boot="b", seconds=10), 3)
    order.put(frame(0, boot="b", seconds=1), 3)
    assert gone(order, 4) == [7], "a frame of before, numbered lower, is late"


@given(st.permutations(range(12)), st.lists(st.floats(0, 0.3), min_size=12, max_size=12))
def test_in_whatever_order_they_come_they_go_in_theirs(
    came: list[int], pauses: list[float]
) -> None:
    order, now, seen = Order(), 0.0, list[int | None]()
    for seq, pause in zip(came, pauses, strict=True):
        order.put(frame(seq), now)
        seen += gone(order, now)
        now += pause
    seen += gone(order, now + WAIT_S)
    numbers = [seq for seq in seen if seq is not None]
    assert numbers == sorted(numbers)
    assert len(numbers) + order.late == 12
