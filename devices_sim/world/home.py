"""The home of somebody who lives alone: a day of small stirrings, and nights without."""

from __future__ import annotations

import math

from devices_sim.world.noise import uniform

_BLOCK = 1800
_BLOCKS_A_DAY = 48
# Up from 06:30; to bed by 22:30.
_FIRST, _LAST = 13, 44


def last_stir(clock: float, home: str, seed: int) -> float:
    """When somebody moved, opened a door or used power last, in seconds of the clock.

    By day there is one such moment in each half hour, so that an hour never passes without.

    Args:
        clock: seconds since the midnight before the run.
        home: names the home.
        seed: the city's.
    """
    block = _awake(math.floor(clock / _BLOCK))
    stir = _stir(block, home, seed)
    return stir if stir <= clock else _stir(_awake(block - 1), home, seed)


def power(idle: float, fridge: float, *, awake: bool) -> float:
    """Electric power the home takes, in W: a kettle or a stove follows who stirs.

    Args:
        idle: minutes since somebody stirred.
        fridge: in [-1, 1]; it runs while this is over 0.
        awake: whether lights or a television are on.
    """
    return 45 + (55 if fridge > 0 else 0) + (75 if awake else 0) + 800 * math.exp(-idle / 3)


def awake(hour: float) -> bool:
    """Whether somebody old is up at this hour."""
    return _FIRST <= hour * 2 < _LAST + 1


def _awake(block: int) -> int:
    """The latest block of the day, not after this one, in which somebody is up."""
    day, at = divmod(block, _BLOCKS_A_DAY)
    if at < _FIRST:
        return (day - 1) * _BLOCKS_A_DAY + _LAST
    return day * _BLOCKS_A_DAY + min(at, _LAST)


def _stir(block: int, home: str, seed: int) -> float:
    return (block + uniform("stir", block, home, seed)) * _BLOCK
