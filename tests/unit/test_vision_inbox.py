"""The newest frame of each camera, in turn, and no more."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from analytics.vision.inbox import Arrived, Inbox
from smartopia.contract.frames import Frame
from smartopia.contract.topics import DeviceKey

T0 = datetime(2026, 6, 1, tzinfo=UTC)


def frame(camera: str, number: int) -> Arrived:
    picture = Frame(str(number).encode(), 640, 384, None, T0)
    return Arrived(DeviceKey("gimpo", camera), picture, T0)


def taken(inbox: Inbox, most: int = 1) -> list[tuple[str, int]]:
    return [(got.camera.device, int(got.frame.jpeg)) for got in inbox.take(most)]


def test_only_the_newest_frame_is_looked_at_and_the_others_are_counted() -> None:
    inbox = Inbox()
    assert [inbox.put(frame("a", n)) for n in range(5)] == [False, True, True, True, True]
    assert taken(inbox) == [("a", 4)]
    assert not inbox.put(frame("a", 5)), "the last one was looked at"


def test_the_cameras_that_waited_longest_come_first() -> None:
    inbox = Inbox()
    for camera, number in [("a", 1), ("b", 1), ("c", 1), ("a", 2)]:
        inbox.put(frame(camera, number))
    assert taken(inbox, 2) == [("a", 2), ("b", 1)]
    assert taken(inbox, 2) == [("c", 1)], "as many as there are"
    assert taken(inbox, 2) == []


def test_a_camera_whose_last_frame_is_still_in_hand_waits() -> None:
    inbox = Inbox()
    for camera in "abc":
        inbox.put(frame(camera, 1))
    assert [got.camera.device for got in inbox.take(3, but={DeviceKey("gimpo", "a")})] == ["b", "c"]
    assert taken(inbox) == [("a", 1)]


def test_a_fast_camera_does_not_starve_a_slow_one() -> None:
    inbox = Inbox()
    inbox.put(frame("slow", 0))
    seen = []
    for number in range(20):
        for burst in range(10):
            inbox.put(frame("fast", 10 * number + burst))
        if number % 5 == 0:
            inbox.put(frame("slow", number))
        seen += taken(inbox)
    assert {number for camera, number in seen if camera == "slow"} == {0, 5, 10, 15}


async def test_nothing_is_looked_at_twice() -> None:
    inbox = Inbox()
    inbox.put(frame("a", 1))
    await asyncio.wait_for(inbox.wait(), 1)
    assert taken(inbox) == [("a", 1)]
    waiting = asyncio.create_task(inbox.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    inbox.put(frame("b", 2))
    await asyncio.wait_for(waiting, 1)
    assert taken(inbox) == [("b", 2)]


def test_frames_wait_while_the_detector_is_busy() -> None:
    inbox = Inbox()
    for camera in range(1000):
        inbox.put(frame(f"cam-{camera}", 1))
    assert taken(inbox, 2000) == [(f"cam-{n}", 1) for n in range(1000)]
