"""What field conditions cost, beside what they may cost.

    python -m tests.bench.bench_conditions [--repeat 40]

Processor time on one core, medians, the worst grade of each. A camera condition may take 10 ms a
picture of 640 x 384: four cameras at 5 frames/s leave one core 50 ms a frame for all there is to
do. A sensor condition may take 20 us a reading. What is made once and kept (dirt, streaks, grain)
is told apart, as the first picture; a frame interval of 200 ms is what that may take.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

import cv2
import numpy as np

from devices_sim.conditions.filming import condition_picture
from devices_sim.conditions.model import Depth, Moment, Picture, Reading, SensorCondition, Span
from devices_sim.conditions.registry import Conditions, discover_conditions

CAMERA_S, FIRST_S, SENSOR_S = 0.010, 0.200, 20e-6
GRADES = (1, 2, 3, 4, 5)
WIDTH, HEIGHT = 640, 384
READING = Reading(datetime(2026, 3, 1, tzinfo=UTC), {"water_level": 1.5})
READINGS = 1000


def costs(work: Callable[[int], object], repeat: int) -> list[float]:
    """The processor time of each turn, in seconds."""
    times = []
    for turn in range(repeat):
        began = time.thread_time()
        work(turn)
        times.append(time.thread_time() - began)
    return times


def scene() -> tuple[Picture, Depth]:
    picture = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    column = np.linspace(80, 5, HEIGHT, dtype=np.float32)[:, None]
    return cv2.GaussianBlur(picture, (0, 0), 2), np.repeat(column, WIDTH, axis=1)


def camera(
    conditions: Conditions, span: Span, depth: Depth | None, repeat: int
) -> tuple[float, float]:
    """The first picture's cost and the median of the others', in seconds."""
    picture, _ = scene()

    def work(frame: int) -> None:
        condition_picture(
            picture,
            [span],
            frame / 5,
            conditions=conditions,
            seed=1,
            number=frame,
            depth=depth,
        )

    first, *others = costs(work, repeat + 1)
    return first, statistics.median(others)


def sensor(condition: SensorCondition, grade: int, repeat: int) -> float:
    """The median cost of a reading of one result, in seconds."""
    ranges = {"water_level": (0.0, 15.0)}
    moments = [
        Moment(condition=condition.name, grade=grade, since=n, step=n, first=READING, ranges=ranges)
        for n in range(READINGS)
    ]

    def work(_turn: int) -> None:
        for moment in moments:
            condition.apply(READING, moment)
            condition.cuts(moment)

    return statistics.median(costs(work, max(3, repeat // 8))) / READINGS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=40)
    repeat = parser.parse_args().repeat
    cv2.setNumThreads(1)
    conditions = discover_conditions()
    _, depth = scene()
    print("camera condition      ms a picture        with depth          first picture")
    for name in conditions.cameras:
        plain = [camera(conditions, Span("plain", name, g), None, repeat) for g in GRADES]
        known = [camera(conditions, Span("known", name, g), depth, repeat) for g in GRADES]
        worst, worst_known = max(m for _, m in plain), max(m for _, m in known)
        first = max(f for f, _ in plain)
        print(
            f"{name:20} {worst * 1000:6.2f} ({worst / CAMERA_S:4.0%})"
            f"     {worst_known * 1000:6.2f} ({worst_known / CAMERA_S:4.0%})"
            f"     {first * 1000:6.1f} ({first / FIRST_S:4.0%})"
        )
    print("sensor condition      us a reading")
    for name, condition in conditions.sensors.items():
        worst = max(sensor(condition, grade, repeat) for grade in GRADES)
        print(f"{name:20} {worst * 1e6:6.2f} ({worst / SENSOR_S:4.0%})")
    print("load average", os.getloadavg())


if __name__ == "__main__":
    main()
