"""The motion gate: which frames of a camera are worth a detector. Pure.

    memory, verdict = step(settings, memory, small, now, known)

`small` is the reduced picture of `decode_small`, `known` are the boxes that are being tracked.
Each pixel is compared with its own background and its own noise, so that nothing has to be set
for a camera. A frame passes when something moves that is not tracked yet; what is tracked is
looked at at a steady pace; and once in `refresh` every camera is looked at, whatever its picture
does, for no gate sees everything.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import cv2
import numpy as np

from analytics.vision.gate.change import learn_ground, learn_noise, marked, moving
from analytics.vision.gate.model import (
    Box,
    Floats,
    GateMemory,
    GateSettings,
    Grey,
    Verdict,
    Why,
)

# Seconds in which the background takes over what is there.
_CALM_S, _PUT_DOWN_S, _PASSING_S = 5.0, 2.0, 30.0
# Noise changes slowly; learning it once a second is enough.
_LEARN = timedelta(seconds=0.9)
_FIRST_NOISE = 1.0
# Grey levels by which a pixel may differ from the frame before and still stands still.
_STILL = 6
# How far around a tracked box what moves is its own: shares of the box's sides.
_AROUND = 0.25
# Two looks make a track; what moves on after them without one is a shadow, a branch, or too small.
_TRIES = 2
_NEAR = np.ones((7, 7), np.uint8)


def step(
    settings: GateSettings,
    memory: GateMemory | None,
    small: Grey,
    now: datetime,
    known: Sequence[Box] = (),
) -> tuple[GateMemory, Verdict]:
    """What is remembered after a frame, and whether it is looked at.

    Args:
        settings: of the camera.
        memory: of the camera; none before its first frame.
        small: (height, width) grey.
        now: when the frame was taken. One from before the last, or of another size, begins anew.
        known: boxes of what is tracked, as shares of width and height.
    """
    if memory is None or memory.last.shape != small.shape or now < memory.seen:
        return _first(settings, small, now)
    marks = marked(small, memory.ground, memory.limit, settings.pixels)
    found = moving(marks, memory.marks, settings.pixels)
    moves = cv2.countNonZero(found) > 0
    strange = _outside(found, known) if moves else found
    tries = cv2.dilate(memory.tried, _NEAR) if moves else memory.tried
    new = cv2.countNonZero(strange & (tries < _TRIES)) >= settings.pixels
    moved = now if moves else memory.moved
    why = _why(settings, memory.looked, moved, moves=moves, new=new, now=now)
    if why != "still":
        memory = replace(memory, looked=now, tried=(tries + 1) * strange)
    learnt = replace(_learn(settings, memory, small, marks, now), moved=moved)
    return learnt, Verdict(why != "still", why, cv2.countNonZero(marks) / marks.size)


def _first(settings: GateSettings, small: Grey, now: datetime) -> tuple[GateMemory, Verdict]:
    ground = small.astype(np.float32)
    noise = np.full_like(ground, _FIRST_NOISE)
    memory = GateMemory(
        last=small,
        ground=ground,
        noise=noise,
        limit=_limit(settings, noise),
        marks=np.zeros_like(small),
        tried=np.zeros_like(small),
        seen=now,
        looked=now,
        # What stands there already takes two looks to be tracked.
        moved=now,
        learnt=now,
    )
    return memory, Verdict(True, "first", 0.0)


def _why(
    settings: GateSettings,
    looked: datetime,
    moved: datetime,
    *,
    moves: bool,
    new: bool,
    now: datetime,
) -> Why:
    since = now - looked
    if new:
        return "motion"
    if now - moved <= settings.hold and since >= settings.follow:
        return "tracked" if moves else "held"
    return "refresh" if since >= settings.refresh else "still"


def _outside(found: Grey, known: Sequence[Box]) -> Grey:
    """What moves where nothing is tracked."""
    height, width = found.shape
    rest = found.copy()
    for x1, y1, x2, y2 in known:
        wide, high = (x2 - x1) * _AROUND, (y2 - y1) * _AROUND
        left, top = max(0, int((x1 - wide) * width)), max(0, int((y1 - high) * height))
        right, bottom = math.ceil((x2 + wide) * width), math.ceil((y2 + high) * height)
        rest[top : max(0, bottom), left : max(0, right)] = 0
    return rest


def _learn(
    settings: GateSettings, memory: GateMemory, small: Grey, marks: Grey, now: datetime
) -> GateMemory:
    """The memory with what the picture says of background and noise."""
    seconds = (now - memory.seen).total_seconds()
    stands = (cv2.absdiff(small, memory.last) <= _STILL).view(np.uint8)
    rates = tuple(_share(seconds, within) for within in (_CALM_S, _PUT_DOWN_S, _PASSING_S))
    ground = learn_ground(memory.ground, small, marks, stands, (rates[0], rates[1], rates[2]))
    learnt = replace(memory, last=small, ground=ground, marks=marks, seen=now)
    pause = now - memory.learnt
    if pause < _LEARN:
        return learnt
    change = np.abs(small - memory.ground)
    noise = learn_noise(memory.noise, change, pause.total_seconds())
    return replace(learnt, noise=noise, limit=_limit(settings, noise), learnt=now)


def _limit(settings: GateSettings, noise: Floats) -> Grey:
    limit: Grey = cv2.convertScaleAbs(noise, alpha=settings.over_noise, beta=settings.contrast)
    return limit


def _share(seconds: float, within: float) -> float:
    return 1 - math.exp(-seconds / within)
