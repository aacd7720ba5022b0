"""What our detector costs beside a raw ONNX Runtime loop and a plain `YOLO.predict` loop.

    SMARTOPIA_MODEL=yolo11n.pt SMARTOPIA_DATA=... python -m tests.bench.bench_detect [--frames 10]

All see the same frames of three cameras in turn, on one thread. `raw` runs the session on inputs
laid out before the clock starts; `raw+input` also resizes and converts, as everybody must. Times
are milliseconds of the thread's processor time a frame. All look at a frame before any looks at
the next, each round another one first, and the least of some rounds counts, so that other work
on the machine strikes all alike.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

for _variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"
os.environ.update(YOLO_OFFLINE="true", YOLO_AUTOINSTALL="false", YOLO_VERBOSE="false")

import onnxruntime  # type: ignore[import-untyped]  # noqa: E402 - the threads are set before

from analytics.vision.detect.letterbox import fit, lay  # noqa: E402
from analytics.vision.detect.onnx_runtime import OnnxDetector  # noqa: E402
from analytics.vision.masking import Picture  # noqa: E402
from tests.support.exports import export_onnx  # noqa: E402

VIDEOS = ("pedestrians-vtest.avi", "one-by-one-person.mp4", "overhead-traffic.mp4")
ROUNDS, STRIDE = 4, 32
LEAST_OF_RAW, LEAST_OF_PREDICT = 0.85, 1.3

# Looks at the frame of this number.
Look = Callable[[int], object]


def frames_of(video: Path, count: int) -> list[Picture]:
    """The first frames of a video, every fifth."""
    capture = cv2.VideoCapture(str(video))
    frames: list[Picture] = []
    for number in range(count * 5):
        done, picture = capture.read()
        if not done:
            break
        if number % 5 == 0:
            frames.append(picture.astype(np.uint8))
    capture.release()
    return frames


def raw_session(file: Path) -> tuple[Any, str]:
    """A session on one thread, and the name of its input."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    return session, session.get_inputs()[0].name


def loops(
    file: Path, weights: Path, size: int, stride: int | None, frames: list[Picture]
) -> dict[str, Look]:
    """What is compared, each a look at one frame."""
    from ultralytics import YOLO  # type: ignore[attr-defined]  # noqa: PLC0415 - slow

    session, name = raw_session(file)
    ours = OnnxDetector(file, threads=1)
    torch_model = YOLO(str(weights))
    places = [fit(frame.shape[:2], (size, size), stride) for frame in frames]
    inputs = [lay([frame], [place], 1) for frame, place in zip(frames, places, strict=True)]

    def with_input(at: int) -> object:
        return session.run(None, {name: lay([frames[at]], [places[at]], 1)})

    return {
        "raw": lambda at: session.run(None, {name: inputs[at]}),
        "raw+input": with_input,
        "ours": lambda at: ours.detect([frames[at]]),
        "predict": lambda at: torch_model.predict(frames[at], imgsz=size, verbose=False),
    }


def measure(compared: dict[str, Look], frames: int) -> dict[str, float]:
    """Milliseconds of processor time a frame."""
    names = list(compared)
    took = {name: np.full(frames, np.inf) for name in compared}
    for number in range(ROUNDS + 1):
        for at in range(frames):
            for name in names[number % len(names) :] + names[: number % len(names)]:
                start = time.thread_time()
                compared[name](at)
                if number:  # the first round warms up
                    took[name][at] = min(took[name][at], time.thread_time() - start)
    return {name: float(times.mean()) * 1e3 for name, times in took.items()}


def main() -> None:
    """Print milliseconds a frame and the two ratios for each export."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--frames", type=int, default=10, help="of each camera")
    chosen = arguments.parse_args()
    weights, data = Path(os.environ["SMARTOPIA_MODEL"]), Path(os.environ["SMARTOPIA_DATA"])
    import torch  # noqa: PLC0415 - slow

    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    cameras = [frames_of(data / "video" / video, chosen.frames) for video in VIDEOS]
    frames = [frame for turn in zip(*cameras, strict=False) for frame in turn]
    with tempfile.TemporaryDirectory() as folder:
        for size, dynamic in ((320, False), (320, True), (640, False), (640, True)):
            file = export_onnx(weights, Path(folder), imgsz=size, dynamic=dynamic)
            compared = loops(file, weights, size, STRIDE if dynamic else None, frames)
            report(size, dynamic, measure(compared, len(frames)))


def report(size: int, dynamic: bool, took: dict[str, float]) -> None:
    """One line of times, one of ratios."""
    print(f"{size} {'rectangle' if dynamic else 'square':9}", end="")
    print("".join(f"  {name} {ms:.1f}" for name, ms in took.items()), "ms")
    print(
        f"    of raw {took['raw'] / took['ours']:.2f} (>= {LEAST_OF_RAW}), "
        f"of raw+input {took['raw+input'] / took['ours']:.2f}, "
        f"times predict {took['predict'] / took['ours']:.2f} (>= {LEAST_OF_PREDICT})"
    )


if __name__ == "__main__":
    main()
