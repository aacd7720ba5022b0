"""Tells a recorded series at a multiple of its own pace."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from devices_sim.replay.series import Row
from devices_sim.scenario import Replay
from devices_sim.sdk.device import Device
from smartopia.contract.announce import Announce, Datastream, DeviceClock, Location
from smartopia.contract.observations import TimedResults

KIND = "replay"
END_NOTE = "end of the recording"
_LEAST_GAP_S = 0.1
_MOST_ROWS = 1000


def announcement(replay: Replay) -> Announce:
    """How a replay announces itself: by the recording's clock, not the present's."""
    stream = replay.datastream
    location = replay.place and Location(latitude=replay.place[0], longitude=replay.place[1])
    return Announce(
        kind=KIND,
        title=replay.title,
        location=location or None,
        clock=DeviceClock.REPLAY,
        datastreams=(
            Datastream(
                name=stream.name,
                observed_property=stream.observed_property,
                unit=stream.unit,
                period=stream.interval,
                interval=stream.interval,
            ),
        ),
    )


def due(rows: Sequence[Row], told: int, elapsed: float, speed: float) -> Sequence[Row]:
    """The rows to tell now: those after the `told` first whose time has come.

    Args:
        rows: the series, in order.
        told: how many of them are told.
        elapsed: seconds since its first row was due.
        speed: seconds of recording in one of these.
    """
    end = told
    most = min(len(rows), told + _MOST_ROWS)
    while end < most and waits(rows, end, speed) <= elapsed:
        end += 1
    return rows[told:end]


def waits(rows: Sequence[Row], at: int, speed: float) -> float:
    """Seconds from the first row to this one, in life."""
    return (rows[at].time - rows[0].time).total_seconds() / speed


async def play(device: Device, rows: Sequence[Row], replay: Replay) -> None:
    """Tell the series once, or without end if the replay loops."""
    await _once(device, rows, replay)
    while replay.loop:
        await asyncio.sleep(_LEAST_GAP_S)
        await _once(device, rows, replay)


async def _once(device: Device, rows: Sequence[Row], replay: Replay) -> None:
    clock = asyncio.get_running_loop().time
    began, told = clock(), 0
    while told < len(rows):
        batch = due(rows, told, clock() - began, replay.speed)
        if batch:
            device.observe_many([_observation(row, replay.datastream.name) for row in batch])
            told += len(batch)
        if told < len(rows):
            wait = began + waits(rows, told, replay.speed) - clock()
            await asyncio.sleep(max(wait, _LEAST_GAP_S))


def _observation(row: Row, datastream: str) -> TimedResults:
    return TimedResults(time=row.time, results={datastream: row.value})
