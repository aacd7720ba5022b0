"""Tasks that end when they are told to, though one cancellation be lost."""

from __future__ import annotations

import asyncio

import pytest

from smartopia.tasks import ended, first_of, together


class _Stubborn:
    """Loses so many cancellations, as a client of a server may."""

    def __init__(self, losses: int) -> None:
        self.losses = losses
        self.over = False

    async def run(self) -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if not self.losses:
                    self.over = True
                    raise
                self.losses -= 1


async def _fails() -> None:
    await asyncio.sleep(0)
    raise ValueError("the first")


async def _nothing() -> None:
    await asyncio.sleep(0)


async def test_what_loses_a_cancellation_is_told_again() -> None:
    one = _Stubborn(losses=3)
    task = asyncio.create_task(one.run())
    await asyncio.sleep(0)
    await ended(task, again_s=0.01)
    assert one.over


async def test_a_loop_ends_whose_cancellation_came_together_with_what_it_waited_for() -> None:
    answers = [asyncio.get_running_loop().create_future() for _ in range(2)]

    async def asks() -> None:
        for answer in answers:
            await asyncio.wait_for(answer, 60)

    task = asyncio.create_task(asks())
    await asyncio.sleep(0)
    answers[0].set_result(None)
    await ended(task, again_s=0.01)
    assert not answers[1].done() or answers[1].cancelled()


async def test_whoever_is_cancelled_while_ending_leaves_nothing_behind() -> None:
    one = _Stubborn(losses=1)
    task = asyncio.create_task(one.run())
    await asyncio.sleep(0)
    ending = asyncio.create_task(ended(task, again_s=60))
    await asyncio.sleep(0)
    ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending
    assert one.over


async def test_an_error_of_one_ends_all_and_is_raised_as_it_is() -> None:
    one = _Stubborn(losses=0)
    with pytest.raises(ValueError, match="the first"):
        await together(one.run(), _fails())
    assert one.over


async def test_together_waits_for_all_that_end_by_themselves() -> None:
    one = asyncio.create_task(together(_nothing(), asyncio.sleep(0.01)))
    await one


async def test_together_ends_all_when_cancelled() -> None:
    one, other = _Stubborn(losses=0), _Stubborn(losses=0)
    task = asyncio.create_task(together(one.run(), other.run()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert one.over
    assert other.over


@pytest.mark.parametrize("stopped", [True, False])
async def test_the_first_to_end_ends_the_rest(stopped: bool) -> None:
    stop = asyncio.Event()
    one = _Stubborn(losses=0)
    if stopped:
        asyncio.get_running_loop().call_later(0.01, stop.set)
        await first_of(stop, one.run())
    else:
        await first_of(stop, one.run(), _nothing())
    assert one.over


async def test_an_error_of_the_first_is_raised() -> None:
    with pytest.raises(ValueError, match="the first"):
        await first_of(asyncio.Event(), _Stubborn(losses=0).run(), _fails())
