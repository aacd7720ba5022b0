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


async def taken(inbox: Inbox) -> tuple[str, int]:
    got = await asyncio.wait_for(inbox.get(), 1)
    return got.camera.device, int(got.frame.jpeg)


async def test_only_the_newest_frame_is_looked_at_and_the_others_are_counted() -> None:
    inbox = Inbox()
    assert [inbox.put(frame("a", n)) for n in range(5)] == [False, True, True, True, True]
    assert await taken(inbox) == ("a", 4)
    assert not inbox.put(frame("a", 5)), "the last one was looked at"


async def test_the_camera_that_waited_longest_comes_first() -> None:
    inbox = Inbox()
    for camera, number in [("a", 1), ("b", 1), ("c", 1), ("a", 2)]:
        inbox.put(frame(camera, number))
    assert [await taken(inbox) for _ in range(3)] == [("a", 2), ("b", 1), ("c", 1)]


async def test_a_fast_camera_does_not_starve_a_slow_one() -> None:
    inbox = Inbox()
    inbox.put(frame("slow", 0))
    seen = []
    for number in range(20):
        for burst in range(10):
            inbox.put(frame("fast", 10 * number + burst))
        if number % 5 == 0:
            inbox.put(frame("slow", number))
        seen.append(await taken(inbox))
    assert {number for camera, number in seen if camera == "slow"} == {0, 5, 10, 15}


async def test_nothing_is_looked_at_twice() -> None:
    inbox = Inbox()
    inbox.put(frame("a", 1))
    assert await taken(inbox) == ("a", 1)
    waiting = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    assert not waiting.done()
    inbox.put(frame("b", 2))
    assert (await asyncio.wait_for(waiting, 1)).camera.device == "b"


async def test_frames_wait_while_the_detector_is_busy() -> None:
    inbox = Inbox()
    for camera in range(1000):
        inbox.put(frame(f"cam-{camera}", 1))
    assert [await taken(inbox) for _ in range(1000)] == [(f"cam-{n}", 1) for n in range(1000)]
