"""How long a model takes for a picture, on one core."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import numpy as np

from analytics.vision.detect.onnx_runtime import OnnxDetector

_RUNS = 30


def milliseconds(weights: Path) -> tuple[tuple[int, int], float]:
    """The size (height, width) an ONNX file looks at, and its median time there.

    From a picture of that size to its objects, in milliseconds of one thread's processor time:
    what else the machine does counts little.
    """
    detector = OnnxDetector(weights, threads=1)
    noise = np.random.default_rng(1)
    height, width = detector.image_size
    picture = noise.integers(0, 256, (height, width, 3), dtype=np.uint8)
    times = []
    for _ in range(_RUNS):
        began = time.process_time()
        detector.detect([picture])
        times.append(1000 * (time.process_time() - began))
    return detector.image_size, round(statistics.median(times), 1)
